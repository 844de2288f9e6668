"""The files beside the DAG files that generated code reads by paths made from `__file__`: which are copied along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import CarriedBody, DagModule, EnvVariable, LibModule
from ..findings import Finding
from ..own_files import COPIES, OwnPath
from ..source import Span

if TYPE_CHECKING:
    from .view import View

OWN_FILES = EnvVariable(
    "DAG_FILES", f"Folder to take the files from that tasks read by path, instead of {COPIES}/", required=False
)


def copied_files(
    project: am.Project, modules: Iterable[DagModule], lib: Iterable[LibModule], named: Iterable[str]
) -> tuple[dict[str, str], list[Finding]]:
    """The files to write, by path below the package, and what is to be said of those that modules of the user's read.

    `named` are the paths that generated expressions hold; what carried code reaches is looked up where it comes from.
    """
    wanted = set(named)
    findings: list[Finding] = []
    for dag in modules:
        spans = [piece.span for piece in dag.carried]
        bodies = [*(asset.body for asset in dag.assets), *(check.body for check in dag.checks)]
        spans += [body.span for body in bodies if isinstance(body, CarriedBody)]
        wanted |= {path.path for span in spans for path in reached(project, span)}
    for module in lib:
        source = project.modules.get(module.source.file)
        spans = [piece.span for piece in module.pick]
        for path in source.own_paths if source is not None else ():
            if spans and not any(path.span in span for span in spans):
                continue
            wanted.add(path.path)
            fault = fault_of(path.path, project)
            if fault is not None:
                findings.append(Finding("A2D611", f"`{module.source.file}` is copied, and {fault}", path.span))
    files = {file.path: file.text for path in wanted for file in to_copy(path, project) if file.text is not None}
    return {f"{COPIES}/{path}": text for path, text in files.items()}, findings


def reached(project: am.Project, span: Span) -> Iterator[OwnPath]:
    """What the user's code in a stretch of a file reaches."""
    module = project.modules.get(span.file)
    return (p for p in module.own_paths if p.span in span) if module is not None else iter(())


def to_copy(path: str, project: am.Project) -> Iterator[am.OwnFile]:
    """The files at a path: it itself, or those of a folder that are not code which is read anyway.

    Code that asks only for its own file means the folder that is in.
    """
    read = {*project.files, *project.modules}
    if path in read:
        return
    for file in project.own_files.get(path, ()):
        if file.path not in read:
            yield file


def fault_of(path: str, project: am.Project) -> str | None:
    """Why what is at a path will not be there when the generated code runs."""
    if path.startswith(".."):
        return f"reads `{path}`, which is outside of the folder that was given"
    left = [file.path for file in project.own_files.get(path, ()) if file.text is None]
    if left:
        which = left[0] if left != [path] else path
        return f"reads `{which}`, which is too large to be copied, or no text"
    if not project.own_files.get(path):
        return f"reads or writes `{path}`, which is not in the given folders"
    return None


def tell_of_files(function: am.Function, view: View) -> None:
    """Report what the function, or what it uses of its module, reaches and will not find."""
    module = view.shared.library.of_file(function.span.file)
    if module is None or not module.own_paths:
        return
    spans = [function.span, *(item.span for item in module.items if item.name in function.globals_used)]
    for path in module.own_paths:
        fault = fault_of(path.path, view.shared.project) if any(path.span in s for s in spans) else None
        if fault is not None:
            message = f"`{function.name}` {fault}"
            view.differences.append(message)
            view.shared.report("A2D611", message, path.span)


def tell_of_named(paths: Iterable[str], view: View) -> None:
    """Report what the task's arguments name and its code will not find."""
    for path in sorted(paths):
        fault = fault_of(path, view.shared.project)
        if fault is not None:
            message = f"`{view.task.task_id}` {fault}"
            view.differences.append(message)
            view.shared.report("A2D611", message, view.task.span, view.task.task_id)
