"""`ti` and `dag_run`: the task instance and the DAG run that a task's code asks about itself.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#variables
"""

import enum
import logging
import os
import socket
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pendulum

from .exceptions import XComNotFound

RETURN_VALUE = "return_value"
UNSET: Any = object()
"""What an argument is that was not given, where None means something."""


class DagRunType(str, enum.Enum):
    """How a run came about. It is also a string: `dag_run.run_type == "manual"`."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    BACKFILL = "backfill_job"
    DATASET_TRIGGERED = "dataset_triggered"
    ASSET_TRIGGERED = "asset_triggered"
    OPERATOR_TRIGGERED = "operator_triggered"


class DagRunType2(str, enum.Enum):
    """The same in Airflow 1 and 2, where it prints as its value."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    BACKFILL = "backfill"
    DATASET_TRIGGERED = "dataset_triggered"

    def __str__(self) -> str:
        return self.value


@dataclass(eq=False)
class DagRun:
    """A DAG run with those attributes of Airflow's that a run in Dagster has."""

    dag_id: str
    run_id: str
    run_type: str
    conf: dict[str, Any]
    logical_date: pendulum.DateTime | None
    data_interval_start: pendulum.DateTime | None
    data_interval_end: pendulum.DateTime | None
    start_date: pendulum.DateTime | None
    end_date: pendulum.DateTime | None = None
    state: str = "running"


@dataclass(eq=False)
class DagRun2(DagRun):
    """A DAG run of Airflow 1 and 2."""

    @property
    def execution_date(self) -> pendulum.DateTime | None:
        return self.logical_date

    @property
    def external_trigger(self) -> bool:
        return self.run_type == "manual"


@dataclass(eq=False)
class DagRun3(DagRun):
    """A DAG run of Airflow 3."""

    run_after: pendulum.DateTime | None = None
    partition_key: str | None = None
    partition_date: pendulum.DateTime | None = None


_PUSHES: ContextVar[dict[str, Any] | None] = ContextVar("pushes", default=None)


@contextmanager
def collecting() -> Iterator[dict[str, Any]]:
    """Collect what the try of a task in the body pushes by key: Airflow keeps it where the task fails, too."""
    found: dict[str, Any] = {}
    token = _PUSHES.set(found)
    try:
        yield found
    finally:
        _PUSHES.reset(token)


def pushes() -> dict[str, Any]:
    """What the try that runs now has pushed by key, to be added to; a dict of its own where nobody collects."""
    found = _PUSHES.get()
    return {} if found is None else found


class LazySelection(list[Any]):
    """The values of several tasks in Airflow 2: a list in all but its text, which a template would print."""

    def __str__(self) -> str:
        return f"LazySelectSequence([{len(self)} item{'' if len(self) == 1 else 's'}])"

    __repr__ = __str__


class Instances(list[Any]):
    """The values of the instances of a mapped task, those left out that pushed nothing, and the map index of each."""

    def __init__(self, values: Iterable[Any] = (), indexes: Iterable[int] = ()) -> None:
        super().__init__(values)
        self.by_index = dict(zip(indexes, self, strict=True))


@dataclass
class XComs:
    """The values a task was given to pull: those of its inputs, by task id.

    In `keyed`, a task's value is a dict of everything it pushed, its return value under "return_value". In
    `multiple_outputs`, it is a dict whose keys were pushed as well as the dict itself.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    keyed: Collection[str] = ()
    multiple_outputs: Collection[str] = ()

    def of(self, task_id: str) -> Mapping[str, Any]:
        """What a task pushed, by key; None is nothing pushed. Raises XComNotFound for any other task."""
        if task_id not in self.values:
            raise XComNotFound(
                f"the value of task {task_id!r} is not an input of this asset; it has {sorted(self.values)}"
            )
        value = self.values[task_id]
        if isinstance(value, Instances):
            keys = dict.fromkeys(key for one in value for key in one) if task_id in self.keyed else ()
            pushing = {key: {n: one for n, one in value.by_index.items() if one.get(key) is not None} for key in keys}
            each = {key: Instances([one[key] for one in found.values()], found) for key, found in pushing.items()}
            return each or {RETURN_VALUE: value}
        if task_id in self.keyed:
            pushed = dict(value or {})
        else:
            outputs = value if task_id in self.multiple_outputs and isinstance(value, Mapping) else {}
            pushed = {**outputs, RETURN_VALUE: value}
        return {key: item for key, item in pushed.items() if item is not None}


@dataclass(eq=False)
class TaskInstance:
    """One try of a task. `pushed` collects what the task pushes by key."""

    dag_id: str
    task_id: str
    run_id: str
    try_number: int
    max_tries: int
    start_date: pendulum.DateTime
    airflow: str = "2"
    xcoms: XComs = field(default_factory=XComs, repr=False)
    map_index: int = -1
    hostname: str = field(default_factory=socket.gethostname)
    state: str = "running"
    pushed: dict[str, Any] = field(default_factory=pushes)
    task: Any = field(default=None, repr=False)
    dag_run: Any = field(default=None, repr=False)
    dagster_run_id: str = field(default="", repr=False)

    def __str__(self) -> str:
        mapped = f" map_index={self.map_index}" if self.map_index != -1 else ""
        return f"<TaskInstance: {self.dag_id}.{self.task_id} {self.run_id}{mapped} [{self.state}]>"

    @property
    def log_url(self) -> str:
        """Where the run is to be seen: on the web server that DAGSTER_WEBSERVER_URL names."""
        server = os.environ.get("DAGSTER_WEBSERVER_URL") or "http://localhost:3000"
        return f"{server.rstrip('/')}/runs/{self.dagster_run_id}"

    @property
    def execution_date(self) -> Any:
        """The logical date, as Airflow 1 and 2 call it."""
        if self.airflow == "3":
            raise AttributeError("Airflow 3 has no execution_date")
        return self.dag_run.logical_date

    def get_dagrun(self) -> Any:
        """The DAG run that the task is in."""
        return self.dag_run

    @property
    def log(self) -> logging.Logger:
        return logging.getLogger(f"airflow.task.{self.dag_id}.{self.task_id}")

    def xcom_push(self, key: str, value: Any, **_: Any) -> None:
        """Push a value under a key; it becomes part of the asset's value."""
        self.pushed[key] = value

    def xcom_pull(
        self,
        task_ids: str | Iterable[str] | None = None,
        dag_id: str | None = None,
        key: str = RETURN_VALUE,
        include_prior_dates: bool = False,
        *,
        map_indexes: Any = UNSET,
        default: Any = None,
        run_id: str | None = None,
    ) -> Any:
        """What the tasks pushed under `key`: one value for one task id, a list for several.

        https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html

        For what was not pushed: one task gives `default` (None in Airflow 3); of several, it is left out (None in
        Airflow 3). `map_indexes`: the instances, or the one, of mapped tasks; -1 is a task that is not mapped. Raises
        XComNotFound for a task that is not an input of this one, and for values of other DAGs and other runs: Airflow
        would have an answer and this has none.
        """
        other_run = run_id not in (None, self.run_id) or include_prior_dates
        if other_run or dag_id not in (None, self.dag_id):
            raise XComNotFound("only values of this DAG and this run can be pulled")
        if map_indexes is not UNSET and (map_indexes is not None or self.airflow == "3"):
            return self._pull_at(task_ids, key, map_indexes, default)
        if task_ids is None:
            return self._pull_any(key, default)
        if isinstance(task_ids, str):
            missing = None if self.airflow == "3" else default
            return self._seen(self._pushed_by(task_ids).get(key), missing)
        found: list[Any] = []
        for task_id in task_ids:
            value = self._pushed_by(task_id).get(key)
            found += (value or [None]) if isinstance(value, Instances) else [value]
        return found if self.airflow == "3" else LazySelection(value for value in found if value is not None)

    def _seen(self, value: Any, missing: Any) -> Any:
        """A value as one task id gives it: of a mapped task a list, that Airflow 3 does without for a single value."""
        if not isinstance(value, Instances):
            return missing if value is None else value
        if not value:
            return missing
        if self.airflow == "3":
            return value[0] if len(value) == 1 else value
        return LazySelection(value)

    def _pull_at(self, task_ids: str | Iterable[str] | None, key: str, map_indexes: Any, default: Any) -> Any:
        """What single instances pushed: for one task and one index a value, else a list."""
        if task_ids is None and self.airflow != "3":
            raise XComNotFound("a pull of single instances from any task; name the task")
        tasks = [task_ids or self.task_id] if isinstance(task_ids, str | None) else list(task_ids)
        indexes = [map_indexes] if isinstance(map_indexes, int | None) else list(map_indexes)
        found = [self._at(self._pushed_by(task).get(key), index) for task in tasks for index in indexes]
        single = isinstance(task_ids, str | None) and isinstance(map_indexes, int | None)
        if self.airflow == "3":
            found = [default if value is None else value for value in found]
            return found[0] if single else found
        found = [value for value in found if value is not None]
        return (found[0] if found else default) if single else LazySelection(found)

    @staticmethod
    def _at(value: Any, index: int | None) -> Any:
        index = -1 if index is None else index
        if isinstance(value, Instances):
            return value.by_index.get(index)
        return value if index == -1 else None

    def _pushed_by(self, task_id: str) -> Mapping[str, Any]:
        return self.pushed if task_id == self.task_id else self.xcoms.of(task_id)

    def _pull_any(self, key: str, default: Any) -> Any:
        """Without task ids: this task's own value in Airflow 3, any task's of the run before."""
        if self.airflow == "3":
            return self.pushed.get(key)
        sources = [self.pushed, *(self.xcoms.of(task_id) for task_id in self.xcoms.values)]
        found = [pushed[key] for pushed in sources if key in pushed]
        if len(found) > 1:
            raise XComNotFound(f"several tasks have pushed {key!r}, and Airflow would take the latest; name the task")
        if not found:
            raise XComNotFound(f"no input of this asset has pushed {key!r}, but another task may have; name the task")
        return found[0]
