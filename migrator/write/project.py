"""A Dagster model as files: pure, from model to text."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import partial

from ..dagster_model import Asset, Becomes, DagModule, Key, Project
from ..findings import Finding, order
from ..records import dataclass
from . import resources as resource_files
from .assets import DagText, dag_module
from .carry import Transform, unchanged
from .external import external_module
from .formatting import format_files
from .imports import Place
from .lib import Names, lib_module, lib_names, lib_packages, lib_path, relative_imports
from .loading import missing_imports, missing_names
from .namespace import check_names, with_valid_names
from .project_tests import CONFTEST, dag_test
from .readme import readme
from .rendered import Position, RenderedProject
from .runtime import Runtime, compat_parts, installed, requirements_of
from .skeleton import DEFINITIONS, dagster_yaml, env_example, env_variables, pyproject
from .text import InvalidCode, docstring, without_warnings

_COMPAT_IMPORT = re.compile(r"^[ \t]*from \.+airflow_compat\b([\w.]*) import ([\w, ]*)", re.MULTILINE)


@dataclass(slots=True)
class _Rendering:
    """Files while they are made: those still to be formatted, those that are as they should be."""

    rough: dict[str, str] = field(default_factory=dict)
    final: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@without_warnings()
def render(project: Project, runtime: Runtime | None = None) -> RenderedProject:
    """Every file of a generated project but migration.json, and where each definition is.

    A DAG or helper module whose code is not valid Python is left out with finding A2D605; nothing else is affected.
    `runtime` is the runtime module's sources, migrate's own by default.
    """
    sources = runtime or installed()
    package = project.package
    out = _Rendering()
    names = lib_names(project)
    project, renamed = with_valid_names(_with_io_managers(project))
    out.findings += renamed
    _render_lib(project, names, out)
    _render_resources(project, sources, out)
    external = external_module(project.external)
    if external is not None:
        out.rough[f"{package}/defs/external_assets.py"] = external
    written = _render_dags(project, names, sources, out)
    texts = {**out.rough, **out.final}
    parts = compat_parts(sources, _compat_wanted(package, texts))
    out.final |= {f"{package}/airflow_compat/{name}.py": text for name, text in parts.items()}
    out.final |= {f"{package}/{path}": text for path, text in project.files.items()}
    out.rough[f"{package}/__init__.py"] = docstring("Airflow DAGs as Dagster assets.") + "\n"
    out.rough[f"{package}/definitions.py"] = DEFINITIONS
    out.rough[f"{package}/defs/__init__.py"] = ""
    out.rough["tests/conftest.py"] = CONFTEST.format(package=package)
    files = {**out.final, **format_files(out.rough)}
    python_texts = [text for path, text in files.items() if path.endswith(".py")]
    requirements = {*project.requirements, *(r for item in project.resources for r in item.requirements)}
    requirements |= requirements_of(parts.values())
    versioned = {name for item in requirements if (name := distribution_name(item)) != item}
    requirements -= versioned
    files["pyproject.toml"] = pyproject(project, requirements, _python(python_texts))
    variables = env_variables(project)
    files[".env.example"] = env_example(variables)
    limits = dagster_yaml(project)
    if limits is not None:
        files["dagster.yaml"] = limits
    findings = tuple(sorted(dict.fromkeys((*project.findings, *out.findings)), key=order))
    files["README.md"] = readme(project, set(written), findings, bool(variables), limits is not None)
    becomes, automation = _positions(project, written, files)
    return RenderedProject(
        package=package,
        files=dict(sorted(files.items())),
        becomes=becomes,
        automation=automation,
        modules={dag_id: _assets_path(project, dag) for dag_id, (dag, _) in written.items()},
        dags={dag_id: dag for dag_id, (dag, _) in written.items()},
        records=project.records,
        findings=findings,
    )


def _assets_path(project: Project, dag: DagModule) -> str:
    return f"{project.package}/defs/{dag.package}/assets.py"


def _transform(names: Names, place: Place) -> Transform:
    return partial(relative_imports, names, place) if names.dotted else unchanged


def _render_dags(
    project: Project, names: Names, runtime: Runtime, out: _Rendering
) -> dict[str, tuple[DagModule, DagText]]:
    """Every DAG's module and test; gives the names its definitions got."""
    compat = f"{project.package}/airflow_compat/"

    def file(path: str) -> str | None:
        if path.startswith(compat):
            return runtime.compat.get(path[len(compat) : -len(".py")])
        return out.rough.get(path, out.final.get(path))

    written: dict[str, tuple[DagModule, DagText]] = {}
    seen: set[str] = set()
    for dag in project.dags:
        place = Place(project.package, f"defs.{dag.package}.assets")
        try:
            if not dag.package.isidentifier():
                raise InvalidCode(f"{dag.package} is not a module name")
            check_names(dag, seen)
            text = dag_module(dag, place, _transform(names, place))
            _check_loading(_assets_path(project, dag), text.text, file)
        except InvalidCode as error:
            out.findings.append(
                Finding("A2D605", f"The generated code for DAG {dag.dag_id} is not valid: {error}",
                        span=dag.origin.span, dag_id=dag.dag_id)
            )  # fmt: skip
            continue
        written[dag.dag_id] = (dag, text)
        out.rough[_assets_path(project, dag)] = text.text
        out.rough[f"{project.package}/defs/{dag.package}/__init__.py"] = ""
        out.rough[f"tests/test_{dag.package}.py"] = dag_test(dag)
    _drop_idle_sensors(project, names, written, out)
    return written


def _drop_idle_sensors(
    project: Project, names: Names, written: dict[str, tuple[DagModule, DagText]], out: _Rendering
) -> None:
    """Leave out the sensors that would start the job of a DAG that is left out: nothing would load with them."""
    jobs = {dag.job.name for dag, _ in written.values() if dag.job is not None and dag.assets}
    for dag_id, (dag, _) in written.items():
        idle = [sensor for sensor in dag.sensors if sensor.job not in jobs]
        if not idle:
            continue
        dag = replace(dag, sensors=tuple(s for s in dag.sensors if s.job in jobs))
        place = Place(project.package, f"defs.{dag.package}.assets")
        text = dag_module(dag, place, _transform(names, place))
        written[dag_id] = (dag, text)
        out.rough[_assets_path(project, dag)] = text.text
        out.rough[f"tests/test_{dag.package}.py"] = dag_test(dag)
        for sensor in idle:
            message = f"The sensor {sensor.name} is left out: the job {sensor.job} that it starts is not there"
            origin = sensor.origin
            out.findings.append(Finding("A2D605", message, origin.span, dag_id=dag_id, task_id=origin.task_id or None))


def _check_loading(path: str, text: str, file: Callable[[str], str | None]) -> None:
    """Raise InvalidCode for a module that would fail when Dagster loads it, and with it every other."""
    tree = ast.parse(text)
    if missing := missing_imports(path, tree, file):
        raise InvalidCode(f"it imports {missing[0]}, which is not there")
    if missing := missing_names(tree):
        raise InvalidCode(f"the name {missing[0]} is not defined")


def _render_lib(project: Project, names: Names, out: _Rendering) -> None:
    for module in project.lib:
        try:
            text = lib_module(project, module, names)
        except InvalidCode as error:
            out.findings.append(Finding("A2D605", f"The module {module.source.file} cannot be copied: {error}"))
            continue
        # A whole module stays as the user laid it out.
        (out.rough if module.pick else out.final)[lib_path(project, module)] = text
    out.final |= dict.fromkeys(lib_packages(project), "")


def _render_resources(project: Project, runtime: Runtime, out: _Rendering) -> None:
    try:
        text = resource_files.resources_module(project, runtime)
    except InvalidCode as error:
        # The DAGs that import one of them are left out, too; the others can do without.
        out.findings.append(Finding("A2D605", f"The generated resources.py is not valid: {error}"))
        return
    if text is not None:
        out.rough[f"{project.package}/defs/resources.py"] = text


def _with_io_managers(project: Project) -> Project:
    """The project with assets of another line of Airflow than most on an I/O manager of their own."""
    main, others = resource_files.xcom_lines(project)
    if not (project.xcom and others):
        return project
    lines = {record.dag_id: record.airflow for record in project.records}

    def assign(asset: Asset, line: str) -> Asset:
        return asset if asset.io_manager else replace(asset, io_manager=resource_files.io_manager_key(line, main))

    dags = tuple(
        replace(dag, assets=tuple(assign(asset, lines.get(dag.dag_id, main)) for asset in dag.assets))
        for dag in project.dags
    )
    return replace(project, dags=dags)


def _compat_wanted(package: str, files: Mapping[str, str]) -> set[str]:
    """The parts of the runtime module that generated files import."""
    wanted: set[str] = set()
    for path, text in files.items():
        if path.startswith(f"{package}/") and path.endswith(".py"):
            # Found by their text, since parsing every module for them takes long: a part is named in the first line.
            for part, names in _COMPAT_IMPORT.findall(text):
                wanted |= (
                    {part.split(".")[1]} if part else {name.split()[0] for name in names.split(",") if name.strip()}
                )
    return wanted


def distribution_name(requirement: str) -> str:
    """The distribution a requirement is about, without version and extras."""
    return re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0]


def _python(texts: Iterable[str]) -> str:
    """The Python versions the project runs on; `datetime.UTC` came with 3.11."""
    newer = any("import UTC" in text or "datetime.UTC" in text for text in texts)
    return f">=3.{11 if newer else 10},<3.14"


def _positions(
    project: Project, written: Mapping[str, tuple[DagModule, DagText]], files: Mapping[str, str]
) -> tuple[dict[tuple[str, str, int], Position], dict[tuple[str, str, str], Position]]:
    """Where the definitions are in the final, formatted text."""
    spans: dict[str, dict[str, Position]] = {}
    by_key: dict[Key, Position] = {}
    for dag_id, (dag, text) in written.items():
        path = _assets_path(project, dag)
        spans[dag_id] = top_level(path, files[path])
        by_key |= {key: spans[dag_id][name] for key, name in text.assets.items()}
    path = f"{project.package}/defs/resources.py"
    configured = resource_rows(path, files[path]) if path in files else {}
    becomes: dict[tuple[str, str, int], Position] = {}
    for record in project.records:
        if record.dag_id not in written:
            continue
        text, here = written[record.dag_id][1], spans[record.dag_id]
        for task in record.tasks:
            for index, item in enumerate(task.becomes):
                found = _position(item, text, here, by_key, configured)
                if found is not None:
                    becomes[record.dag_id, task.task_id, index] = found
    automation = {
        (dag_id, kind, name): spans[dag_id][variable]
        for dag_id, (_, text) in written.items()
        for (kind, name), variable in text.automation.items()
    }
    return becomes, automation


def _position(
    item: Becomes,
    text: DagText,
    here: Mapping[str, Position],
    by_key: Mapping[Key, Position],
    configured: Mapping[str, Position],
) -> Position | None:
    match item.kind:
        case "asset":
            return by_key.get(item.key) or here.get(item.name)
        case "asset_check":
            return here.get(text.checks.get(item.name, item.name))
        case "sensor":
            return here.get(text.automation.get(("sensor", item.name), item.name))
        case "resource":
            return configured.get(item.name)
        case _:
            return by_key.get(item.key) or here.get(item.name)


def top_level(path: str, text: str) -> dict[str, Position]:
    """The lines of each top-level definition and constant of a module, those under a condition included."""
    found: dict[str, Position] = {}
    body = ast.parse(text).body
    conditional = [inner for node in body if isinstance(node, ast.If) for inner in node.body]
    for node in (*conditional, *body):
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        position = Position(path, first, node.end_lineno or first)
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = position
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = position
    return found


def resource_rows(path: str, text: str) -> dict[str, Position]:
    """The lines of each resource in the dict of resources.py."""
    found: dict[str, Position] = {}
    for node in ast.walk(ast.parse(text).body[-1]):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found.setdefault(key.value, Position(path, key.lineno, value.end_lineno or key.lineno))
    return found
