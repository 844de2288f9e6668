"""What a generated Dagster project consists of: assets, checks, jobs, schedules, resources and the code in them.

Frozen and free of any Airflow notion but provenance. `translate` makes these; `write` turns them into files.

Code is carried in two forms: `Code`, text of ours with the imports it needs; and `Carried`, a stretch of the user's own
source with replacements inside it. Generated modules are named in imports by what they are, and the writer turns that
into relative imports: `@resources` (defs/resources.py), `@compat.<part>` (the runtime module's parts), `@lib.<dotted>`
(the user's helper modules under lib/), `@here.<module>` (a module beside the DAG's assets.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, TypeAlias

from .findings import Finding
from .records import dataclass
from .source import SourceFile, Span

Fidelity = Literal["exact", "approximate", "bridged", "manual"]
Form = Literal["plain", "optional outputs", "outcome graph"]
Key: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`import module [as alias]` when `name` is empty, else `from module import name [as alias]`."""

    module: str
    name: str = ""
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Python text of ours, an expression or statements at column 0, with the imports it needs."""

    text: str
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Replace the expression or statement at `span` by `text`; empty text removes the statement it stands in."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A top-level piece of the user's source (import, constant, function, class), carried over under its own name.

    `span` is what is taken, comments above it included.
    """

    name: str
    source: SourceFile = field(repr=False)
    span: Span
    kind: Literal["import", "function", "class", "assign", "other"] = "other"
    rewrites: tuple[Rewrite, ...] = ()
    imports: tuple[Import, ...] = ()
    rename: str | None = None


@dataclass(frozen=True, slots=True)
class CarriedBody:
    """A user's function as the body of a generated one: its statements, docstring removed, after `preamble`.

    A lambda's body becomes a return statement. `xcom_dict`: the body fills a dict named `xcom` with what it pushes by
    key; every return becomes `return {**xcom, "return_value": value}` and falling off the end `return xcom`.
    `multiple_outputs`: the keys of the dict that is returned are pushed as well.
    """

    source: SourceFile = field(repr=False)
    span: Span
    """Of the function's definition (decorators included) or the lambda's expression."""
    preamble: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    imports: tuple[Import, ...] = ()
    xcom_dict: bool = False
    multiple_outputs: bool = False


Body: TypeAlias = Code | CarriedBody


@dataclass(frozen=True, slots=True)
class Input:
    """An asset input: the value of another asset, loaded by the I/O manager under a parameter's name."""

    name: str
    key: Key
    annotation: str = "Any"
    for_decorator: bool = False
    """Whether it is taken by one of the asset's decorators, and not by its function."""


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """A resource an asset takes as a parameter: its key, which is the parameter's name, and its class."""

    name: str
    type_name: str
    module: str = "@resources"


@dataclass(frozen=True, slots=True)
class Retry:
    """`dg.RetryPolicy`: tries after the first, seconds between them."""

    max_retries: int
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """The Airflow task (or DAG, where task_id is empty) a definition came from."""

    dag_id: str
    task_id: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """How a task takes part in an outcome graph: `@airflow_graph.task(…)` of the runtime module.

    `upstream` are the tasks its trigger rule is about, `inputs` the tasks whose values its parameters get, `parameters`
    those that mapping gives it, with their defaults. `arguments` are further keywords, as expressions.
    """

    task_id: str
    upstream: tuple[str, ...] | None = None
    """None where these are the tasks whose values it is given, and no others."""
    inputs: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str | None], ...] = ()
    arguments: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """The outcome graph of a DAG: the runtime's `AirflowGraph(…)` and the statements that set it up."""

    arguments: tuple[tuple[str, Code], ...] = ()
    statements: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """One `@dg.asset`, or with a `flow`, one task of the DAG's outcome graph.

    `decorators` are further decorators under it, outermost first (Code of an expression). `output_required` is false
    where the body may end without a value (a skip).
    """

    key: Key
    function: str
    body: Body
    origin: Origin
    inputs: tuple[Input, ...] = ()
    deps: tuple[Key, ...] = ()
    other_deps: tuple[Key, ...] = ()
    """Further assets it depends on, of other DAGs."""
    resources: tuple[ResourceUse, ...] = ()
    decorators: tuple[Code, ...] = ()
    group: str = ""
    description: str | None = None
    partitioned: bool = False
    after_itself: bool = False
    """Whether a partition comes after the asset's own partition before it."""
    retry: Retry | None = None
    freshness: Code | None = None
    """When it has to be materialized: a `dg.FreshnessPolicy`."""
    owners: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    op_tags: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    metadata: tuple[tuple[str, Any], ...] = ()
    pool: str | None = None
    output_required: bool = True
    returns: str = "Any"
    needs_context: bool = False
    code_version: str | None = None
    flow: Flow | None = None
    io_manager: str | None = None
    """The key of an I/O manager other than the project's own `io_manager`."""


@dataclass(frozen=True, slots=True)
class AssetCheck:
    """One `@dg.asset_check` on `asset`; blocking ones stop what depends on the asset in the same run."""

    name: str
    asset: Key
    body: Body
    origin: Origin
    blocking: bool = True
    resources: tuple[ResourceUse, ...] = ()
    decorators: tuple[Code, ...] = ()
    additional_deps: tuple[Key, ...] = ()
    description: str | None = None
    partitioned: bool = False
    retry: Retry | None = None
    metadata: tuple[tuple[str, Any], ...] = ()
    needs_context: bool = False


@dataclass(frozen=True, slots=True)
class Partitions:
    """`dg.TimeWindowPartitionsDefinition`, named `intervals` in the module. `start`/`end` are texts by `fmt`."""

    cron: str
    start: str
    timezone: str
    end: str | None = None
    end_offset: int = 0
    fmt: str = "%Y-%m-%dT%H:%M:%S%z"


@dataclass(frozen=True, slots=True)
class Job:
    """`dg.define_asset_job` over the DAG's group, `name` is unique in the project."""

    name: str
    group: str
    origin: Origin
    description: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    max_concurrent: int | None = None
    hooks: tuple[Code, ...] = ()
    max_active_runs: int | None = None
    """How many runs may go on at once: a limit in dagster.yaml on a tag of the job's runs."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A stopped schedule of the job. `partitioned`: requests the partition that a tick completes (or starts).

    `crons` holds one or more cron expressions; `start` and `end` (ISO) are the first and the last tick allowed. With
    `every`, of the ticks only those count that are a multiple of the time from the date; `lookback` is how long before
    its tick a run's data interval begins, where its tags must say so.
    """

    name: str
    job: str
    crons: tuple[str, ...]
    timezone: str
    origin: Origin
    partitioned: bool = False
    end: str | None = None
    start: str | None = None
    every: tuple[dt.datetime, dt.timedelta] | None = None
    lookback: dt.timedelta | None = None
    only_if: Code | None = None
    """What must be true when the project is loaded; otherwise there is no schedule."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """A stopped sensor of the job, its evaluation function given as code with a parameter `context`.

    `job` may be another DAG's. The code may name the DAG's own job `job` and the partitions `intervals`.
    """

    name: str
    job: str
    body: Code
    origin: Origin
    minimum_interval_seconds: int = 30
    resources: tuple[ResourceUse, ...] = ()
    returns: str = ""
    """Its return annotation, where that is narrower than any sensor's."""
    only_if: Code | None = None
    """What must be true when the project is loaded; otherwise there is no sensor."""


@dataclass(frozen=True, slots=True)
class ExternalAsset:
    """A `dg.AssetSpec` of something that no task of the project makes; `name` and `uri` are those it has in Airflow."""

    key: Key
    name: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class RunSensor:
    """A stopped sensor that is called after each run of the job that ended so; `body` has a parameter `context`."""

    name: str
    job: str
    status: Literal["success", "failure"]
    body: Code
    origin: Origin


@dataclass(frozen=True, slots=True)
class ConfigField:
    """A field of a generated configuration class: name, annotation and default as expressions.

    `constraints` are further arguments of pydantic's `Field`.
    """

    name: str
    annotation: Code
    default: Code | None = None
    description: str | None = None
    constraints: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigClass:
    """A generated `dg.ConfigurableResource` in resources.py that holds a DAG's params.

    `checked`: the line of Airflow whose idea of a date and time decides when a run is asked for ("3" where there is
    none to decide on); empty where any value of a field's type will do.
    """

    class_name: str
    resource: str
    fields: tuple[ConfigField, ...]
    description: str
    origin: Origin
    checked: str = ""


@dataclass(frozen=True, slots=True)
class EnvVariable:
    """An environment variable of the project, for `.env.example`. Secrets never get an example value."""

    name: str
    description: str
    example: str = ""
    secret: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource in resources.py: `name: Class(field=expression, …)`.

    `class_source` names the runtime module `runtime/resources/<class_source>.py` whose class is carried into
    resources.py; None for classes of an installed integration, imported by `imports`.
    """

    name: str
    class_name: str
    arguments: tuple[tuple[str, Code], ...]
    class_source: str | None
    imports: tuple[Import, ...] = ()
    requirements: tuple[str, ...] = ()
    env: tuple[EnvVariable, ...] = ()
    description: str = ""
    standalone: bool = False
    """Whether resources.py has it under its name, for callbacks that import it."""


@dataclass(frozen=True, slots=True)
class DagModule:
    """What becomes of one DAG: the folder defs/<package>/ with assets.py.

    `statements` are module-level statements of ours, after the carried items (constants such as the DAG's description
    for the runtime module).
    """

    dag_id: str
    package: str
    docstring: str
    origin: Origin
    carried: tuple[Carried, ...] = ()
    statements: tuple[Code, ...] = ()
    imports: tuple[Import, ...] = ()
    """What the carried items need imported under the names they use. Unused ones are not written."""
    partitions: Partitions | None = None
    graph: Graph | None = None
    assets: tuple[Asset, ...] = ()
    checks: tuple[AssetCheck, ...] = ()
    job: Job | None = None
    schedule: Schedule | None = None
    sensors: tuple[Sensor, ...] = ()
    run_sensors: tuple[RunSensor, ...] = ()


@dataclass(frozen=True, slots=True)
class LibModule:
    """A helper module of the user's, copied to lib/ (`dotted` below it), its imports of others made relative.

    `data` are files beside it that it reads, by relative path.
    """

    dotted: str
    source: SourceFile = field(repr=False)
    is_package: bool = False
    imports: tuple[str, ...] = ()
    """The dotted user modules it imports, as they are imported, that are copied too."""
    pick: tuple[Carried, ...] = ()
    """When not empty, only these pieces are written, in order, instead of the whole file."""
    pick_imports: tuple[Import, ...] = ()
    """What the picked pieces need imported, as `DagModule.imports`."""
    rewrites: tuple[Rewrite, ...] = ()
    """In the whole file: imports of Airflow's names that the runtime module has stand-ins for."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one argument: translated, dropped with a reason, or unsupported; `into` says what it became."""

    argument: str
    fate: Literal["translated", "dropped", "unsupported"]
    detail: str = ""
    origin: str = "call"
    value: str = ""


@dataclass(frozen=True, slots=True)
class Becomes:
    """One generated definition of a task; file and lines are filled in by the writer."""

    kind: Literal["asset", "asset_check", "op", "sensor", "resource", "absorbed"]
    name: str
    key: Key = ()


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """What became of one task, for migration.json and the report."""

    task_id: str
    operator: str
    name: str
    rule: str | None
    fidelity: Fidelity
    differences: tuple[str, ...]
    becomes: tuple[Becomes, ...]
    arguments: tuple[Fate, ...]
    span: Span
    upstream: tuple[str, ...] = ()
    group: str | None = None
    keyed: bool = False
    """Whether its value is a dict of what it pushes by key."""


@dataclass(frozen=True, slots=True)
class DagRecord:
    """What became of one DAG, for migration.json and the report."""

    dag_id: str
    file: str
    span: Span
    airflow: str
    form: Form
    reason: str
    complete: bool
    package: str
    arguments: tuple[Fate, ...]
    tasks: tuple[TaskRecord, ...]
    job: str | None = None
    schedule: str | None = None
    only_if: str | None = None
    """The expression that must be true, when the project is loaded, for the DAG's schedule or sensor to be there."""
    partitioned: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A whole generated project."""

    package: str
    dags: tuple[DagModule, ...]
    resources: tuple[Resource, ...] = ()
    config_classes: tuple[ConfigClass, ...] = ()
    lib: tuple[LibModule, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """Further text files (template files), by path under the package."""
    env: tuple[EnvVariable, ...] = ()
    requirements: tuple[str, ...] = ()
    records: tuple[DagRecord, ...] = ()
    findings: tuple[Finding, ...] = ()
    external: tuple[ExternalAsset, ...] = ()
    xcom: bool = False
    """Whether any asset input is loaded, so that the XCom I/O manager is needed."""
