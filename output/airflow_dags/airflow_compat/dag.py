"""What a task's code may ask about its DAG, and the way to the context of its tasks.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import dagster as dg
import jinja2
import pendulum

from .context import AirflowContext
from .dates import (
    Context,
    PartitionKeys,
    RunDates,
    Timetable,
    Timing,
    current_dates,
    current_run,
    map_index,
    op_context,
    run_dates,
    run_tags,
)
from .inlet_events import Inlets
from .instance import DagRun, DagRun2, DagRun3, DagRunType, DagRunType2, TaskInstance, XComs
from .templates import make_environment, render
from .tries import retries_of

CONF_TAG = "airflow/conf"
"""A run's conf as JSON: what `airflow dags trigger --conf` gave to a run. It overrides the params."""
DAG_STATES = {
    dg.DagsterRunStatus.SUCCESS: "success",
    dg.DagsterRunStatus.FAILURE: "failed",
    dg.DagsterRunStatus.CANCELED: "failed",
    dg.DagsterRunStatus.STARTED: "running",
    dg.DagsterRunStatus.CANCELING: "running",
}
"""A DAG run's state by its run's; any other is "queued"."""


class Task(SimpleNamespace):
    """`task` of the context: the attributes of the operator that are known here, and rendering."""

    dag: "AirflowDag"

    def render_template(self, content: Any, context: Mapping[str, Any], jinja_env: Any = None) -> Any:
        """`content` with its templates rendered with a context."""
        return self.dag.render(content, context)


@dataclass(frozen=True, kw_only=True)
class AirflowDag:
    """An Airflow DAG as its tasks see it: `{{ dag.dag_id }}`, its schedule, params, macros and filters."""

    dag_id: str
    airflow: str = "2"
    """The line of Airflow the DAG was written for: "1", "2" or "3"."""
    timezone: str | dt.tzinfo = "UTC"
    cron: str | None = None
    interval: dt.timedelta | None = None
    """The schedule, where it is a timedelta."""
    timetable: Timetable | None = None
    """The schedule, where it is a timetable of one's own."""
    data_intervals: bool = True
    """Whether a run is about the time between two ticks; by default not so in Airflow 3."""
    partition_keys: PartitionKeys | None = None
    """Whether runs are about partitions, and how the keys of those are made."""
    params: Mapping[str, Any] = field(default_factory=dict)
    start_date: dt.datetime | None = None
    end_date: dt.datetime | None = None
    description: str | None = None
    doc_md: str | None = None
    schedule_interval: str | dt.timedelta | None = None
    """The schedule as it was written, `@daily`: Airflow 1 and 2 have it under this name."""
    owner: str = "airflow"
    tags: Collection[str] = ()
    catchup: bool = False
    default_args: Mapping[str, Any] = field(default_factory=dict)
    user_defined_macros: Mapping[str, Any] = field(default_factory=dict)
    user_defined_filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    render_template_as_native_obj: bool = False
    template_undefined: type[jinja2.Undefined] = jinja2.StrictUndefined
    template_searchpath: tuple[str, ...] = ()
    """Where `{% include %}` looks for files."""
    jinja_environment_kwargs: Mapping[str, Any] = field(default_factory=dict)
    fileloc: str = ""
    task_ids: Sequence[str] = ()
    max_active_runs: int = 16
    sources: Sequence["AirflowDag"] = ()
    """The DAGs that update the assets whose events its tasks look at, for the dates and ids of their runs."""

    def __post_init__(self) -> None:
        zone = pendulum.timezone(self.timezone) if isinstance(self.timezone, str) else self.timezone
        object.__setattr__(self, "timezone", zone)
        for name in ("start_date", "end_date"):
            if date := getattr(self, name):  # Airflow shows them in UTC
                date = pendulum.instance(date, tz=zone if date.tzinfo is None else date.tzinfo)
                object.__setattr__(self, name, date.in_timezone("UTC"))

    def __str__(self) -> str:
        return f"<DAG: {self.dag_id}>"

    @property
    def timing(self) -> Timing:
        known = self.airflow, self.cron, str(self.timezone), self.interval, self.data_intervals, self.timetable
        return Timing(*known, self.partition_keys)

    def context(
        self,
        context: Context,
        task_id: str = "",
        *,
        xcoms: Mapping[str, Any] | None = None,
        keyed: Collection[str] = (),
        multiple_outputs: Collection[str] = (),
        params: Any = None,
        retries: int | None = None,
        task: Mapping[str, Any] | None = None,
        inlets: Inlets | None = None,
        **variables: Any,
    ) -> AirflowContext:
        """The Airflow context of task `task_id` in the Dagster run of `context`.

        `xcoms`: the values of the inputs by task id, to pull; `keyed` names those that are dicts of everything the task
        pushed, `multiple_outputs` those whose keys were pushed too. `params`: a mapping, or a resource with a field for
        each param, that overrides the DAG's params; the run's tag `airflow/conf` overrides both. `task`: further
        attributes of the operator (`owner`, `email` …). `inlets`: Airflow's assets that `inlet_events` is about, each
        with the Dagster assets that stand for it. `variables`: further variables, such as `templates_dict`.
        """
        op = op_context(context)
        dates, tags = current_dates(context, self.timing), run_tags(op)
        tries = getattr(op, "retry_number", 0) + 1  # none in a direct call
        pulled = XComs(xcoms or {}, keyed, multiple_outputs)
        retries = retries_of(op) if retries is None else retries
        made = {"retries": retries, "tries": tries, "xcoms": pulled, "params": params, "task": task, "inlets": inlets}
        run = current_run(op)
        made |= {"dagster_run_id": run.run_id if run else "", "map_index": map_index(op)}
        return self._context(context, dates, tags, task_id, made, variables).make_current()

    def context_of_run(
        self, instance: dg.DagsterInstance, record: dg.RunRecord, task_id: str, *, params: Any = None
    ) -> AirflowContext:
        """The Airflow context of a run that has ended, as the DAG's own callbacks see it."""
        run, created = record.dagster_run, record.create_timestamp
        return self.context_of_tags(instance, run.tags, created, task_id, run_id=run.run_id, params=params)

    def context_of_tags(
        self,
        instance: dg.DagsterInstance,
        tags: Mapping[str, str],
        created: dt.datetime,
        task_id: str = "",
        *,
        run_id: str = "",
        params: Any = None,
    ) -> AirflowContext:
        """The Airflow context of a run with these tags, which may have ended or not have begun."""
        dates = run_dates(tags, created, self.timing)
        # What a context asks of the step it is in is the instance only.
        context: Any = SimpleNamespace(op_execution_context=SimpleNamespace(instance=instance))
        made = {"retries": 0, "tries": 1, "xcoms": XComs({}), "params": params, "task": None, "dagster_run_id": run_id}
        return self._context(context, dates, tags, task_id, made, {})

    def _context(
        self,
        context: Context,
        dates: RunDates,
        tags: Mapping[str, str],
        task_id: str,
        made: Mapping[str, Any],
        variables: Mapping[str, Any],
    ) -> AirflowContext:
        conf = json.loads(tags.get(CONF_TAG, "{}"))
        dag_run = self._dag_run(dates, conf)
        ti = TaskInstance(
            dag_id=self.dag_id,
            task_id=task_id,
            run_id=dates.run_id,
            try_number=made["tries"],
            max_tries=made["retries"],
            start_date=pendulum.now("UTC"),
            airflow=self.airflow,
            map_index=made.get("map_index", -1),
            xcoms=made["xcoms"],
            dag_run=dag_run,
            dagster_run_id=made["dagster_run_id"],
        )
        merged = {**self.params, **_values(made["params"]), **conf}
        operator = {"owner": self.owner, "retries": made["retries"], "params": merged, **(made["task"] or {})}
        ti.task = Task(task_id=task_id, dag_id=self.dag_id, dag=self, **operator)
        return AirflowContext(self, dates, dag_run, ti, merged, context, variables, made.get("inlets"))

    def run_of(self, record: dg.RunRecord) -> DagRun:
        """The DAG run that a run of this DAG's job is, as tasks of other DAGs see it."""
        run = record.dagster_run
        dates = run_dates(run.tags, record.create_timestamp, self.timing)
        return replace(
            self._dag_run(dates, json.loads(run.tags.get(CONF_TAG, "{}"))),
            state=DAG_STATES.get(run.status, "queued"),
            start_date=_moment(record.start_time),
            end_date=_moment(record.end_time),
        )

    def render(self, value: Any, variables: Mapping[str, Any], *, native: bool | None = None) -> Any:
        """`value` with its templates rendered with these variables and the DAG's macros and filters."""
        return render(value, variables, self.environment(native=native))

    def environment(self, *, native: bool | None = None) -> jinja2.Environment:
        """The Jinja environment of the DAG's templates; `native` gives values instead of text."""
        native = self.render_template_as_native_obj if native is None else native
        return self._native_environment if native else self._text_environment

    @cached_property
    def _text_environment(self) -> jinja2.Environment:
        return self._make_environment(native=False)

    @cached_property
    def _native_environment(self) -> jinja2.Environment:
        return self._make_environment(native=True)

    def _make_environment(self, *, native: bool) -> jinja2.Environment:
        return make_environment(
            native=native,
            searchpath=self.template_searchpath,
            undefined=self.template_undefined,
            options=self.jinja_environment_kwargs,
            macros=self.user_defined_macros,
            filters=self.user_defined_filters,
        )

    def _dag_run(self, dates: RunDates, conf: dict[str, Any]) -> DagRun:
        def known(kind: Any) -> Any:
            values = [member.value for member in kind]
            return kind(dates.run_type) if dates.run_type in values else dates.run_type

        common: dict[str, Any] = {
            "dag_id": self.dag_id,
            "run_id": dates.run_id,
            "conf": conf,
            "logical_date": dates.logical_date,
            "data_interval_start": dates.data_interval_start,
            "data_interval_end": dates.data_interval_end,
            "start_date": pendulum.now("UTC"),
        }
        if self.airflow == "3":
            common |= {"partition_key": dates.partition_key, "partition_date": dates.partition_date}
            return DagRun3(run_type=known(DagRunType), run_after=dates.run_after, **common)
        return DagRun2(run_type=known(DagRunType2), **common)


def _moment(seconds: float | None) -> pendulum.DateTime | None:
    return None if seconds is None else pendulum.from_timestamp(seconds)


def _values(params: Any) -> Mapping[str, Any]:
    """The values of a mapping or of a resource's fields."""
    if isinstance(params, dg.ConfigurableResource):
        return {name: getattr(params, name) for name in type(params).model_fields}
    return params or {}
