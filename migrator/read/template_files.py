"""The files that templated arguments name (`sql="load.sql"`), read from the folders that were given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from jinja2 import Environment, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from ..airflow_model import Dag, Task, Value, own_path
from ..source import SourceFile
from .signatures import mro, signature, template_fields

MAX_SIZE = 1_000_000
"""Characters; a longer file is no template."""


def template_files(dag: Dag, read: Callable[[str], str | None]) -> dict[tuple[str, str], SourceFile]:
    """(dag_id, name as the argument gives it) -> the file, for every templated argument that names one that is there.

    `read` gives the text of a file by its path relative to the root, None where there is none or it lies outside.
    Airflow looks in the DAG file's folder and in `template_searchpath`
    (https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/operators.html#jinja-templating).
    """
    folders = [PurePosixPath(dag.file).parent, *_searchpath(dag)]
    found: dict[tuple[str, str], SourceFile] = {}
    for task in dag.tasks:
        endings = extensions(task, dag.airflow)
        if not endings:
            continue
        for name in templated_texts(task, dag.airflow):
            if not name.endswith(endings) or "\n" in name or (dag.dag_id, name) in found:
                continue
            for folder in folders:
                path = str(folder / name).removeprefix("./")
                text = read(path)
                if text is not None and len(text) <= MAX_SIZE:
                    found[dag.dag_id, name] = SourceFile(path, "", text)
                    break
        for text in templated_texts(task, dag.airflow):
            _add_included(text, dag.dag_id, folders, read, found)
    for file in list(found.values()):
        _add_included(file.text, dag.dag_id, folders, read, found)
    return found


def included(text: str) -> tuple[str | None, ...]:
    """The templates that a template includes, imports or extends; None for one whose name is computed."""
    if "{%" not in text:
        return ()
    try:
        tree = Environment(extensions=["jinja2.ext.do"]).parse(text)
    except TemplateSyntaxError:
        return ()
    return tuple(dict.fromkeys(find_referenced_templates(tree)))


def _add_included(
    text: str,
    dag_id: str,
    folders: list[PurePosixPath],
    read: Callable[[str], str | None],
    found: dict[tuple[str, str], SourceFile],
) -> None:
    for name in included(text):
        if name is None or (dag_id, name) in found:
            continue
        for folder in folders:
            path = str(folder / name).removeprefix("./")
            content = read(path)
            if content is not None and len(content) <= MAX_SIZE:
                found[dag_id, name] = SourceFile(path, "", content)
                _add_included(content, dag_id, folders, read, found)
                break


def extensions(task: Task, line: str) -> tuple[str, ...]:
    """How a string in a task's templated fields ends when it names a file; `line` is the line of Airflow."""
    own = task.argument("templates_exts")
    if own is not None and isinstance(own.value, list | tuple):
        return tuple(ending for ending in own.value if isinstance(ending, str))
    if task.cls is not None and task.cls.template_ext:
        return task.cls.template_ext
    for path in (task.name, *task.bases):
        for cls in mro(path, line) or (path,):
            known = signature(cls, line)
            if known is not None and known.template_ext:
                return known.template_ext
    return ()


def templated_texts(task: Task, line: str) -> Iterator[str]:
    """Every string in a templated field."""
    fields = {f for path in (task.name, *task.bases) for f in template_fields(path, line)}
    fields |= {*task.cls.template_fields} if task.cls is not None else set()
    for argument in task.arguments:
        if argument.name in fields:
            yield from _strings(argument.value)
    for argument in (*task.op_args, *task.op_kwargs):  # of a decorated function
        yield from _strings(argument.value)


def _strings(value: Value) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list() | tuple():
            for part in value:
                yield from _strings(part)
        case dict():
            for part in value.values():
                yield from _strings(part)


def _searchpath(dag: Dag) -> list[PurePosixPath]:
    """The folders of `template_searchpath`; of an absolute one, every tail of it may be a folder of the project."""
    argument = dag.argument("template_searchpath")
    values = argument.value if argument is not None else None
    folders: list[PurePosixPath] = []
    for value in values if isinstance(values, list | tuple) else [values]:
        own = own_path(value)
        if own is not None:
            value = own
        if not isinstance(value, str | PurePosixPath):
            continue
        path = PurePosixPath(value)
        parts = path.parts[1:] if path.is_absolute() else path.parts
        if not path.is_absolute():
            folders.append(path)
        folders += [PurePosixPath(*parts[start:]) for start in range(1 if not path.is_absolute() else 0, len(parts))]
    return folders
