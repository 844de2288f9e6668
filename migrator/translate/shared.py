"""What the translation of one DAG shares among its tasks: keys, names, XCom shapes, connections, params, timing."""

from __future__ import annotations

from dataclasses import field

from .. import airflow_model as am
from ..dagster_model import Code, ConfigClass, EnvVariable, Fate, Import, Key, Sensor
from ..digraph import Digraph
from ..findings import Finding
from ..records import dataclass
from ..source import SourceFile, Span
from .carry import Carrier
from .library import Library
from .names import Names, identifier
from .others import OtherDags
from .outlets import Outlets
from .schedule import Timing

ABSENT = frozenset({"conf", "task_state_store", "asset_state_store"})
"""Variables of Airflow's context that the runtime's has not: they are about Airflow's own database and settings."""


class Connections:
    """The connections of the whole project: one resource for a connection id and a family of types.

    Types come from the operators and hooks that use a connection; `known` are those the user gave, which win.
    """

    FAMILIES = dict.fromkeys(("sql", "sqlite", "postgres", "mysql", "snowflake", "duckdb", "mssql", "redshift"), "sql")

    def __init__(self, known: dict[str, str] | None = None) -> None:
        self.known = known or {}
        self._names = Names({"dg", "resources"})
        self._resources: dict[tuple[str, str], str] = {}
        self._types: dict[str, set[str]] = {}
        self.spans: dict[str, am.Argument | None] = {}
        self.standalone: set[str] = set()
        """The resources that callbacks use: outside of a run's steps there is no parameter to receive them."""

    def resource(self, conn_id: str, conn_type: str, *, standalone: bool = False) -> str:
        """The resource's name; what is asked for decides its type in the end."""
        kind = self.known.get(conn_id, conn_type)
        family = (conn_id, self.FAMILIES.get(kind, kind))
        if family not in self._resources:
            self._resources[family] = self._names.unique(identifier(conn_id))
        name = self._resources[family]
        self._types.setdefault(name, set()).add(kind)
        if standalone:
            self.standalone.add(name)
        return name

    def unknown(self) -> list[str]:
        """The connections whose type nothing tells."""
        return sorted(conn_id for conn_id, conn_type in self.types().values() if conn_type == "sql")

    def types(self) -> dict[str, tuple[str, str]]:
        """Resource name -> (connection id, connection type)."""
        chosen = {}
        for (conn_id, _), name in self._resources.items():
            kinds = sorted(self._types[name] - {"sql"}) or ["sql"]
            chosen[name] = (conn_id, kinds[0] if len(kinds) == 1 else "sql")
        return chosen


@dataclass(frozen=True, slots=True)
class Decision:
    """What a task decides between, in the form with optional outputs: the tasks directly after it."""

    children: tuple[str, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The task groups that it may name, and the children that each begins with."""
    together: tuple[tuple[str, ...], ...] = ()
    """The children in sets of which it follows all or none."""


@dataclass
class Shared:
    """The state of one DAG's translation. `names` are the module-level names taken in its generated module."""

    dag: am.Dag
    project: am.Project
    module: am.Module
    package: str
    job_name: str
    library: Library
    carrier: Carrier
    names: Names
    connections: Connections
    timing: Timing
    keys: dict[str, Key]
    functions: dict[str, str]
    """Task id -> the name of its generated function."""
    graph: Digraph[str]
    tasks: dict[str, am.Task]
    absorbed: set[str] = field(default_factory=set)
    consumed: set[str] = field(default_factory=set)
    """The tasks whose value another one has as an input."""
    findings: list[Finding] = field(default_factory=list)
    env: set[EnvVariable] = field(default_factory=set)
    imports: set[Import] = field(default_factory=set)
    params: ConfigClass | None = None
    needs_airflow_dag: bool = False
    uses_of_function: dict[Span, int] = field(default_factory=dict)
    keyed: frozenset[str] = frozenset()
    """The tasks whose value is a dict of what they push by key."""
    multiple: frozenset[str] = frozenset()
    """The tasks whose returned dict is pushed key by key, too."""
    tags: tuple[tuple[str, str], ...] = ()
    max_active_tasks: int | None = None
    max_active_runs: int | None = None
    job_tags: tuple[tuple[str, str], ...] = ()
    """Further tags of the job's runs."""
    plain: bool = True
    outcome: bool = False
    """Whether the DAG is translated as an outcome graph; else as plain assets."""
    decisions: dict[str, Decision] = field(default_factory=dict)
    """The deciding tasks of a DAG that has the form with optional outputs, by task id."""
    mapped_groups: dict[str, Code | str] = field(default_factory=dict)
    """The mapped groups of an outcome graph: the statement that declares one, or why that cannot be written."""
    native: bool = False
    own_jinja: bool = False
    """Whether the DAG has a Jinja environment of its own: only the runtime can render its templates."""
    lenient: bool = False
    """Whether names that templates do not know are no error (`template_undefined`)."""
    includes: bool = False
    """Whether templates include others, which are copied beside the module under the names they have there."""
    user_macros: set[str] = field(default_factory=set)
    dag_fates: tuple[Fate, ...] = ()
    dag_arguments: tuple[tuple[str, str, set[Import]], ...] = ()
    """Arguments of the runtime's AirflowDag beyond the schedule: name, expression, imports."""
    files: dict[str, str] = field(default_factory=dict)
    """Template files to copy beside the generated module: name -> text."""
    asked_of_dag: set[str] = field(default_factory=set)
    """What the tasks' code asks of the DAG, which the runtime's constant for it must be told."""
    own_files: set[str] = field(default_factory=set)
    """The paths made from `__file__` that generated expressions hold."""
    wrappers: dict[Span, tuple[str, Code]] = field(default_factory=dict)
    """Functions of ours around functions of the user's that need Airflow: name and definition, by the user's place."""
    callbacks: list[tuple[str, Code]] = field(default_factory=list)
    """Callbacks of ours, by name: module-level constants."""
    outlets: Outlets = field(default_factory=Outlets)
    others: OtherDags = field(default_factory=OtherDags)
    other_names: dict[str, str] = field(default_factory=dict)
    """Module-level constants for other DAGs: dag id -> name."""
    whole_dags: dict[str, list[str]] = field(default_factory=dict)
    """Task id -> the DAGs that it depends on as a whole, whose assets are known when they are translated."""
    root_sensors: bool = False
    """Whether sensors that the DAG begins with are to start its runs."""
    gates: frozenset[str] = frozenset()
    """The tasks that do."""
    sensors: dict[str, Sensor] = field(default_factory=dict)
    """Sensors that tasks have beside them, by task id."""
    sensor_names: Names = field(default_factory=Names)
    """Those of the whole project."""
    _order: dict[str, int] = field(default_factory=dict)
    _descendants: dict[str, frozenset[str]] = field(default_factory=dict)

    def use_count(self, function: am.Function) -> int:
        """How many tasks a function's definition serves; one that a factory makes anew for each task serves one."""
        return 1 if "." in function.qualname else self.uses_of_function.get(function.span, 0)

    def report(self, code: str, message: str, span: Span | None, task_id: str | None = None) -> None:
        """Add a finding about this DAG; one about a helper module that several DAGs share is about none of them."""
        elsewhere = task_id is None and span is not None and span.file != self.dag.file
        dag_id = None if elsewhere else self.dag.dag_id
        self.findings.append(Finding(code, message, span, dag_id=dag_id, task_id=task_id))

    def reaches(self, upstream: str, downstream: str) -> bool:
        """Whether there is a path of edges from one task to another."""
        if self.graph.has_edge(upstream, downstream):
            return True
        if not self._order:
            self._order = {task_id: n for n, task_id in enumerate(self.graph.topological())}
        if self._order.get(upstream, len(self._order)) >= self._order.get(downstream, -1):
            return False
        if upstream not in self._descendants:
            self._descendants[upstream] = frozenset(self.graph.descendants(upstream))
        return downstream in self._descendants[upstream]

    def defines_dags(self, file: str) -> bool:
        """Whether running the file would define DAGs."""
        return any(d.file == file for d in self.project.dags)

    def copy_file(self, file: SourceFile) -> str:
        """Have a file copied beside the generated module; its name there."""
        name = file.file.rpartition("/")[2]
        stem, dot, ending = name.rpartition(".")
        turn = 2
        while self.files.get(name, file.text) != file.text:
            name, turn = f"{stem}_{turn}{dot}{ending}", turn + 1
        self.files[name] = file.text
        return name

    @property
    def branches(self) -> bool:
        """Whether a task of the DAG decides which others run, perhaps by the name of their group."""
        return any("branch" in f"{t.operator} {t.decorator or ''}".lower() for t in self.dag.tasks)
