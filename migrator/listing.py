"""What `migrate rules` and `migrate explain` print: the mapping of operators, and what a code means."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .codes import CODES, Code
from .naming import nearest
from .rules import all_rules, load
from .rules.api import Rule
from .terminal import COLOURS, Column, Style, table

_CASES = Path(__file__).resolve().parent.parent / "tests" / "cases"
"""Each rule's case, where this is run from the repository; an installed package has none."""


def rules_table(style: Style) -> Iterator[str]:
    """The mapping: one line a rule."""
    load()
    columns = (Column("Operator"), Column("Fidelity"), Column("Becomes", elastic=True))
    yield from table(columns, [(rule_name(rule), rule.fidelity, rule.summary) for rule in all_rules()], style)


def rules_document() -> list[dict[str, Any]]:
    """The mapping as plain values."""
    load()
    return [rule_record(rule) for rule in all_rules()]


def rule_record(rule: Rule) -> dict[str, Any]:
    """One rule as plain values."""
    return {
        "name": rule_name(rule),
        "operator": rule.operator,
        "aliases": list(rule.aliases),
        "fidelity": rule.fidelity,
        "becomes": rule.summary,
        "differences": list(rule.differences),
        "documentation": list(rule.documentation),
    }


def rule_name(rule: Rule) -> str:
    """What the rule is asked for by: `BashOperator`, `@task.bash`."""
    return rule.operator if rule.operator.startswith("@") else rule.name


def find_rules(name: str) -> list[Rule]:
    """The rules for an operator's class, its import path or a decorator, whatever the case."""
    load()
    wanted = name.casefold()
    paths = {rule: [path.casefold() for path in (rule.operator, *rule.aliases)] for rule in all_rules()}
    by_path = [rule for rule in paths if wanted in paths[rule]]
    short = wanted if wanted.startswith("@") else wanted.rpartition(".")[2]
    return by_path or [rule for rule in paths if short in (path.rpartition(".")[2] for path in paths[rule])]


def nearest_rules(name: str) -> list[str]:
    """The names of operators with a rule that are most like `name`."""
    load()
    paths = [path for rule in all_rules() for path in (rule.operator, *rule.aliases)]
    shorts = {path if path.startswith("@") else path.rpartition(".")[2] for path in paths}
    return nearest(name if name.startswith("@") else name.rpartition(".")[2], sorted(shorts))


def rule_text(rule: Rule, style: Style) -> Iterator[str]:
    """One rule: what it becomes, in what it differs, where that is documented, and its example."""
    yield f"{style.paint(rule_name(rule), bold=True)}  {rule.fidelity}"
    for path in (rule.operator, *rule.aliases):
        if path != rule_name(rule):
            yield f"  {path}"
    yield ""
    yield from _paragraphs(_prose(rule), style)
    if rule.differences:
        yield ""
        yield style.paint("Differs:", bold=True)
        for difference in rule.differences:
            yield from textwrap.wrap(difference, _measure(style), initial_indent="  - ", subsequent_indent="    ")
    if rule.documentation:
        yield ""
        yield style.paint("Documentation:", bold=True)
        yield from (f"  {page}" for page in rule.documentation)
    example = example_of(rule)
    if example:
        yield ""
        yield style.paint("Example:", bold=True)
        yield textwrap.indent(example, "  ")


def _prose(rule: Rule) -> str:
    """The docstring without the lines that are shown by themselves."""
    text = inspect.cleandoc(rule.function.__doc__ or "")
    return re.sub(r"^(?:Differs|Airflow|Dagster): .+(?:\n[ \t]+.+)*\n?", "", text, flags=re.MULTILINE).strip()


def _paragraphs(text: str, style: Style) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
        if number:
            yield ""
        yield from textwrap.wrap(" ".join(paragraph.split()), _measure(style), break_long_words=False)


def _measure(style: Style) -> int:
    return min(style.width, 100)


def example_of(rule: Rule, cases: Path = _CASES) -> str:
    """The statement of the rule's own case that uses it; empty where the source tree is not there or has none."""
    names = {path if path.startswith("@") else path.rpartition(".")[2] for path in (rule.operator, *rule.aliases)}
    for file in sorted(cases.glob("*/dag.py")) if cases.is_dir() else ():
        try:
            text = file.read_text(encoding="utf-8")
            found = _statement(ast.parse(text), names)
        except (OSError, ValueError, SyntaxError):
            continue
        if found is not None:
            first = min([found.lineno, *(d.lineno for d in getattr(found, "decorator_list", []))])
            lines = text.splitlines()[first - 1 : found.end_lineno]
            return textwrap.dedent("\n".join(lines))
    return ""


def _statement(tree: ast.Module, names: set[str]) -> ast.stmt | None:
    """The innermost statement that calls one of these operators or bears one of these decorators."""
    found: ast.stmt | None = None
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        decorators = getattr(node, "decorator_list", [])
        if any(f"@{_dotted(d.func if isinstance(d, ast.Call) else d)}" in names for d in decorators):
            return node
        if isinstance(node, ast.Assign | ast.Expr) and any(
            isinstance(call, ast.Call) and _dotted(call.func).rpartition(".")[2] in names for call in ast.walk(node)
        ):
            found = found or node
    return found


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
    return ""


# --- codes ---------------------------------------------------------------------------------------------------------


def find_code(word: str) -> Code | None:
    """A code by its number or its name."""
    wanted = word.strip().casefold()
    return next((row for row in CODES.values() if wanted in (row.code.casefold(), row.name)), None)


def nearest_codes(word: str) -> list[str]:
    """`A2D301 (argument-unread)` for the codes most like a word: the same number or a like name."""
    by_label = {label: row for row in CODES.values() for label in (row.code, row.name)}
    rows = dict.fromkeys(by_label[label].code for label in nearest(word.strip(), by_label, 5))
    return [f"{code} ({CODES[code].name})" for code in list(rows)[:3]]


def is_code_prefix(word: str) -> bool:
    """Whether any code begins so."""
    return any(code.startswith(word) for code in CODES) if len(word) >= 3 else False


def code_text(row: Code, style: Style) -> Iterator[str]:
    """What a code means and what to do about it."""
    yield f"{style.paint(row.code, bold=True)} {row.name}  {style.paint(row.severity, fg=COLOURS[row.severity])}"
    yield ""
    yield from _paragraphs(row.meaning, style)
    yield ""
    yield from textwrap.wrap(row.action, _measure(style), initial_indent="What to do: ", subsequent_indent="  ")
    if row.severity != "error":
        yield ""
        yield f"`# migrate: ignore[{row.code}]` at the end of a line silences it there."


def codes_table(style: Style, rows: Sequence[Code] = ()) -> Iterator[str]:
    """Every code, one line each."""
    columns = (Column("Code"), Column("Name"), Column("Severity"), Column("Meaning", elastic=True))
    chosen = rows or list(CODES.values())
    yield from table(columns, [(row.code, row.name, row.severity, row.meaning) for row in chosen], style)
