"""Airflow's task context in a Dagster run: the variables a task's callable and its templates can use.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#variables

What has no counterpart (`conf`, `task_state_store` …) is absent: code that uses it fails, instead of working on
something empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextvars import ContextVar
from datetime import timedelta
from functools import cached_property, partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dagster as dg
import pendulum

from . import macros
from .asset_events import EventLog, TriggeringEvents
from .connections import ConnectionAccessor
from .cron import previous_tick
from .dates import RunDates, op_context, run_dates
from .events import OutletEvents
from .inlet_events import InletEvents, Inlets
from .instance import RETURN_VALUE, DagRun, TaskInstance
from .variables import VariableAccessor

if TYPE_CHECKING:
    from .dag import AirflowDag
    from .dates import Context

_CURRENT: ContextVar[AirflowContext] = ContextVar("airflow_context")

PREVIOUS_RUNS = 100
"""How many runs are looked through for the previous successful one."""


class AirflowContext(Mapping[str, Any]):
    """The context of one task in one run. Values are computed when they are asked for.

    `pushed` holds what the task has pushed by `ti.xcom_push(key, value)`.
    """

    def __init__(
        self,
        dag: AirflowDag,
        dates: RunDates,
        dag_run: DagRun,
        ti: TaskInstance,
        params: Mapping[str, Any],
        context: Context,
        more: Mapping[str, Any],
        inlets: Inlets | None = None,
    ) -> None:
        self.dag, self.dates, self.dag_run, self.ti, self.params = dag, dates, dag_run, ti, dict(params)
        self._context, self._more, self._inlets = context, dict(more), inlets
        self._variables: dict[str, Callable[[], Any]] = dict(self._make())

    @property
    def pushed(self) -> dict[str, Any]:
        return self.ti.pushed

    def __getitem__(self, name: str) -> Any:
        return self._more[name] if name in self._more else self._variables[name]()

    def __setitem__(self, name: str, value: Any) -> None:
        """A task may add to its context, for what is rendered later."""
        self._more[name] = value

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*self._variables, *self._more])

    def __len__(self) -> int:
        return len({**self._variables, **self._more})

    def __contains__(self, name: object) -> bool:
        return name in self._more or name in self._variables

    def __repr__(self) -> str:
        return f"<AirflowContext {self.dag.dag_id}.{self.ti.task_id} {self.dag_run.run_id}>"

    def render(self, value: Any, *, native: bool | None = None) -> Any:
        """`value` with its templates rendered, in nested lists, tuples, sets and values of dicts too.

        `native` is the operator's own `render_template_as_native_obj`; by default the DAG's. Raises
        jinja2.UndefinedError for names that Airflow would not know either.
        """
        return self.dag.render(value, self, native=native)

    def as_kwargs(self, without: Collection[str] = ()) -> dict[str, Any]:
        """The context as a callable with `**kwargs` gets it from a PythonOperator, but what it is given by name."""
        return {name: value for name, value in self.items() if name not in without}

    def including(self, **variables: Any) -> AirflowContext:
        """This context with more variables (`exception` in callbacks, `templates_dict`), or with others."""
        more = {**self._more, **variables}
        return AirflowContext(
            self.dag, self.dates, self.dag_run, self.ti, self.params, self._context, more, self._inlets
        )

    def make_current(self) -> AirflowContext:
        """Let `get_current_context` give this one from now on."""
        _CURRENT.set(self)
        return self

    def keyed(self, value: Any, *, multiple_outputs: bool = False) -> dict[str, Any]:
        """What a task that pushes by key leaves behind: what it pushed, and `value` as its return value.

        With `multiple_outputs`, the keys of `value` were pushed as well.
        """
        outputs = value if multiple_outputs and value is not None else {}
        return {**self.pushed, **outputs, RETURN_VALUE: value}

    def _make(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """The variables, by name, as functions."""
        fixed = {
            "conn": ConnectionAccessor(),
            "dag": self.dag,
            "dag_run": self.dag_run,
            "inlets": list(self._inlets or ()),
            "macros": macros,
            "map_index_template": None,
            "outlets": [],
            "params": self.params,
            "run_id": self.dag_run.run_id,
            "task": self.ti.task,
            "task_instance": self.ti,
            "task_instance_key_str": self._key_str(),
            "templates_dict": None,
            "ti": self.ti,
            "var": {
                "json": VariableAccessor(deserialize_json=True),
                "value": VariableAccessor(deserialize_json=False),
            },
        }
        if self.dates.logical_date is not None:
            fixed |= self._dates(self.dates.logical_date)
        log = EventLog(self._context, self.dag)
        if self.dag.airflow != "1":
            fixed["outlet_events"] = OutletEvents(self._context)
        if self._inlets is not None:
            fixed["inlet_events"] = InletEvents(self._inlets, log)
        if self.dag.airflow == "3":
            fixed |= {"partition_key": self.dates.partition_key, "partition_date": self.dates.partition_date}
            fixed["task_reschedule_count"] = 0
            fixed["triggering_asset_events"] = TriggeringEvents(log)
        else:
            fixed |= {"expanded_ti_count": None, "test_mode": False}
            fixed["triggering_dataset_events"] = TriggeringEvents(log)
        for name, value in fixed.items():
            yield name, partial(_same, value)
        yield "prev_start_date_success", lambda: self._previous_success.start_date
        yield "prev_end_date_success", lambda: self._previous_success.end_date
        if self.dates.logical_date is not None:
            yield "prev_data_interval_start_success", lambda: self._previous_success.data_interval_start
            yield "prev_data_interval_end_success", lambda: self._previous_success.data_interval_end
        if self.dag.airflow != "3":
            yield "prev_execution_date_success", lambda: self._previous_success.logical_date
            yield from self._neighbours()

    def _key_str(self) -> str:
        date = self.dates.logical_date
        return f"{self.dag.dag_id}__{self.ti.task_id}__{date.strftime('%Y%m%d') if date else self.dag_run.run_id}"

    def _dates(self, date: pendulum.DateTime) -> dict[str, Any]:
        variables: dict[str, Any] = {
            "data_interval_end": self.dates.data_interval_end,
            "data_interval_start": self.dates.data_interval_start,
            "ds": date.strftime("%Y-%m-%d"),
            "ds_nodash": date.strftime("%Y%m%d"),
            "logical_date": date,
            "ts": date.isoformat(),
            "ts_nodash": date.strftime("%Y%m%dT%H%M%S"),
            "ts_nodash_with_tz": date.isoformat().replace("-", "").replace(":", ""),
        }
        if self.dag.airflow != "3":
            yesterday, tomorrow = date - timedelta(days=1), date + timedelta(days=1)
            variables |= {
                "execution_date": date,
                "yesterday_ds": yesterday.strftime("%Y-%m-%d"),
                "yesterday_ds_nodash": yesterday.strftime("%Y%m%d"),
                "tomorrow_ds": tomorrow.strftime("%Y-%m-%d"),
                "tomorrow_ds_nodash": tomorrow.strftime("%Y%m%d"),
            }
        return variables

    def _neighbours(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """The dates of the runs before and after this one by the schedule, in Airflow 1 and 2."""
        for prefix, date in (("prev", self._previous_date), ("next", self._next_date)):
            yield f"{prefix}_execution_date", date
            yield f"{prefix}_ds", partial(_formatted, date, "%Y-%m-%d")
            yield f"{prefix}_ds_nodash", partial(_formatted, date, "%Y%m%d")

    def _previous_date(self) -> pendulum.DateTime | None:
        date = self.dates.logical_date
        if date is None or self.dates.run_type == "manual":
            return date  # a manual run is its own neighbour
        if self.dag.timetable is not None:
            return self.dag.timetable.logical_date_before(date)
        if self.dag.cron:
            before = previous_tick(self.dag.cron, str(self.dag.timezone), date)
            return pendulum.instance(before).in_timezone("UTC")
        return date - self.dag.interval if self.dag.interval else None

    def _next_date(self) -> pendulum.DateTime | None:
        start, end = self.dates.data_interval_start, self.dates.data_interval_end
        if self.dates.run_type == "manual":
            return self.dates.logical_date
        if self.dag.timetable is not None and start is not None and end is not None:
            return self.dag.timetable.logical_date_after(start, end)
        return end if self.dag.cron or self.dag.interval else None

    @cached_property
    def _previous_success(self) -> SimpleNamespace:
        """The DAG's last successful run with an earlier logical date, as far as the Dagster instance knows."""
        nothing = SimpleNamespace(
            logical_date=None, data_interval_start=None, data_interval_end=None, start_date=None, end_date=None
        )
        if self.dates.logical_date is None:
            return nothing
        filters = dg.RunsFilter(tags={"airflow/dag_id": self.dag.dag_id}, statuses=[dg.DagsterRunStatus.SUCCESS])
        latest = nothing
        for record in op_context(self._context).instance.get_run_records(filters, limit=PREVIOUS_RUNS):
            dates = run_dates(record.dagster_run.tags, record.create_timestamp, self.dag.timing)
            earlier = dates.logical_date is not None and dates.logical_date < self.dates.logical_date
            if earlier and (latest.logical_date is None or dates.logical_date > latest.logical_date):
                latest = SimpleNamespace(
                    logical_date=dates.logical_date,
                    data_interval_start=dates.data_interval_start,
                    data_interval_end=dates.data_interval_end,
                    start_date=pendulum.from_timestamp(record.start_time) if record.start_time else None,
                    end_date=pendulum.from_timestamp(record.end_time) if record.end_time else None,
                )
        return latest


def _same(value: Any) -> Any:
    return value


def _formatted(make: Callable[[], pendulum.DateTime | None], pattern: str) -> str | None:
    date = make()
    return date.strftime(pattern) if date else None


def get_current_context() -> AirflowContext:
    """The context of the task that is running: the last one that `AirflowDag.context` has made."""
    return _CURRENT.get()
