"""Answers, in the user's own Airflow environment, what Airflow makes of a DAG file and what comes of its runs.

    python airflow_probe.py < requests > answers          one JSON object a line, on both sides

Needs nothing but Airflow (2.11, or 3.x): it is one file, so that it runs in any installation. It executes DAG files
and, where asked for runs, tasks. The first line of the answers is {"ready": VERSION}; then each request
{"do": "look" | "prepare" | "run", "seconds": LIMIT, …} has one answer. Each is worked on in a forked process: one that
crashes or hangs ends with {"error": TEXT}, and the next request is not touched by it.

The first argument is the settings: {"folder": the DAG folder, "paths": [further folders of modules], "home": an empty
folder, "cache": where the migrated, empty Airflow database is kept}.

look: {"file", "ticks": N, "dates": {DAG_ID, or "" for all others: [UTC DATE]}} -> {"failed": what loading the file
raised, or null, "dags": {DAG_ID: {"tasks", "edges", "groups", "timetable", "ticks": [[RUN_AFTER, LOGICAL_DATE, START,
END]], "asked": [those of the dates], "clock_changes": [such lists], …}}}
prepare: {} -> {}; makes the empty database, which runs need
run: {"file", "dag_id", "runs": [{"logical_date", "run_type", "conf", "order": SEED, "tasks": {TASK_ID: {"stub": true}
or {"outcome": [by map index], "value"}}}]} -> {"runs": [RECORD]}; "left" in one are the instances that Airflow
itself would have left scheduled when it ended the run

`dag.test()` would not do for runs: it makes manual runs, sleeps through retry delays, and on 3.x knows only DAGs of a
bundle. https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html
"""

from __future__ import annotations

import datetime as dt
import inspect
import json
import logging
import os
import random
import select
import signal
import sqlite3
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

MOST_ROUNDS = 300  # turns of the scheduling loop per run: a sensor that never finds its input must end
MOST_AROUND_A_CHANGE = 60  # ticks looked at where clocks change
CHANGES = 2  # how many such days are looked at: the next in spring and in autumn
A_YEAR_AND_MORE, MOST_DAYS = 500, 8000
MOST_COUNTED = 3000  # ticks gone through to reach such a day
MOST_TO_A_DATE = 20_000  # and to reach a date that was asked for
UTC = dt.timezone.utc
Answers = Callable[[dict[str, Any]], dict[str, Any]]


# --- one request after the other, each in a process of its own ------------------------------------------------------


def channel() -> tuple[TextIO, TextIO]:
    """Where requests come from, and where answers go to.

    For everything else standard input is empty, and what it prints goes to standard error.
    """
    questions, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return questions, answers


def serve(ready: dict[str, Any], answer: Answers, warm: Callable[[], None], questions: TextIO, answers: TextIO) -> None:
    """Answer the questions, one line each.

    `warm` is called once, here, before the first run: what is loaded now need not be loaded in each forked process.
    """
    print(json.dumps(ready), file=answers, flush=True)
    cold = True
    for line in questions:
        request = json.loads(line)
        if cold and request["do"] == "run":
            with suppress(Exception):  # it is a matter of time only
                warm()
            cold = False
        print(apart(answer, request, float(request["seconds"])), file=answers, flush=True)


def apart(answer: Answers, request: dict[str, Any], seconds: float) -> str:
    """The answer of a forked process, which is killed with all it started when its time is over."""
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        os.close(reading)
        _answer_and_end(answer, request, writing)
    os.close(writing)
    # Whoever ends this process ends the one that works for it, which is in a group of its own.
    signal.signal(signal.SIGTERM, lambda *_: _end_with(child))
    chunks, until = [], time.monotonic() + seconds
    while select.select([reading], [], [], max(until - time.monotonic(), 0))[0]:
        chunk = os.read(reading, 1 << 16)
        if not chunk:
            break
        chunks.append(chunk)
    in_time = time.monotonic() < until
    os.close(reading)
    # It ends by itself after its answer; what it has left behind (a server, a hanging thread) does not stay.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    text = b"".join(chunks).decode()
    if text.endswith("\n"):
        return text.rstrip("\n")
    gone = f"the process ended with status {status} and left no answer"
    return json.dumps({"error": gone if in_time else f"stopped after {seconds:g} seconds"})


def _end_with(child: int) -> None:
    with suppress(ProcessLookupError, PermissionError, ChildProcessError):
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os._exit(1)


def _answer_and_end(answer: Answers, request: dict[str, Any], writing: int) -> None:
    try:
        text = json.dumps(answer(request), default=str)
    except BaseException:
        text = json.dumps({"error": traceback.format_exc()})
    with os.fdopen(writing, "w") as pipe:
        pipe.write(text + "\n")
    os._exit(0)  # no atexit handlers of Airflow, no buffers of the parent's


def named(module: str, name: str) -> Any:
    """`from module import name`. No type checker knows both lines of Airflow, nor whether either is there."""
    try:
        return getattr(import_module(module), name)
    except AttributeError:
        return import_module(f"{module}.{name}")


# --- the two lines of Airflow ---------------------------------------------------------------------------------------


class Airflow2:
    """What is particular to Airflow 2.11."""

    def prepare(self) -> None:
        import_module("airflow.models")

        with suppress(ImportError):
            import_module("airflow.providers.fab.auth_manager.models")  # its tables belong to the database

    def load(self, file: Path, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
        DagBag = named("airflow.models.dagbag", "DagBag")

        bag = DagBag(str(file), include_examples=False)
        return bag.dags, bag.import_errors

    def scheduled(self, dag: Any) -> Any:
        return dag

    def next_info(self, timetable: Any, last: Any, restriction: Any) -> Any:
        interval = last and last.data_interval
        return timetable.next_dagrun_info(last_automated_data_interval=interval, restriction=restriction)

    def register(self, dag: Any, session: Any) -> Any:
        """Make the DAG known to the database; the result is what the scheduler works with."""
        SerializedDagModel = named("airflow.models.serialized_dag", "SerializedDagModel")

        type(dag).bulk_write_to_db([dag], session=session)
        SerializedDagModel.write_dag(dag, session=session)
        session.commit()
        return dag

    def create_run(self, dag: Any, timing: dict[str, Any], common: dict[str, Any]) -> Any:
        date, interval = timing["logical_date"], timing["data_interval"]
        run_id = dag.timetable.generate_run_id(run_type=common["run_type"], logical_date=date, data_interval=interval)
        manual = common["run_type"].value == "manual"
        return dag.create_dagrun(
            run_id=run_id, execution_date=date, data_interval=interval, external_trigger=manual, **common
        )

    def run_task(self, ti: Any, task: Any, session: Any) -> BaseException | str | None:
        _run_task = named("airflow.models.dag", "_run_task")

        ti.task = task
        ti.start_date = dt.datetime.now(UTC)  # as where a worker takes it up
        session.merge(ti)
        session.commit()
        _run_task(ti=ti, inline_trigger=True, session=session)
        return None

    def xcoms(self, run: Any, session: Any) -> list[tuple[str, int, str, Any]]:
        XCom = named("airflow.models.xcom", "XCom")

        # Whole rows deserialize themselves, but for display.
        columns = (XCom.task_id, XCom.map_index, XCom.key, XCom.value)
        rows = session.query(*columns).filter(XCom.dag_id == run.dag_id, XCom.run_id == run.run_id)
        return [(row.task_id, row.map_index, row.key, XCom.deserialize_value(row)) for row in rows]

    def warm(self) -> None:
        """What runs need, loaded before processes are forked."""
        for module in ("airflow.models.dagbag", "airflow.models.serialized_dag", "airflow.utils.db"):
            import_module(module)

    def around_execute(self, act: Callable[[Any, Any], None]) -> None:
        """Call `act(ti, task)` after a task's templates are rendered and before it is executed."""
        taskinstance = named("airflow.models", "taskinstance")

        execute = taskinstance._execute_task

        def acting(task_instance: Any, *args: Any, **kwargs: Any) -> Any:
            act(task_instance, task_instance.task)
            return execute(task_instance, *args, **kwargs)

        taskinstance._execute_task = acting


class Airflow3:
    """What is particular to Airflow 3."""

    BUNDLE = "dags-folder"

    def prepare(self) -> None:
        """Nothing: 3.x knows its tables."""

    def load(self, file: Path, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
        try:
            DagBag = named("airflow.dag_processing.dagbag", "DagBag")  # since 3.2
        except ImportError:
            DagBag = named("airflow.models.dagbag", "DagBag")
        bag = DagBag(str(file), bundle_path=folder, bundle_name=self.BUNDLE)
        return bag.dags, bag.import_errors

    def scheduled(self, dag: Any) -> Any:
        """The DAG as the scheduler has it: only that one's timetable makes ticks."""
        DagSerialization = named("airflow.serialization.serialized_objects", "DagSerialization")

        return DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))

    def next_info(self, timetable: Any, last: Any, restriction: Any) -> Any:
        if hasattr(timetable, "next_dagrun_info_v2"):
            return timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=restriction)
        interval = last and last.data_interval
        return timetable.next_dagrun_info(last_automated_data_interval=interval, restriction=restriction)

    def register(self, dag: Any, session: Any) -> Any:
        DagBundlesManager = named("airflow.dag_processing.bundles.manager", "DagBundlesManager")
        SerializedDagModel = named("airflow.models.serialized_dag", "SerializedDagModel")
        SerializedDAG = named("airflow.serialization.definitions.dag", "SerializedDAG")
        LazyDeserializedDAG = named("airflow.serialization.serialized_objects", "LazyDeserializedDAG")

        DagBundlesManager().sync_bundles_to_db(session=session)
        session.commit()
        lazy = LazyDeserializedDAG.from_dag(dag)
        SerializedDAG.bulk_write_to_db(self.BUNDLE, None, [lazy], session=session)
        SerializedDagModel.write_dag(lazy, bundle_name=self.BUNDLE, bundle_version=None, session=session)
        session.commit()
        known = self.scheduled(dag)
        known.on_success_callback = dag.on_success_callback  # serialization loses them; dag.test() does the same
        known.on_failure_callback = dag.on_failure_callback
        return known

    def create_run(self, dag: Any, timing: dict[str, Any], common: dict[str, Any]) -> Any:
        DagRunTriggeredByType = named("airflow.utils.types", "DagRunTriggeredByType")

        about = {"partition_key": timing["partition_key"]} if "partition_key" in timing else {}
        after, interval = timing["run_after"], timing["data_interval"]
        run_id = dag.timetable.generate_run_id(
            run_type=common["run_type"], run_after=after, data_interval=interval, **about
        )
        by = DagRunTriggeredByType.TEST
        return dag.create_dagrun(run_id=run_id, triggered_by=by, triggering_user_name="verify", **timing, **common)

    def run_task(self, ti: Any, task: Any, session: Any) -> BaseException | str | None:
        _run_task = named("airflow.sdk.definitions.dag", "_run_task")

        result = _run_task(ti=ti, task=task, run_triggerer=True)
        return result.error if result else "the task could not be started; see standard error"

    def xcoms(self, run: Any, session: Any) -> list[tuple[str, int, str, Any]]:
        XComModel = named("airflow.models.xcom", "XComModel")
        deserialize = named("airflow.sdk.serde", "deserialize")

        rows = session.query(XComModel).filter(XComModel.dag_id == run.dag_id, XComModel.run_id == run.run_id)
        return [(row.task_id, row.map_index, row.key, deserialize(row.value)) for row in rows]

    def warm(self) -> None:
        # Tasks ask an API server, in process; making its app takes seconds, and starts no thread.
        app = named("airflow.sdk.execution_time.supervisor", "in_process_api_server")().app
        app._cadwyn_initialize()
        import_module("airflow.sdk.execution_time.task_runner")

    def around_execute(self, act: Callable[[Any, Any], None]) -> None:
        task_runner = named("airflow.sdk.execution_time", "task_runner")

        execute = task_runner._execute_task

        def acting(context: Any, ti: Any, log: Any) -> Any:
            act(ti, ti.task)
            return execute(context=context, ti=ti, log=log)

        task_runner._execute_task = acting


# --- what a DAG is --------------------------------------------------------------------------------------------------

KINDS = (
    ("short_circuit", ("ShortCircuitOperator",)),
    ("latest_only", ("LatestOnlyOperator",)),
    ("branch", ("BranchPythonOperator", "BaseBranchOperator", "BranchMixIn", "BranchSQLOperator")),
    ("empty", ("EmptyOperator", "DummyOperator")),
    ("process", ("PythonVirtualenvOperator", "ExternalPythonOperator")),
    ("file", ("FileSensor",)),
    ("time", ("DateTimeSensor", "TimeSensor", "TimeDeltaSensor", "DayOfWeekSensor", "WaitSensor")),
    ("other_dag", ("ExternalTaskSensor", "TriggerDagRunOperator", "ExternalTaskMarker")),
    ("python", ("PythonOperator", "PythonSensor", "DecoratedSensorOperator")),
    ("bash", ("BashOperator", "BashSensor")),
    ("sql", ("BaseSQLOperator", "SqlSensor", "SqliteOperator")),
)


def class_of(task: Any) -> Any:
    """A task's operator class; of a mapped task, that of its instances."""
    found = getattr(task, "operator_class", None)
    return found if isinstance(found, type) else type(task)


def kind_of(task: Any) -> str:
    names = {base.__name__ for base in class_of(task).__mro__}
    return next((kind for kind, bases in KINDS if names.intersection(bases)), "other")


def option(task: Any, name: str) -> Any:
    """An operator's attribute, or the argument of a mapped one."""
    found = getattr(task, name, None)
    return (getattr(task, "partial_kwargs", None) or {}).get(name) if found is None else found


CALLBACKS = ("execute", "success", "failure", "retry", "skipped")


def tries_of(task: Any) -> dict[str, Any]:
    """How often it is tried, with what delay and time limit in seconds, and of what it calls something."""
    delay, timeout = (seconds(option(task, name)) for name in ("retry_delay", "execution_timeout"))
    called = [event for event in CALLBACKS if option(task, f"on_{event}_callback")]
    return {"retries": task.retries or 0, "delay": delay, "timeout": timeout, "callbacks": called}


def seconds(value: Any) -> float | None:
    return value.total_seconds() if isinstance(value, dt.timedelta) else value


def may_skip(task: Any) -> str:
    """Whether its code can end in a skip: by `soft_fail` or a function that speaks of it; perhaps by an exit code."""
    names = {base.__name__ for base in class_of(task).__mro__}
    if "BashOperator" in names:
        return "perhaps"
    function = option(task, "python_callable")
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    if option(task, "soft_fail") or (code and "AirflowSkipException" in code.co_names):
        return "yes"
    hooks = (option(task, f"_{name}_hook") or option(task, name) for name in ("pre_execute", "post_execute"))
    return "perhaps" if any(hook and not hasattr(hook, "__self__") for hook in hooks) else "no"


def connection_type(task: Any) -> str | None:
    """The type of a task's connection, where an environment variable says it."""
    conn_id = next((c for n in ("conn_id", "sqlite_conn_id") if isinstance(c := option(task, n), str)), None)
    text = os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}", "") if conn_id else ""
    with suppress(ValueError):
        return str(json.loads(text)["conn_type"])
    return text.partition(":")[0] or None


def shape(dag: Any) -> dict[str, Any]:
    """Tasks, edges and groups."""
    return {
        "tasks": {task.task_id: shape_of(task, dag) for task in sorted(dag.tasks, key=lambda task: task.task_id)},
        "edges": sorted([task.task_id, down] for task in dag.tasks for down in task.downstream_task_ids),
        "groups": {
            group_id: {"parent": parent_id(group), "expand": expansion(group)}
            for group_id, group in dag.task_group.get_task_group_dict().items()
            if group_id is not None
        },
        "timetable": type(dag.timetable).__name__,
        "start_date": text(max([d for o in (dag, *dag.tasks) if (d := o.start_date) is not None], default=None)),
    }


def shape_of(task: Any, dag: Any) -> dict[str, Any]:
    group = mapped_group(task)
    return {
        "operator": task.task_type,
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "mapped": bool(getattr(task, "is_mapped", type(task).__name__.endswith("MappedOperator"))),
        "expand": expansion(task),
        "in_mapped_group": group is not None,
        "mapped_group": group and group.group_id,
        "feeds": feeds(task, dag),
        "multiple_outputs": bool(option(task, "multiple_outputs")),
        "group": getattr(task.task_group, "group_id", None),
        "kind": kind_of(task),
        "ignores_rules": bool(option(task, "ignore_downstream_trigger_rules") in (None, True)),
        "setup": bool(task.is_setup),
        "teardown": bool(task.is_teardown),
        "fails_run": bool(getattr(task, "on_failure_fail_dagrun", False)),
        "stops": any(getattr(dag, name, False) for name in ("fail_fast", "fail_stop")) and not task.is_teardown,
        "connection": connection_type(task),
        "retries": task.retries,
        "tries": tries_of(task),
        "depends_on_past": bool(task.depends_on_past),
        "outlets": [asset_names(item) for item in getattr(task, "outlets", None) or ()],
        "may_skip": may_skip(task),
        "upstream": sorted(task.upstream_task_ids),
    }


def parent_id(group: Any) -> str | None:
    parent = getattr(group, "parent_group", None) or getattr(group, "task_group", None)
    return parent.group_id if parent is not None else None


def expand_input(node: Any) -> Any:
    """What a mapped task or group is expanded over; None where it is not mapped."""
    asked = getattr(node, "_get_specified_expand_input", None)
    return asked() if asked is not None else getattr(node, "_expand_input", None)


def expansion(node: Any) -> dict[str, Any] | None:
    """The names of the arguments of `expand`; of `expand_kwargs`, none are known."""
    found = expand_input(node)
    if found is None:
        return None
    return {"arguments": sorted(found.value) if isinstance(found.value, dict) else None}


def feeds(task: Any, dag: Any) -> dict[str, Any] | None:
    """What others are expanded over of what a task returns: {"key", "element"}, an element that they can take.

    An element is None where each is changed before it is taken (`.map(…)`), by code that is not asked here.
    """
    groups = [group for group in dag.task_group.get_task_group_dict().values() if expand_input(group) is not None]
    for node in (*(other for other in dag.tasks if expand_input(other) is not None), *groups):
        value = expand_input(node).value
        for item in value.values() if isinstance(value, dict) else [value]:
            for source, key in item.iter_references() if hasattr(item, "iter_references") else ():
                if source.task_id == task.task_id:
                    plain_reference = type(item).__name__ == "PlainXComArg"
                    element = ("x" if isinstance(value, dict) else needed(node)) if plain_reference else None
                    return {"key": key, "element": element}
    return None


def needed(node: Any) -> dict[str, str]:
    """Arguments that `expand_kwargs` has to give."""
    given = {**(getattr(node, "partial_kwargs", None) or {}), **(option(node, "op_kwargs") or {})}
    function = option(node, "python_callable") or getattr(node, "operator_class", None)
    if function is None:
        return {}
    parameters = inspect.signature(function).parameters.values()
    required = [
        p.name for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]
    return {name: "x" for name in required if name not in given and name != "self"}


def asset_names(item: Any) -> list[str]:
    """The URI and the name an asset is known by; one of the two, or none, is a reference or an alias."""
    return [found for key in ("uri", "name") if isinstance(found := getattr(item, key, None), str) and found]


def mapped_group(task: Any) -> Any:
    """The innermost mapped group a task is in."""
    group = task.task_group
    while group is not None:
        if type(group).__name__ == "MappedTaskGroup":
            return group
        group = getattr(group, "parent_group", None) or getattr(group, "task_group", None)
    return None


# --- when it runs ---------------------------------------------------------------------------------------------------


NO_TICKS: dict[str, Any] = {
    "ticks": [],
    "clock_changes": [],
    "change_days": [],
    "ended": False,
    "catches_up": None,
    "past": [],
    "unsteady": False,
    "condition": None,
    "keys": [],
    "partitioned": False,
    "continuous": [],
    "timeless": False,
    "asked": [],
}


class Ticks:
    """When a DAG's timetable starts runs, as its scheduler would compute them while it catches up."""

    def __init__(self, line: Airflow2 | Airflow3, dag: Any) -> None:
        self.line, self.dag, self.timetable = line, dag, line.scheduled(dag).timetable
        starts = [dag.start_date, *(task.start_date for task in dag.tasks)]
        found = [date for date in starts if date is not None]
        none = NO_PARTITION_BEFORE if getattr(self.timetable, "partitioned", False) else NO_START
        self.start = max(min(found), EPOCH) if found else none
        self.timeless = not found
        self.end = dag.end_date
        self.own = any(not type(part).__module__.startswith("airflow.") for part in self.parts())
        self.from_now = self.own and not dag.catchup
        """Whether only the timetable's own code knows what catchup=False means: then it is asked as it is now."""

    def record(self, count: int) -> dict[str, Any]:
        found = NO_TICKS | {"condition": self.condition(), "timeless": self.timeless}
        found["partitioned"] = bool(getattr(self.timetable, "partitioned", False))
        names = {base.__name__ for base in type(self.timetable).__mro__}
        if "ContinuousTimetable" in names:
            return found | {"continuous": self.continuous()}
        if not getattr(self.timetable, "can_be_scheduled", True) or "NullTimetable" in names:
            return found
        ticks = list(self.after(self.start, count))
        if self.own and ticks[:1] != list(self.after(self.start, 1)):
            return found | {"unsteady": True}
        days = self.clock_changes(ticks)
        changes = [{"ticks": list(self.around(day))} for day in days[:CHANGES]]
        return found | {
            "ticks": ticks,
            "ended": len(ticks) < count,
            "clock_changes": [change for change in changes if change["ticks"]],
            "change_days": [utc(day) for day in days],
            "keys": list(self.keys(count)),
            "catches_up": self.catches_up(ticks),
            "past": [dates_of(info) for info in islice(self.infos(self.start), count)] if self.from_now else [],
        }

    def at(self, dates: list[str]) -> list[list[str | None]]:
        """The ticks whose logical dates are among these: the runs that the scheduler makes for them."""
        names = {base.__name__ for base in type(self.timetable).__mro__}
        if not getattr(self.timetable, "can_be_scheduled", True) or names & {"NullTimetable", "ContinuousTimetable"}:
            return []
        found = []
        for date in dates:
            for tick in self.from_about(dt.datetime.fromisoformat(date)):
                if tick[1] is not None and tick[1] >= date:
                    found += [tick] if tick[1] == date else []
                    break
        return found

    def from_about(self, date: dt.datetime) -> Iterator[list[str | None]]:
        """Ticks from a date on, or, where they are counted from the start or nobody knows, from there on."""
        counted = self.own or any(hasattr(timetable, "_delta") for timetable in self.parts())
        return self.after(self.start if counted else max(self.start, date), MOST_TO_A_DATE)

    def infos(self, earliest: dt.datetime, *, last: Any = None, catchup: bool = True) -> Iterator[Any]:
        TimeRestriction = named("airflow.timetables.base", "TimeRestriction")
        timezone = named("airflow.utils", "timezone")

        latest = timezone.coerce_datetime(self.end)
        restriction = TimeRestriction(timezone.coerce_datetime(earliest), latest, catchup=catchup)
        while (found := self.line.next_info(self.timetable, last, restriction)) is not None:
            if self.own:
                found = in_utc(found)
                if last is not None and found.logical_date <= last.logical_date:
                    return  # there is no other run yet: of one logical date there is one run only
            last = found
            yield last

    def after(self, earliest: dt.datetime, count: int) -> Iterator[list[str | None]]:
        return (dates_of(info) for info in islice(self.infos(earliest, catchup=not self.from_now), count))

    def keys(self, count: int) -> Iterator[list[str | None]]:
        """[RUN_AFTER, PARTITION_KEY] of the first runs, where they are about partitions (Airflow 3)."""
        if getattr(self.timetable, "partitioned", False):
            for info in islice(self.infos(self.start), count):
                yield [utc(info.run_after), info.partition_key]

    def catches_up(self, ticks: list[list[str | None]]) -> bool | None:
        """Whether what is missed is made up for: after a first run long ago comes the second, or a late one.

        None where no three ticks are past, so that the timetable cannot be asked.
        """
        if len(ticks) < 3 or str(ticks[2][0]) > dt.datetime.now(UTC).isoformat():
            return None
        first = next(self.infos(self.start))
        found = next(self.infos(self.start, last=first, catchup=bool(self.dag.catchup)), None)
        return found is not None and dates_of(found) == ticks[1]

    def continuous(self) -> list[list[str | None]]:
        """The first runs, had each ended as long after its start as the clock goes on here."""
        simple = named("airflow.timetables", "simple")
        clock = simple.timezone
        moments = [self.start + dt.timedelta(minutes=7 * number, seconds=number) for number in range(1, 7)]
        found: list[list[str | None]] = []
        last = None
        for moment in moments:
            simple.timezone = Clock(clock, moment)
            last = next(self.infos(self.start, last=last), None)
            if last is None:
                break
            found.append([utc(moment), *dates_of(last)[1:]])
        simple.timezone = clock
        return found

    def condition(self) -> Any:
        """The assets whose updates start runs: {"all" | "any": [...]}, {"asset": [URI, NAME]} or {"unknown": TEXT}."""
        condition = getattr(self.timetable, "asset_condition", None) or getattr(
            self.timetable, "dataset_condition", None
        )
        if condition is None or type(condition).__name__.startswith("_Null"):
            return None
        return self.plain_condition(condition.as_expression())

    def plain_condition(self, found: Any) -> Any:
        if isinstance(found, str):
            return {"asset": [found]}
        for name in ("all", "any"):
            if name in found:
                return {name: [self.plain_condition(item) for item in found[name]]}
        for name in ("asset", "asset_ref"):
            if name in found:
                return {"asset": [value for key in ("uri", "name") if (value := found[name].get(key))]}
        return {"unknown": str(found)}

    def around(self, change: dt.datetime) -> Iterator[list[str | None]]:
        """Ticks of two days before and after the clocks change."""
        since, until = ((change + dt.timedelta(days=days)).isoformat() for days in (-2, 2))
        # A cron's ticks are the same wherever one begins to look; those of an interval are counted from the start.
        counted = self.own or any(hasattr(timetable, "_delta") for timetable in self.parts())
        begin = self.start if counted else max(self.start, change - dt.timedelta(days=2))
        found = 0
        for tick in self.after(begin, MOST_COUNTED if counted else MOST_AROUND_A_CHANGE):
            if tick[0] is None or tick[0] > until or found == MOST_AROUND_A_CHANGE:
                return
            if tick[0] >= since:
                found += 1
                yield tick

    def parts(self) -> list[Any]:
        """The timetable, and those it is made of."""
        inner = getattr(self.timetable, "_timetables", None) or getattr(self.timetable, "timetable", None) or ()
        return [self.timetable, *(inner if isinstance(inner, list | tuple) else [inner])]

    def clock_changes(self, ticks: list[list[str | None]]) -> list[dt.datetime]:
        """The days after the start on which the clocks of the schedule's zone change, or of the DAG's."""
        zones = [getattr(timetable, "_timezone", None) for timetable in self.parts()]
        zone = next((zone for zone in zones if zone is not None), getattr(self.dag, "timezone", None))
        if zone is None or len(ticks) < 2:  # what runs once does so whatever the clocks do
            return []
        first, last = (dt.datetime.fromisoformat(str(tick[0])) for tick in (ticks[0], ticks[-1]))
        first = first.replace(hour=0, minute=0, second=0, microsecond=0)
        count = min(max((last - first).days, A_YEAR_AND_MORE), MOST_DAYS)
        days = [first + dt.timedelta(days=number) for number in range(-1, count)]
        offsets = [day.astimezone(zone).utcoffset() for day in days]
        return [day for day, one, next_ in zip(days, offsets, offsets[1:], strict=False) if one != next_]


class Clock:
    """A module of time functions whose time stands still."""

    def __init__(self, real: Any, moment: dt.datetime) -> None:
        self._real, self._moment = real, moment

    def utcnow(self) -> dt.datetime:
        return self._moment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


NO_START = dt.datetime(2024, 1, 1, tzinfo=UTC)
"""What ticks are counted from where neither the DAG nor a task has a start date."""
NO_PARTITION_BEFORE = dt.datetime(2026, 1, 1, tzinfo=UTC)
"""Likewise, of a DAG whose runs are about partitions: those of the generated project begin then."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
"""What ticks are counted from where the start date is before: `datetime.min` means always."""


def in_utc(info: Any) -> Any:
    """A run of a timetable's with its dates in UTC, as the database gives them back to it."""
    timezone = named("airflow.utils", "timezone")

    def utc_of(date: Any) -> Any:
        return timezone.coerce_datetime(timezone.convert_to_utc(date))

    interval = info.data_interval and type(info.data_interval)(*map(utc_of, info.data_interval))
    return info._replace(run_after=utc_of(info.run_after), data_interval=interval)


def dates_of(info: Any) -> list[str | None]:
    """[RUN_AFTER, LOGICAL_DATE, START, END]"""
    interval = info.data_interval
    return [
        utc(date)
        for date in (info.run_after, info.logical_date, interval and interval.start, interval and interval.end)
    ]


def utc(date: Any) -> str | None:
    return None if date is None else dt.datetime.fromtimestamp(date.timestamp(), UTC).isoformat()


# --- runs -----------------------------------------------------------------------------------------------------------


class ForcedFailure(Exception):
    """What a task fails with whose outcome is forced."""


class Forced:
    """Stubs and forced outcomes of tasks, and what their templated fields were rendered to."""

    def __init__(self) -> None:
        self.tasks: dict[str, Any] = {}
        self.raw: dict[str, dict[str, Any]] = {}
        self.rendered: dict[str, dict[str, Any]] = {}
        self.awaited: dict[str, dict[str, Any]] = {}

    def prepare(self, dag: Any, tasks: dict[str, Any]) -> None:
        """Nothing that a forced task does needs its arguments, which may come from tasks that did nothing."""
        self.tasks, self.rendered, self.awaited = tasks, {}, {}
        self.raw = {
            task.task_id: {field: plain(option(task, field)) for field in task.template_fields} for task in dag.tasks
        }
        for task_id, how in self.tasks.items():
            if task_id in dag.task_dict:
                without_hooks(dag.get_task(task_id))
            if "outcome" in how and task_id in dag.task_dict:
                dag.get_task(task_id).template_fields = ()

    def act(self, ti: Any, task: Any) -> None:
        index = getattr(ti, "map_index", -1)
        name = ti.task_id if index is None or index < 0 else f"{ti.task_id}[{index}]"
        self.rendered[name] = {field: plain(getattr(task, field, None)) for field in task.template_fields}
        how = self.tasks.get(ti.task_id)
        if how is None:
            return
        if "outcome" not in how:
            object.__setattr__(task, "execute", self.stub(name, task))
            return
        forced = force(how, ti.try_number, max(index or 0, 0))
        if hasattr(task, "choose_branch"):
            object.__setattr__(task, "choose_branch", forced)
        elif kind_of(task) == "branch":  # it chooses in the midst of what it executes
            object.__setattr__(task, "execute", choosing(forced, task, ti))
        elif hasattr(task, "python_callable") and kind_of(task) == "short_circuit":
            task.python_callable, task.op_args, task.op_kwargs = forced, (), {}
            for attribute in ("templates_dict", "show_return_value_in_logs"):
                if hasattr(task, attribute):
                    object.__setattr__(task, attribute, None)
        else:
            object.__setattr__(task, "execute", forced)

    def stub(self, name: str, task: Any) -> Callable[..., None]:
        """What a task does that must not reach outside; one that waits for another DAG still says for what."""

        def execute(context: Any = None, *_: Any, **__: Any) -> None:
            if hasattr(task, "_get_dttm_filter"):
                with suppress(Exception):  # a function of the user's gives the dates
                    self.awaited[name] = awaited(task, context)

        return execute


def awaited(task: Any, context: Any) -> dict[str, Any]:
    """What an ExternalTaskSensor looks for: the dates and states, and the tasks where they are not those of a group."""
    states = [getattr(task, f"{name}_states", None) for name in ("allowed", "failed", "skipped")]
    return {
        "dag": task.external_dag_id,
        "tasks": None if getattr(task, "external_task_group_id", None) else sorted(task.external_task_ids or ()),
        "dates": sorted(str(utc(date)) for date in task._get_dttm_filter(context)),
        "states": [sorted({str(getattr(state, "value", state)) for state in found or ()}) for found in states],
    }


def without_hooks(task: Any) -> None:
    """What a task does in the place of its own work is neither begun nor ended by functions of the user's."""
    for name in ("pre_execute", "post_execute"):
        if (partial := getattr(task, "partial_kwargs", None)) is not None:
            partial.pop(name, None)
        else:
            object.__setattr__(task, f"_{name}_hook", None)
            object.__setattr__(task, name, lambda *_, **__: None)


def choosing(forced: Callable[..., Any], task: Any, ti: Any) -> Callable[..., Any]:
    """What a branch executes that goes on with the tasks that `forced` returns."""

    def execute(*_: Any, **__: Any) -> Any:
        if hasattr(task, "do_branch"):
            return task.do_branch({"ti": ti}, forced())
        task.skip_all_except(ti, forced())  # BranchSQLOperator returns nothing
        return None

    return execute


def force(how: dict[str, Any], try_number: int, map_index: int) -> Callable[..., Any]:
    """The function that ends a try as `how` says: {"outcome": [by map index], "value": what it returns}."""
    outcomes = how["outcome"]
    outcome = outcomes[map_index % len(outcomes)]

    def forced(*_: Any, **__: Any) -> Any:
        AirflowSkipException = named("airflow.exceptions", "AirflowSkipException")

        if outcome == "skip":
            raise AirflowSkipException("forced")
        if outcome == "fail" or (outcome == "fail_once" and try_number == 1):
            raise ForcedFailure("forced")
        return how.get("value")

    return forced


def plain(value: Any) -> Any:
    """A rendered value as JSON has it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return f"<{type(value).__name__}>"


class Runner:
    def __init__(self, line: Airflow2 | Airflow3, folder: Path, request: dict[str, Any]) -> None:
        settings = named("airflow", "settings")

        self.line, self.folder, self.file, self.dag_id = line, folder, request["file"], request["dag_id"]
        self.session = settings.Session()
        self.forced = Forced()
        self.known = line.register(self.load(), self.session)
        line.around_execute(self.forced.act)

    def load(self) -> Any:
        dags, errors = self.line.load(self.folder / self.file, self.folder)
        if self.dag_id not in dags:
            raise LookupError("\n".join(errors.values()) or f"no DAG {self.dag_id} in {self.file}")
        return dags[self.dag_id]

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.execute(self.create(request), request)
        except (Exception, SystemExit):
            self.session.rollback()
            return {"logical_date": request["logical_date"], "error": traceback.format_exc()}

    def create(self, request: dict[str, Any]) -> Any:
        DagRunState = named("airflow.utils.state", "DagRunState")
        DagRunType = named("airflow.utils.types", "DagRunType")

        date = dt.datetime.fromisoformat(request["logical_date"])
        partition = request.get("partition_key")
        timing = self.timing(date, request) if partition is None else self.timing_of(date, partition)
        common = {
            "run_type": DagRunType(request["run_type"]),
            "conf": request.get("conf") or {},
            "state": DagRunState.RUNNING,
            "start_date": dt.datetime.now(UTC),
            "session": self.session,
        }
        run = self.line.create_run(self.known, timing, common)
        self.session.commit()
        return run

    def timing(self, logical_date: dt.datetime, request: dict[str, Any]) -> dict[str, Any]:
        """Dates in UTC, as the scheduler reads them from the database: run ids are made of them.

        A scheduled run has the dates that the timetable gave it when it was asked for its ticks.
        """
        DataInterval = named("airflow.timetables.base", "DataInterval")
        timezone = named("airflow.utils", "timezone")

        date = timezone.coerce_datetime(logical_date.astimezone(UTC))
        if request["run_type"] == "manual":
            interval = self.known.timetable.infer_manual_data_interval(run_after=date)
            return {"logical_date": date, "data_interval": interval, "run_after": date}
        given = [request["run_after"], *request["data_interval"]]
        run_after, *ends = (timezone.coerce_datetime(dt.datetime.fromisoformat(one).astimezone(UTC)) for one in given)
        return {"logical_date": date, "data_interval": DataInterval(*ends), "run_after": run_after}

    def timing_of(self, run_after: dt.datetime, partition: str) -> dict[str, Any]:
        """Likewise of a run that is about a partition, and has no logical date."""
        TimeRestriction = named("airflow.timetables.base", "TimeRestriction")
        timezone = named("airflow.utils", "timezone")

        due = timezone.coerce_datetime(run_after.astimezone(UTC))
        info = self.line.next_info(self.known.timetable, None, TimeRestriction(due, None, catchup=True))
        if info is None or info.partition_key != partition:
            raise ValueError(f"{self.dag_id} has no run at {due} about the partition {partition!r}")
        about = {"partition_key": partition, "partition_date": timezone.convert_to_utc(info.partition_date)}
        return {"logical_date": None, "data_interval": None, "run_after": due, **about}

    def execute(self, run: Any, request: dict[str, Any]) -> dict[str, Any]:
        seed = request.get("order")
        chance = None if seed is None else random.Random(seed)
        # A worker reads the file afresh; a DAG object that has run keeps the run's params.
        dag = self.load()
        self.forced.prepare(dag, request.get("tasks") or {})
        order: list[list[Any]] = []
        errors: dict[tuple[str, int], list[str]] = {}
        left: list[list[Any]] = []
        for _ in range(MOST_ROUNDS):
            self.session.expire_all()
            run.dag = self.known
            schedulable, _callback = run.update_state(session=self.session)
            run.schedule_tis(schedulable, session=self.session)
            self.session.commit()
            self.session.expire_all()
            tis = run.get_task_instances(session=self.session)
            if text(run.state) != "running":
                # What is expanded in the turn in which all else has ended is not counted as unfinished: the run ends
                # and these instances stay scheduled for ever. Were anything else still running, they would run.
                left += ([ti.task_id, ti.map_index] for ti in tis if ti.state == "scheduled")
                if not any(ti.state == "scheduled" for ti in tis):
                    break
                run.set_state(named("airflow.utils.state", "DagRunState").RUNNING)
            ready = sorted((ti for ti in tis if ti.state == "scheduled"), key=lambda ti: (ti.task_id, ti.map_index))
            # In an order by chance, the scheduler looks again after each task: what runs when races.
            for ti in ready if chance is None else [chance.choice(ready)] if ready else []:
                if self.state_now(run, ti) != "scheduled":  # a branch that ran just before has skipped it
                    continue
                order.append([ti.task_id, ti.map_index])
                if error := self.run_task(ti, dag):
                    errors.setdefault((ti.task_id, ti.map_index), []).append(error)
            if not ready:
                self.skip_waiting(tis)
            self.session.commit()
        else:
            return self.record(run, order, errors) | {"error": f"still running after {MOST_ROUNDS} rounds"}
        return self.record(run, order, errors) | {"left": left}

    def state_now(self, run: Any, ti: Any) -> str | None:
        TaskInstance = named("airflow.models.taskinstance", "TaskInstance")

        one = {"dag_id": run.dag_id, "run_id": run.run_id, "task_id": ti.task_id, "map_index": ti.map_index}
        return self.session.query(TaskInstance.state).filter_by(**one).scalar()  # type: ignore[no-any-return]

    def run_task(self, ti: Any, dag: Any) -> str | None:
        """Run one try; the engine itself keeps its state, what it raised is only for the reader."""
        try:
            error = self.line.run_task(ti, dag.get_task(ti.task_id), self.session)
        except (Exception, SystemExit) as raised:
            error = raised
        return f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error

    def skip_waiting(self, tis: list[Any]) -> None:
        """Let what waits for a retry or its next poke be due now."""
        TaskReschedule = named("airflow.models.taskreschedule", "TaskReschedule")

        long_ago = dt.datetime.now(UTC) - dt.timedelta(days=30)
        for ti in tis:
            if ti.state == "up_for_retry":
                ti.end_date = long_ago
            elif ti.state == "up_for_reschedule":
                self.session.query(TaskReschedule).update({TaskReschedule.reschedule_date: long_ago})

    def record(self, run: Any, order: list[list[Any]], errors: dict[tuple[str, int], list[str]]) -> dict[str, Any]:
        tis = sorted(run.get_task_instances(session=self.session), key=lambda ti: (ti.task_id, ti.map_index))
        xcoms = sorted(self.line.xcoms(run, self.session), key=lambda x: x[:3])
        return {
            "state": text(run.state),
            "run_id": run.run_id,
            "logical_date": text(run.logical_date) or f"the partition {run.partition_key}",
            "data_interval": [text(run.data_interval_start), text(run.data_interval_end)],
            "order": order,
            "tasks": [
                {
                    "task_id": ti.task_id,
                    "map_index": ti.map_index,
                    "state": text(ti.state),
                    "tries": ti.try_number,
                    "errors": errors.get((ti.task_id, ti.map_index), []),
                }
                for ti in tis
            ],
            "xcoms": [dict(zip(("task_id", "map_index", "key", "value"), row, strict=True)) for row in xcoms],
            "raw": self.forced.raw,
            "rendered": self.forced.rendered,
            "awaited": self.forced.awaited,
        }


def text(value: Any) -> str | None:
    """States are enums or strings, dates are dates; JSON has text."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, dt.datetime) else str(getattr(value, "value", value))


# --- the environment ------------------------------------------------------------------------------------------------


def prepare_home(home: Path, folder: Path, paths: list[str]) -> None:
    """Everything Airflow reads when it is first imported."""
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "0",  # the time limit is ours
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    # Not this file's own folder: a module of the user's may be called like one beside it.
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [path for path in sys.path if path not in ("", here)]
    # In Airflow's order: a DAG file called like a library does not hide it.
    sys.path[:] = list(dict.fromkeys([*paths, *sys.path, str(folder), str(folder / "plugins")]))


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy, whole or not at all, even while another process copies to the same place."""
    part = target.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(part)) as copy:
        original.backup(copy)
    part.replace(target)


def make_database(line: Airflow2 | Airflow3, home: Path, kept: Path) -> dict[str, Any]:
    """Migrating an empty database takes seconds, copying one nothing."""
    db = named("airflow.utils", "db")
    JSON, compiles = named("sqlalchemy", "JSON"), named("sqlalchemy.ext.compiler", "compiles")

    line.prepare()
    # SQLite takes a column of type JSON for a number where it can: an XCom 60.0 would come back as 60, 2**70 as
    # a float. Server databases do not; as TEXT, SQLite does not either.
    compiles(JSON, "sqlite")(lambda *_, **__: "TEXT")
    db.initdb()
    kept.parent.mkdir(parents=True, exist_ok=True)
    copy_database(home / "airflow.db", kept)
    return {}


def look(line: Airflow2 | Airflow3, folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    dags, errors = line.load(folder / request["file"], folder)
    found = {}
    for dag_id, dag in dags.items():
        try:
            ticks = Ticks(line, dag)
            dates = request["dates"].get(dag_id, request["dates"].get("", []))
            found[dag_id] = shape(dag) | ticks.record(request["ticks"]) | {"asked": ticks.at(dates)}
        except Exception:
            found[dag_id] = shape(dag) | NO_TICKS | {"error": traceback.format_exc()}
    return {"failed": "\n".join(errors.values()) or None, "dags": found}


def main() -> None:
    questions, answers = channel()
    settings = json.loads(sys.argv[1])
    folder, home = Path(settings["folder"]).resolve(), Path(settings["home"])
    home.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    prepare_home(home, folder, settings.get("paths") or [])
    try:
        airflow = version("apache-airflow")
    except PackageNotFoundError:
        sys.exit("apache-airflow is not installed there")
    line = Airflow2() if airflow.startswith("2.") else Airflow3()
    import_module("airflow")  # once, for all processes that are forked from here

    logging.disable(logging.ERROR)
    database = Path(settings["cache"]) / f"airflow-{airflow}.db"

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request["do"] == "prepare":
            if not database.exists():
                return make_database(line, home, database)
            copy_database(database, home / "airflow.db")
            return {}
        sys.path.append(str((folder / request["file"]).parent))
        if request["do"] == "look":
            return look(line, folder, request)
        for log in home.glob("airflow.db-*"):  # the write-ahead log of a process that is gone is not the copy's
            log.unlink()
        copy_database(database, home / "airflow.db")
        line.prepare()
        runner = Runner(line, folder, request)
        return {"runs": [runner.run(one) for one in request["runs"]]}

    serve({"ready": airflow}, answer, line.warm, questions, answers)


if __name__ == "__main__":
    main()
