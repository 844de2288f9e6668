"""The host: what every name of Airflow means when the interpreter meets it, and which DAGs a file ends up with."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any

from ..airflow_model import AirflowLine, Deferred, Symbol
from ..findings import Finding
from ..records import dataclass
from ..source import SourceFile
from . import names, signatures
from .airflow.assets import AssetClass, AssetDecorator
from .airflow.dags import DagClass, DagDecorator, DagObject, dag_of
from .airflow.edges import LabelObject, chain, chain_linear, cross_downstream
from .airflow.groups import GroupClass, GroupDecorator, GroupObject
from .airflow.operators import OperatorClass
from .airflow.session import Method, Session, as_host, values
from .airflow.setups import ContextWrapper
from .airflow.taskflow import TaskDecorator, TaskNamespace, setup, teardown
from .airflow.tasks import TaskObject
from .airflow.timetables import TimetableClass
from .airflow.values import TIMEZONE, ConnectionClass, EnumClass, VariableClass, param, params_dict
from .airflow.xcom import XComBase, XComObject
from .host import Arg, At, HostObject

MAKES_TASKS = re.compile(r"task|dag(?!ster)|group|operator|sensor|branch", re.IGNORECASE)
"""Code out of sight whose name says that it builds parts of DAGs."""
NEVER_MAKE_TASKS = frozenset(
    {
        "aiohttp",
        "attr",
        "attrs",
        "azure",
        "boto3",
        "botocore",
        "bs4",
        "clickhouse_connect",
        "clickhouse_driver",
        "confluent_kafka",
        "croniter",
        "cryptography",
        "cx_Oracle",
        "dateutil",
        "docker",
        "dotenv",
        "duckdb",
        "elasticsearch",
        "google",
        "googleapiclient",
        "great_expectations",
        "gspread",
        "httpx",
        "httplib2",
        "jinja2",
        "jsonschema",
        "kubernetes",
        "loguru",
        "lxml",
        "matplotlib",
        "msal",
        "mysql",
        "numpy",
        "oauth2client",
        "openpyxl",
        "opensearchpy",
        "oracledb",
        "packaging",
        "pandas",
        "paramiko",
        "pendulum",
        "polars",
        "psycopg",
        "psycopg2",
        "pyarrow",
        "pydantic",
        "pymongo",
        "pymysql",
        "pyodbc",
        "pyspark",
        "pytz",
        "redis",
        "requests",
        "scipy",
        "sentry_sdk",
        "simple_salesforce",
        "six",
        "slack",
        "slack_sdk",
        "slugify",
        "snowflake",
        "sklearn",
        "sqlalchemy",
        "sqlglot",
        "structlog",
        "tabulate",
        "tenacity",
        "toml",
        "tomli",
        "tqdm",
        "urllib3",
        "xlrd",
        "xmltodict",
        "yaml",
    }
)
"""Libraries that know nothing of Airflow: calling them in a DAG's context adds nothing to it."""


@dataclass(slots=True, eq=False)
class ModuleObject(HostObject):
    """A module of Airflow's, or one that is out of sight."""

    api: AirflowApi
    path: str

    def describe(self) -> str:
        return self.path

    def attribute(self, name: str, at: At) -> Any:
        if name in ("__name__", "__version__"):
            return self.path if name == "__name__" else _version(self.api.session.line, self.path, at)
        return self.api.import_name(self.path, name, at)


def _version(line: AirflowLine, module: str, at: At) -> Any:
    if module != "airflow":
        return at.unknown(f"{module}.__version__")
    return {"1": "1.10.15", "2": "2.11.2", "3": "3.3.2"}[line]


@dataclass(slots=True, eq=False)
class AirflowApi:
    """The Host of one DAG file. `forced` is the line the user named, else it is decided by what is imported."""

    file: str
    forced: AirflowLine | None = None
    session: Session = field(init=False)
    imported: dict[str, None] = field(default_factory=dict)
    imported_by_file: dict[str, None] = field(default_factory=dict)
    unresolved: set[str] = field(default_factory=set)
    cached: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session = Session(self.file, self.forced or "2")

    # --- Host ------------------------------------------------------------------------------------------------

    def reserves(self, module: str) -> bool:
        return names.is_airflow(module)

    def owns(self, module: str) -> bool:
        return module.split(".")[0] not in sys.stdlib_module_names

    def import_module(self, module: str, at: At) -> Any:
        if names.is_airflow(module):
            self._note(module, at)
            self._refuse(module, at)
        else:
            self._unresolved(module, at)
        return ModuleObject(self, module)

    def import_name(self, module: str, name: str, at: At) -> Any:
        path = f"{module}.{name}"
        if not names.is_airflow(module):
            self._unresolved(module, at)
            return OperatorClass(self.session, path, path) if _like_operator(name) else Symbol(path)
        self._note(path, at)
        self._refuse(path, at)
        if path not in self.cached:
            self.cached[path] = self._resolve(path, name)
        return self.cached[path]

    def public_names(self, module: str) -> tuple[str, ...]:
        return names.public_names(module, self.session.line) or names.public_names(module)

    def decorated(self, function: Any, decorators: list[Any], at: At) -> None:
        return None

    def module_started(self, source: SourceFile, at: At) -> None:
        return None

    def module_finished(self, source: SourceFile, namespace: dict[str, Any], at: At) -> None:
        """Collect the DAGs among the DAG file's own names; the contexts of all modules have registered theirs."""
        if source.file != self.file:
            return
        # A DAG made under an unknown condition may be in a name that has several values now: it is kept.
        uncertain = [dag for dag in self.session.dags if dag.conditional or dag.repeated]
        found = [dag_of(value) for value in namespace.values()]
        self.session.collected = list(
            dict.fromkeys(
                dag for dag in (*found, *self.session.collected, *_alternatives(namespace), *uncertain) if dag
            )
        )

    def escaped(self, values: Sequence[Any], to: str, at: At) -> None:
        """Something out of sight got hold of DAGs or tasks, or is called like something that builds them."""
        inside = [host for value in values for host in _inside(value)]
        if not may_make_tasks(to):
            # What only gets a task's result is no danger: a result is an argument like any other.
            inside = [host for host in inside if not isinstance(host, XComBase)]
        dags = {id(dag): dag for host in inside if (dag := _dag_around(host)) is not None}
        current = self.session.dag()
        if not dags and current is not None and may_make_tasks(to):
            dags[id(current)] = current
        for dag in dags.values():
            dag.unknown_effect(f"{to} is called, which may add tasks or edges", at)

    # --- names -----------------------------------------------------------------------------------------------

    def _note(self, path: str, at: At) -> None:
        self.imported[path] = None
        if at.source.file == self.file:
            self.imported_by_file[path] = None
        if self.forced is None:
            self.session.line = self.line()

    def line(self) -> AirflowLine:
        """The Airflow line the DAG file is written for, by its own imports or those of the modules it uses."""
        if self.forced is not None:
            return self.forced
        own = [p for p in self.imported_by_file if names.lines(p)]
        decisive = any(names.lines(p) != frozenset("123") for p in own)
        return names.import_version(own if decisive else self.imported)

    def _refuse(self, path: str, at: At) -> None:
        """A forced line has only its own names; so `try: import … except ImportError:` goes the way it would."""
        found = names.lines(path)
        if self.forced is not None and found and self.forced not in found:
            at.raise_("ImportError", f"cannot import {path!r} in Airflow {self.forced}")

    def _unresolved(self, module: str, at: At) -> None:
        top = module.split(".")[0]
        if top not in self.unresolved:
            self.unresolved.add(top)
            at.report(Finding("A2D013", f"module {module!r} is not in the given folders", at.span))

    def _resolve(self, path: str, name: str) -> Any:
        session, canonical = self.session, names.canonical(path)
        module, _, last = canonical.rpartition(".")
        if module == "airflow.sdk" and last in _SPECIAL:
            return _SPECIAL[last](session)
        if name in _ELSEWHERE:
            return _ELSEWHERE[name](session)
        if signatures.is_operator(canonical, session.line):
            return OperatorClass(session, path, canonical)
        if canonical == "airflow.sdk.timezone":
            return ModuleObject(self, canonical)
        if is_module(path):
            return ModuleObject(self, path)
        if module == "airflow.sdk.timezone" and last in TIMEZONE:
            return TIMEZONE[last]
        if last.endswith(("Timetable", "TimeSchedule")) or last == "PartitionedAtRuntime":
            return TimetableClass(canonical)
        if _like_operator(name) and not names.lines(path):
            return OperatorClass(session, path, canonical)
        return Symbol(canonical)


def may_make_tasks(to: str) -> bool:
    """Whether code out of sight, known by its dotted name, may add tasks to the DAG whose context is open."""
    top, last = to.split(".")[0], to.rpartition(".")[2]
    if names.is_airflow(to) or top in NEVER_MAKE_TASKS or top in sys.stdlib_module_names:
        return False
    return last[:1].islower() or MAKES_TASKS.search(last) is not None


def is_module(path: str) -> bool:
    """Whether a path of Airflow's is a module or package: it is known, and no name of the module above it."""
    above, _, name = path.rpartition(".")
    return name.islower() and bool(names.lines(path)) and name not in names.public_names(above)


def _like_operator(name: str) -> bool:
    return name.endswith(("Operator", "Sensor", "SensorAsync", "OperatorAsync")) and name[:1].isupper()


def _function(name: str, run: Callable[[Session, list[Arg], dict[str, Arg], At], Any]) -> Callable[[Session], Method]:
    return lambda session: Method(name, lambda args, kwargs, at: run(session, args, kwargs, at))


def _label(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> LabelObject:
    label = values(args, kwargs, "label").get("label")
    return LabelObject(session, label if isinstance(label, str) else None)


def _xcom_arg(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    found = values(args, kwargs, "operator", "key")
    task, key = as_host(found.get("operator")), found.get("key", "return_value")
    if isinstance(task, TaskObject) and isinstance(key, str):
        return XComObject(session, task, key)
    return at.unknown("XComArg of something unknown")


def _wrapper(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    found = values(args, kwargs, "tasks").get("tasks")
    hosts = [as_host(v) for v in found] if isinstance(found, (list, tuple)) else []
    return ContextWrapper(
        session, [h.task if isinstance(h, XComObject) else h for h in hosts if isinstance(h, (TaskObject, XComObject))]
    )


def _dag_param(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    found = values(args, kwargs, "current_dag", "name", "default")
    dag = as_host(found.get("current_dag"))
    if isinstance(dag, DagObject):
        arguments = {n: a for n, a in kwargs.items() if n in ("name", "default")}
        return dag._param(args[1:], arguments, at)
    return Deferred("item", (Symbol("airflow.context.params"), found.get("name")), span=at.span)


def _identity(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    return next((arg.value for arg in (*args, *kwargs.values())), None)


def _enum(name: str) -> Callable[[Session], EnumClass]:
    return lambda session: EnumClass(name)


def _asset(name: str) -> Callable[[Session], AssetClass]:
    return lambda session: AssetClass(name)


_SPECIAL: dict[str, Callable[[Session], Any]] = {
    "DAG": DagClass,
    "dag": lambda session: DagDecorator(session, [], {}),
    "task": TaskNamespace,
    "result": _function("result", _identity),
    "TaskGroup": GroupClass,
    "task_group": lambda session: GroupDecorator(session, {}),
    "asset": AssetDecorator,
    "setup": _function("setup", setup),
    "teardown": _function("teardown", teardown),
    "chain": _function("chain", lambda s, a, k, at: chain(s, a, at)),
    "chain_linear": _function("chain_linear", lambda s, a, k, at: chain_linear(s, a, at)),
    "cross_downstream": _function("cross_downstream", cross_downstream),
    "Label": _function("Label", _label),
    "EdgeModifier": _function("EdgeModifier", _label),
    "XComArg": _function("XComArg", _xcom_arg),
    "Param": lambda session: Method("Param", param),
    "ParamsDict": lambda session: Method("ParamsDict", params_dict),
    "Variable": lambda session: VariableClass(),
    "BaseHook": lambda session: ConnectionClass("airflow.sdk.BaseHook"),
    "Connection": lambda session: ConnectionClass("airflow.sdk.Connection"),
    **{n: _enum(n) for n in ("TriggerRule", "WeightRule", "TaskInstanceState", "DagRunState")},
    **{n: _asset(n) for n in ("Asset", "Model", "AssetAlias", "AssetAll", "AssetAny")},
}
"""Names of `airflow.sdk` that do something when a file is read, whatever path they were imported by."""


def _older_decorator(kind: str) -> Callable[[Session], TaskDecorator]:
    return lambda session: TaskDecorator(session, kind, {}, None)


_ELSEWHERE: dict[str, Callable[[Session], Any]] = {
    "EdgeModifier": _function("EdgeModifier", _label),
    "ContextWrapper": _function("ContextWrapper", _wrapper),
    "context_wrapper": _function("context_wrapper", _wrapper),
    "DagParam": _function("DagParam", _dag_param),
    "ParamsDict": lambda session: Method("ParamsDict", params_dict),
    "apply_defaults": _function("apply_defaults", _identity),
    "provide_session": _function("provide_session", _identity),
    **{n: _enum(n) for n in ("State", "DagRunState", "TaskInstanceState", "WeightRule", "TriggerRule")},
    **{
        f"{n}_task": _older_decorator(n)
        for n in ("python", "branch", "virtualenv", "external_python", "short_circuit", "sensor", "bash")
    },
}
"""The same for names that have no home in `airflow.sdk`."""


def _alternatives(namespace: dict[str, Any]) -> list[DagObject]:
    """DAGs that a name may hold after an unknown `if`."""
    found: list[DagObject] = []
    for value in namespace.values():
        if isinstance(value, Deferred) and value.op == "if":
            found += [host for host in _inside(value) if isinstance(host, DagObject)]
    return found


def _dag_around(host: Any) -> DagObject | None:
    if isinstance(host, XComBase):
        return next((task.dag for task in host.tasks()), None)
    return host if isinstance(host, DagObject) else getattr(host, "dag", None)


def _inside(value: Any, depth: int = 0) -> list[Any]:
    """The DAGs, tasks, groups and task results in a value."""
    host = as_host(value)
    if isinstance(host, (DagObject, TaskObject, GroupObject, XComBase)):
        return [host]
    if depth > 8:
        return []
    items: Sequence[Any] = ()
    if isinstance(host, (list, tuple, set, frozenset)):
        items = list(host)
    elif isinstance(host, dict):
        items = list(host.values())
    elif isinstance(host, Deferred):
        items = [*host.operands, *(v for _, v in host.keywords)]
    return [found for item in items for found in _inside(item, depth + 1)]
