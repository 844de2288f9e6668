"""What a set of DAG files means, as the bounded interpreter read it: projects, DAGs, tasks, edges and values.

Frozen and free of any Dagster notion. `read` makes these; `rules` and `translate` consume them.

Values
    An argument's value is an ordinary Python object where it is known (`str`, `int`, `list`, `dict`, `datetime`,
    `timedelta`, `tzinfo` …, treated as immutable), or one of the classes below. Containers may hold either.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal, TypeAlias

from .findings import Finding
from .own_files import OwnPath
from .records import dataclass
from .source import SourceFile, Span

Value: TypeAlias = Any
AirflowLine: TypeAlias = Literal["1", "2", "3"]


# --- values the reader does not have as Python objects -------------------------------------------------------


PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
"""Airflow's own presets, and croniter's, which it hands the rest to."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value the reader cannot know nor reproduce. Whatever is computed from it is unknown for the same reason."""

    reason: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something imported that the interpreter does not look into: a library's module, class, function or constant.

    `path` is the dotted path it was imported by (canonical for Airflow's own names).
    """

    path: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """A value that only exists at run time but whose computation is known, so that code can reproduce it.

    `op` is `call` (operands: function, then positional arguments), `attribute` (object; `name`), `item` (object, key),
    `format` (the parts of an f-string), or a Python operator such as `+`, `%`, `not`, `==`, `in`, `and` (operands).
    """

    op: str
    operands: tuple[Value, ...]
    name: str = ""
    keywords: tuple[tuple[str, Value], ...] = ()
    span: Span | None = None


PATH = re.compile(r"""[^\s'"`{}$();|&<>,]*""")
"""As much of a text as can be a path, where it stands in a command."""
FILES = Symbol("migrate.DAG_FILES")
"""The folder that the DAG files were in: what paths made from `__file__` begin with."""


def own_paths(value: Deferred) -> frozenset[str]:
    """The paths made from `__file__`, relative to the folder that was given, that a text is made of."""
    after = zip(value.operands, (*value.operands[1:], ""), strict=True)
    texts = [rest if isinstance(rest, str) else "" for part, rest in after if part == FILES]
    return frozenset(posixpath.normpath(PATH.match(text)[0].strip("/") or ".") for text in texts)  # type: ignore[index]


def own_path(value: Value) -> str | None:
    """The path, relative to the folder that was given, where the value is nothing but one made from `__file__`."""
    match value:
        case Deferred("call", (Symbol("pathlib.Path"), path), "", ()):
            return own_path(path)
        case Deferred("format", (Symbol() as first,)) if first == FILES:
            return "."
        case Deferred("format", (Symbol() as first, str(rest))) if first == FILES:
            return rest.strip("/")
    return None


@dataclass(frozen=True, slots=True)
class VariableRef:
    """`Variable.get(key)`: read from Airflow's metadata at run time."""

    key: Value
    has_default: bool = False
    default: Value = None
    deserialize_json: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionRef:
    """`BaseHook.get_connection(conn_id)` or `Connection.get(conn_id)`."""

    conn_id: Value


@dataclass(frozen=True, slots=True)
class EnvRef:
    """`os.environ[name]`, `os.environ.get(name, default)` or `os.getenv`; `required` when a missing one raises."""

    name: Value
    required: bool = False
    default: Value = None


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """A DAG or task param: `Param(default, type=…, **schema)` or a plain value."""

    default: Value
    has_default: bool = True
    description: str | None = None
    schema: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class AssetRef:
    """An Airflow asset (a dataset before 3.0): `Asset(name=…, uri=…)`, or an alias of assets."""

    name: Value
    uri: Value
    kind: Literal["asset", "alias"] = "asset"
    group: str = "asset"
    extra: bool = False
    """Whether it has an `extra` of its own."""


@dataclass(frozen=True, slots=True)
class AssetCondition:
    """`asset & asset` or `asset | asset` as a schedule."""

    op: Literal["and", "or"]
    items: tuple[AssetRef | AssetCondition, ...]


@dataclass(frozen=True, slots=True)
class TaskRef:
    """A task object itself used as a value (an operator passed as an argument)."""

    dag_id: str
    task_id: str


@dataclass(frozen=True, slots=True)
class XComRef:
    """What a task pushes, used as a value: `task.output`, `task.output["key"]`, a TaskFlow call's result.

    `steps` are the operations applied to it, in order: ("map", Function), ("zip", (XComRef, …)),
    ("zip_longest", (the fill value, XComRef, …)), ("concat", (XComRef, …)).
    """

    dag_id: str
    task_id: str
    key: str = "return_value"
    steps: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class MappedArgument:
    """The element a mapped task group receives for one of its parameters: one of `values`' items per map index."""

    name: str
    values: Value


@dataclass(frozen=True, slots=True)
class Use:
    """One meeting of a function's body with Airflow, at its place.

    kind        name                     details
    context     the context key (`ds`, `ti`, `params` …)
    context_all ""                       the whole context escapes (`**kwargs` passed on, `get_current_context()` kept)
    pull        ""                       task_ids, key, default, dag_id, include_prior_dates (literals or Unknown)
    push        the key                  value: the span of the value's expression
    variable    the key                  default, has_default, deserialize_json
    connection  the conn_id
    hook        canonical class path     conn_id (a literal, None for the hook's default, or Unknown), methods used
    airflow     canonical path           any other Airflow name, used as it is
    raises      canonical exception path
    """

    kind: Literal["context", "context_all", "pull", "push", "variable", "connection", "hook", "airflow", "raises"]
    name: str
    span: Span
    details: tuple[tuple[str, Value], ...] = ()

    def get(self, name: str, default: Value = None) -> Value:
        return dict(self.details).get(name, default)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a user's function; `default` is its expression's source text, None when it has none."""

    name: str
    kind: Literal["positional", "keyword_only", "var_positional", "var_keyword"] = "positional"
    default: str | None = None
    annotation: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the user's, to be carried over. Equality is by place: one definition, one function.

    `captured` are the free names it takes from an enclosing call (a factory's arguments and locals), with their
    values at the time it was defined. `globals_used` are the module-level names its body needs, including those
    that what it calls in the same module needs. `bound` are arguments fixed by `functools.partial`.
    """

    name: str
    qualname: str
    source: SourceFile = field(repr=False)
    span: Span
    parameters: tuple[Parameter, ...] = ()
    is_lambda: bool = False
    is_generator: bool = False
    is_async: bool = False
    docstring: str | None = None
    returns: str | None = None
    returns_value: bool = True
    captured: Mapping[str, Value] = field(default_factory=dict, compare=False, hash=False)
    globals_used: tuple[str, ...] = ()
    uses: tuple[Use, ...] = field(default=(), compare=False)
    bound_args: tuple[Value, ...] = field(default=(), compare=False)
    bound_kwargs: tuple[tuple[str, Value], ...] = field(default=(), compare=False)
    self_value: Value = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A class defined in the user's files. Of an operator's, its own `template_fields` and `template_ext`."""

    name: str
    source: SourceFile = field(repr=False)
    span: Span
    bases: tuple[str, ...] = ()
    template_fields: tuple[str, ...] = ()
    template_ext: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceRef:
    """An instance of a user's class: how it was made, so that code can make it again."""

    cls: ClassRef
    args: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleItem:
    """A top-level definition of a user's module, as it can be carried over by name.

    `needs` are the module-level names it uses. `airflow` is true when it, itself, names anything of Airflow.
    `value` is what the interpreter computed for the name (Unknown where it could not).
    """

    name: str
    kind: Literal["import", "function", "class", "assign", "other"]
    span: Span
    needs: tuple[str, ...] = ()
    airflow: bool = False
    value: Value = None
    imports: tuple[str, str] | None = None  # (module, name) for kind "import"; name "" for `import module`


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file of the user's that a DAG file is or imports. `airflow` is true when it imports Airflow."""

    source: SourceFile
    items: tuple[ModuleItem, ...] = ()
    imports: tuple[str, ...] = ()  # dotted modules of the user's it imports
    airflow: bool = False
    own_paths: tuple[OwnPath, ...] = ()
    """What its code reaches from `__file__` on."""

    def item(self, name: str) -> ModuleItem | None:
        return next((i for i in self.items if i.name == name), None)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that code reaches by a path made from `__file__`; `text` is None where it is no text, or very large."""

    path: str
    text: str | None = field(repr=False)


# --- DAGs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument that reached an Airflow object, with the expression it came from.

    `source` is the expression's text; `names` are the free names in it, when all of them are module-level names of
    `span.file` (so that the expression can be carried over as it stands), else None. `origin` says how it arrived.
    """

    name: str
    value: Value
    span: Span
    source: str | None = None
    names: tuple[str, ...] | None = None
    origin: Literal["call", "default_args", "operator class", "decorator"] = "call"


@dataclass(frozen=True, slots=True)
class Expansion:
    """How a mapped task expands. `arguments` are those given to expand (name -> list, dict or XComRef).

    `group` and `group_kwargs` are `expand` and `expand_kwargs` of a task group.
    """

    kind: Literal["expand", "expand_kwargs", "group", "group_kwargs"]
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a DAG. `task_id` is the full id, group prefix included.

    `operator` is Airflow's `task_type`; `name` the canonical import path of the operator class, or
    `<module>.<Class>` for a user's own class, whose Airflow bases are in `bases`, nearest first. `decorator` is
    `task`, `task.branch` … for TaskFlow tasks. `function` is the python_callable or decorated function where known.
    `op_args`/`op_kwargs` are the values a TaskFlow call passes (an operator's own op_args stay in `arguments`).
    `trigger_rule` is `unknown` where it is computed from something unknown.
    """

    task_id: str
    operator: str
    name: str
    span: Span
    arguments: tuple[Argument, ...] = ()
    bases: tuple[str, ...] = ()
    cls: ClassRef | None = None
    decorator: str | None = None
    function: Function | None = None
    op_args: tuple[Argument, ...] = ()
    op_kwargs: tuple[Argument, ...] = ()
    trigger_rule: str = "all_success"
    group: str | None = None
    mapping: Expansion | None = None
    conditional: bool = False
    repeated: bool = False
    is_setup: bool = False
    is_teardown: bool = False

    def argument(self, name: str) -> Argument | None:
        return next((a for a in self.arguments if a.name == name), None)

    @property
    def mapped(self) -> bool:
        return self.mapping is not None


@dataclass(frozen=True, slots=True)
class Edge:
    """`upstream` before `downstream`. `data` when an XCom value is passed along it by the DAG file itself."""

    upstream: str
    downstream: str
    data: bool = False
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A task group: its full id, its parent's, and what it is called by."""

    group_id: str
    parent: str | None = None
    tooltip: str = ""
    mapping: Expansion | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a DAG runs.

    cron: `value` is the expression (presets resolved: `@daily` -> `0 0 * * *`, kept in `preset`); several crons are a
    tuple. interval: a timedelta (or relativedelta as Deferred). assets: an AssetCondition, AssetRef or a list of them.
    timetable: a Deferred, InstanceRef or Symbol. unknown: an Unknown or Deferred.
    """

    kind: Literal["cron", "interval", "once", "continuous", "assets", "timetable", "none", "unknown"]
    value: Value = None
    preset: str | None = None
    timezone: str = "UTC"
    data_intervals: bool = True  # false where Airflow 3 gives cron schedules zero-length intervals
    only_if: Value = True  # a Deferred: what must be true when the file is loaded; otherwise there is no schedule


@dataclass(frozen=True, slots=True)
class Dag:
    """One DAG as its file defines it. `arguments` are the DAG's own; its Airflow line's defaults are filled in.

    `complete` is false where something unknown could add or remove a task or an edge; `incomplete_because` says what.
    """

    dag_id: str
    file: str
    span: Span
    airflow: AirflowLine
    arguments: tuple[Argument, ...] = ()
    schedule: Schedule = field(default_factory=lambda: Schedule("none"))
    catchup: Value = False
    start_date: Value = None
    end_date: Value = None
    timezone: str = "UTC"
    max_active_runs: Value = 16
    tags: tuple[Value, ...] = ()
    params: tuple[tuple[str, ParamSpec], ...] = ()
    description: Value = None
    doc_md: Value = None
    groups: tuple[Group, ...] = ()
    tasks: tuple[Task, ...] = ()
    edges: tuple[Edge, ...] = ()
    complete: bool = True
    incomplete_because: tuple[Finding, ...] = ()
    conditional: bool = False

    def argument(self, name: str) -> Argument | None:
        return next((a for a in self.arguments if a.name == name), None)

    def task(self, task_id: str) -> Task | None:
        return next((t for t in self.tasks if t.task_id == task_id), None)

    def upstream(self, task_id: str) -> tuple[Edge, ...]:
        return tuple(e for e in self.edges if e.downstream == task_id)

    def downstream(self, task_id: str) -> tuple[Edge, ...]:
        return tuple(e for e in self.edges if e.upstream == task_id)


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that was read. `modules` is by relative file; `files` are the DAG files met, in order."""

    dags: tuple[Dag, ...]
    files: tuple[str, ...]
    modules: Mapping[str, Module]
    findings: tuple[Finding, ...] = ()
    template_files: Mapping[tuple[str, str], SourceFile] = field(default_factory=dict)
    """(dag_id, name) -> the file a templated argument of that DAG names."""
    own_files: Mapping[str, tuple[OwnFile, ...]] = field(default_factory=dict)
    """What there is at each path made from `__file__`: the file itself, or those in the folder and below it."""

    def functions(self) -> Iterator[Function]:
        """Every task's function."""
        for dag in self.dags:
            for task in dag.tasks:
                if task.function is not None:
                    yield task.function
