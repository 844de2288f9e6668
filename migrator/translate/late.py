"""Module-level names that must not be computed when the generated code is loaded, and the statements that set them
where they are used.

A Variable or Connection may be missing then. Airflow loads the DAG file in the process of each task, so what the file
computes from one is computed once more for each task there, too.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Collection

from .. import airflow_model as am
from ..source import SourceFile, Span
from .library import Library
from .pen import CannotWriteError
from .standins import when_called


def late(value: am.Value) -> bool:
    """Whether computing the value asks for something that may be missing when the code is loaded.

    That is a Variable, a Connection, or an environment variable without default.
    """
    match value:
        case am.VariableRef(has_default=has_default):
            return not has_default
        case am.ConnectionRef():
            return True
        case am.EnvRef(required=required):
            return required
        case am.Deferred(operands=operands, keywords=keywords):
            return any(map(late, operands)) or any(late(v) for _, v in keywords)
        case am.InstanceRef(args=operands, keywords=keywords):
            return any(map(late, operands)) or any(late(v) for _, v in keywords)
        case am.AssetRef(uri=uri, name=name):
            return late(uri) or late(name)
        case list() | tuple() | set():
            return any(map(late, value))
        case dict():
            return any(late(v) for pair in value.items() for v in pair)
    return False


def deferred(name: str, module: am.Module, library: Library) -> bool:
    """Whether a module-level name holds something late, or something that is computed from it."""
    seen: set[tuple[str, str]] = set()
    waiting = [(module, name)]
    while waiting:
        module, name = waiting.pop()
        if (module.source.file, name) in seen:
            continue
        seen.add((module.source.file, name))
        if (origin := library.origin(module, name)) is None:
            continue
        for item in _assignments(*origin):
            if late(item.value):
                return True
            if not item.airflow:
                waiting += [(origin[0], need) for need in item.needs]
    return False


def statements(
    name: str,
    module: am.Module,
    library: Library,
    write: Callable[[am.Value], str],
    need: Callable[[str, am.Module, Span], None],
    bound: Collection[str] = (),
) -> list[str]:
    """The statements that set a deferred name, after those for what it is computed from.

    `write` writes a value, `need` carries another name over for the code at a place, `bound` are names that the code
    around binds itself. Raises CannotWriteError.
    """
    found: dict[str, None] = {}
    seen: set[str] = set()

    def follow(name: str, inside: am.Module) -> None:
        if name in seen:
            return
        seen.add(name)
        origin = library.origin(inside, name)
        if origin is None:
            raise CannotWriteError(f"{name}, which comes from Airflow when the file is loaded")
        if name in bound or (origin[1] != name or module.item(name) not in (None, inside.item(name))):
            raise CannotWriteError(f"{name}, which means something else there")
        for item in _assignments(*origin):
            if late(item.value):
                try:
                    found[f"{name} = {write(item.value)}"] = None
                    return
                except CannotWriteError:
                    if item.airflow:
                        raise  # otherwise its own text will do, after what it is computed from
            if item.airflow:
                imports = when_called(item.needs, origin[0], item.span)
                if imports is None:
                    raise CannotWriteError(f"{name}, which comes from Airflow when the file is loaded")
                found.update(dict.fromkeys(imports))
            for other in item.needs:
                if deferred(other, origin[0], library):
                    follow(other, origin[0])
                else:
                    need(other, origin[0], item.span)
            found[_text(item.span, origin[0].source)] = None

    follow(name, module)
    return list(found)


def _assignments(module: am.Module, name: str) -> list[am.ModuleItem]:
    return [item for item in module.items if item.name == name and item.kind in ("assign", "other")]


def _text(span: Span, source: SourceFile) -> str:
    """The lines of a statement, at column 0. Raises CannotWriteError where a string in it would change by that."""
    lines = source.lines()[span.line - 1 : span.end_line]
    nested, text = "\n".join(["if True:", *lines]), textwrap.dedent("\n".join(lines))
    within = nested if lines[0][:1].isspace() else text
    try:
        before, after = ast.parse(within), ast.parse(text)
    except SyntaxError as error:
        raise CannotWriteError(f"the statement in line {span.line}") from error
    statements = before.body[0].body if isinstance(before.body[0], ast.If) and within is nested else before.body
    if len(after.body) != 1 or ast.dump(ast.Module(statements, [])) != ast.dump(after):
        raise CannotWriteError(f"the statement in line {span.line}")
    return text
