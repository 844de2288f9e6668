"""The code keeps its own rules: rooms, the table of codes, a case for each rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cases import CASES, Case, expected, topics
from support.converted import ROOT

from migrator import rules
from migrator.codes import CODES

PACKAGE = ROOT / "migrator"
CODE = re.compile(r"A2D\d{3}")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}


# --- rooms ---------------------------------------------------------------------------------------------------------


def imports_of(module: str) -> Iterator[str]:
    """The modules it imports, wherever in its code; ours by their own name."""
    package = module.split(".") if MODULES[module].name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield from (inner if (inner := f"{source}.{alias.name}") in MODULES else source for alias in node.names)


def room_of(module: str) -> str:
    """`migrator.read.names` is in `read`; `migrator.findings` is a room of its own."""
    return module.split(".")[1] if "." in module else ""


MODELS = {"findings", "source", "codes", "records", "own_files"}
MAY_IMPORT = {
    "records": set(),
    "codes": {"records"},
    "own_files": {"records", "source"},
    "source": {"records"},
    "findings": MODELS,
    "airflow_model": MODELS,
    "dagster_model": MODELS,
    "read": MODELS | {"airflow_model"},
    "rules": MODELS | {"airflow_model", "dagster_model"},
    "translate": MODELS | {"airflow_model", "dagster_model", "digraph", "rules", "read"},
    "write": MODELS | {"dagster_model", "json_text"},
    "runtime": set(),
    "verify": MODELS | {"read", "terminal"},
    "report": MODELS
    | {
        "airflow_model",
        "dagster_model",
        "digraph",
        "inspect_json",
        "read",
        "rules",
        "terminal",
        "translate",
        "write",
        "",
    },
}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_no_room_reaches_back(room: str) -> None:
    inside = [module for module in MODULES if room_of(module) == room]
    assert inside
    reached = {
        f"{module} imports {other}"
        for module in inside
        for other in imports_of(module)
        if other.split(".")[0] == "migrator" and room_of(other) not in MAY_IMPORT[room] | {room}
    }
    assert reached == set()


def test_the_interpreter_knows_nothing_of_airflow() -> None:
    reached: set[str] = set()
    todo = ["migrator.read.interpreter"]
    while todo:
        module = todo.pop()
        if module in MODULES and module not in reached:
            reached.add(module)
            todo += imports_of(module)
    assert len(reached) > 10
    for module in reached:
        assert not module.startswith(("migrator.read.airflow", "migrator.read.names", "migrator.read.signatures")), (
            module
        )


def test_who_may_import_airflow() -> None:
    """Reading never runs what it reads: the runtime's bridge needs Airflow when it is called, and verify runs it."""
    importing = {module for module in MODULES for other in imports_of(module) if other.split(".")[0] == "airflow"}
    assert {m for m in importing if room_of(m) != "verify"} <= {"migrator.runtime.compat.bridge"}


def test_rules_ask_the_runtime_for_what_it_has() -> None:
    """`view.compat("sensors", "poke_until")`: one name that is missing keeps a whole project from loading."""
    has = {
        name.rpartition(".")[2]: set(top_level(TREES[name]))
        for name in MODULES
        if name.startswith("migrator.runtime.compat.")
    }
    asked: set[tuple[str, str]] = set()
    for module in MODULES:
        if room_of(module) in ("rules", "translate"):
            asked |= set(names_asked(TREES[module]))
    assert asked
    assert {(part, name) for part, name in asked if name not in has.get(part, set())} == set()


def top_level(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def names_asked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The literal arguments of `….compat(part, name)` and `Import("@compat.part", name)`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        texts = [item.value if isinstance(item, ast.Constant) else None for item in node.args[:2]]
        match node.func, texts:
            case ast.Attribute(attr="compat"), [str(part), str(name)]:
                yield part, name
            case ast.Name(id="Import"), [str(module), str(name)] if module.startswith("@compat."):
                yield module.removeprefix("@compat."), name


# --- codes ---------------------------------------------------------------------------------------------------------


def codes_in(tree: ast.Module) -> set[str]:
    """Codes that stand in the code as texts of their own; docstrings that mention one do not count."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


EMITTED = {code for name, tree in TREES.items() if room_of(name) != "codes" for code in codes_in(tree)}


def test_every_code_is_emitted_and_every_emitted_one_is_in_the_table() -> None:
    assert sorted(EMITTED - CODES.keys()) == []
    assert sorted(CODES.keys() - EMITTED) == []


def test_every_code_occurs() -> None:
    """In the findings some case must have, or in a test that asks for it."""
    occurring = {code for topic in topics() for code in CODE.findall(expected(topic).get("findings.json", ""))}
    for path in (ROOT / "tests").rglob("test_*.py"):
        if CASES not in path.parents and path != Path(__file__):
            occurring |= codes_in(ast.parse(path.read_text()))
    assert sorted(EMITTED - occurring) == []


# --- rules ---------------------------------------------------------------------------------------------------------


def test_each_rule_has_a_case(converted_cases: dict[str, Case]) -> None:
    rules.load()
    names = [rule.name for rule in rules.all_rules()]
    assert len(names) == len(set(names))
    used = {
        task["rule"]
        for case in converted_cases.values()
        if not case.error
        for dag in case.converted.record["dags"]
        for task in dag["tasks"]
    }
    assert sorted(set(names) - used) == []
