"""Run DAG runs on the Airflow of this interpreter, in process, and write what came of them as JSON.

    python airflow_run.py SPEC.json > OUT.json

Needs nothing but Airflow, 2.11 or 3.x. SPEC is

    {"dags_folder": PATH,
     "cache": FOLDER,            # optional: the migrated, empty Airflow database is kept there
     "runs": [{"file": RELATIVE, "dag_id": ID, "logical_date": ISO, "run_type": "scheduled" | "manual",
               "conf": {}}]}

and OUT

    {"airflow": VERSION, "import_errors": {FILE: TEXT},
     "dags": {DAG_ID: {TASK: {"upstream": [TASK, ...], "rule", "setup", "teardown", "fail_run"}}},
     "runs": [{"dag_id", "run_id", "run_type", "state", "logical_date", "data_interval": [START, END], "conf",
               "seconds", "order": [[TASK, MAP_INDEX], ...], "triggered_by": null,
               "tasks": [{"task_id", "map_index", "state", "tries", "errors": [TEXT]}],
               "xcoms": [{"task_id", "map_index", "key", "value"}]}]}

Runs are made in the given order and stay in the database, so that one can wait for another; a run that a task
triggers is run right after its own and reported with `triggered_by: [dag_id, run_id]`. Where a run could not be
made or finished its entry has "error", and the next one is tried. Scheduled runs get the data interval the
scheduler would give them, and a date that is not one of the DAG's own is an error. Retry and reschedule delays
are not slept; triggers of deferred tasks run in place; pools and concurrency limits hold nothing back.

`dag.test()` would not do: it makes manual runs, sleeps through retry delays, and on 3.x knows only DAGs of a
bundle.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sqlite3
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

MOST_ROUNDS = 200  # turns of the scheduling loop per run: a sensor that never finds its input must end


class Airflow2:
    """What is particular to Airflow 2.11."""

    def __init__(self) -> None:
        import airflow.models
        import airflow.providers.fab.auth_manager.models  # noqa: F401  its tables belong to the database

    def load(self, file: Path, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
        from airflow.models.dagbag import DagBag

        bag = DagBag(str(file), include_examples=False)
        return bag.dags, bag.import_errors

    def register(self, dag: Any, session: Any) -> Any:
        """Make the DAG known to the database; the result is what the scheduler works with."""
        from airflow.models.serialized_dag import SerializedDagModel

        type(dag).bulk_write_to_db([dag], session=session)
        SerializedDagModel.write_dag(dag, session=session)
        session.commit()
        return dag

    def next_scheduled(self, dag: Any, restriction: Any) -> Any:
        return dag.timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)

    def create_run(self, dag: Any, timing: dict[str, Any], common: dict[str, Any]) -> Any:
        run_id = dag.timetable.generate_run_id(
            run_type=common["run_type"],
            logical_date=timing["logical_date"],
            data_interval=timing["data_interval"],
        )
        return dag.create_dagrun(
            run_id=run_id,
            execution_date=timing["logical_date"],
            data_interval=timing["data_interval"],
            external_trigger=common["run_type"].value == "manual",
            **common,
        )

    def run_task(self, ti: Any, task: Any, session: Any) -> BaseException | str | None:
        from airflow.models.dag import _run_task

        ti.task = task
        _run_task(ti=ti, inline_trigger=True, session=session)
        return None

    def xcoms(self, run: Any, session: Any) -> list[tuple[str, int, str, Any]]:
        from airflow.models.xcom import XCom

        columns = (
            XCom.task_id,
            XCom.map_index,
            XCom.key,
            XCom.value,
        )  # whole rows deserialize themselves, but for display
        rows = session.query(*columns).filter(XCom.dag_id == run.dag_id, XCom.run_id == run.run_id)
        return [(row.task_id, row.map_index, row.key, XCom.deserialize_value(row)) for row in rows]


class Airflow3:
    """What is particular to Airflow 3."""

    BUNDLE = "dags-folder"

    def load(self, file: Path, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(str(file), bundle_path=folder, bundle_name=self.BUNDLE)
        return bag.dags, bag.import_errors

    def register(self, dag: Any, session: Any) -> Any:
        from airflow.dag_processing.bundles.manager import DagBundlesManager
        from airflow.models.serialized_dag import SerializedDagModel
        from airflow.serialization.definitions.dag import SerializedDAG
        from airflow.serialization.serialized_objects import DagSerialization, LazyDeserializedDAG

        DagBundlesManager().sync_bundles_to_db(session=session)
        session.commit()
        lazy = LazyDeserializedDAG.from_dag(dag)
        SerializedDAG.bulk_write_to_db(self.BUNDLE, None, [lazy], session=session)
        SerializedDagModel.write_dag(lazy, bundle_name=self.BUNDLE, bundle_version=None, session=session)
        session.commit()
        known = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
        known.on_success_callback = dag.on_success_callback  # serialization loses them; dag.test() does the same
        known.on_failure_callback = dag.on_failure_callback
        return known

    def next_scheduled(self, dag: Any, restriction: Any) -> Any:
        return dag.timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=restriction)

    def create_run(self, dag: Any, timing: dict[str, Any], common: dict[str, Any]) -> Any:
        from airflow.utils.types import DagRunTriggeredByType

        run_id = dag.timetable.generate_run_id(
            run_type=common["run_type"], run_after=timing["run_after"], data_interval=timing["data_interval"]
        )
        return dag.create_dagrun(
            run_id=run_id,
            triggered_by=DagRunTriggeredByType.TEST,
            triggering_user_name="airflow_run",
            **timing,
            **common,
        )

    def run_task(self, ti: Any, task: Any, session: Any) -> BaseException | str | None:
        from airflow.sdk.definitions.dag import _run_task

        result = _run_task(ti=ti, task=task, run_triggerer=True)
        return result.error if result else "the task could not be started; see standard error"

    def xcoms(self, run: Any, session: Any) -> list[tuple[str, int, str, Any]]:
        from airflow.models.xcom import XComModel
        from airflow.sdk.serde import deserialize

        rows = session.query(XComModel).filter(XComModel.dag_id == run.dag_id, XComModel.run_id == run.run_id)
        return [(row.task_id, row.map_index, row.key, deserialize(row.value)) for row in rows]


class Runner:
    def __init__(self, line: Airflow2 | Airflow3, folder: Path) -> None:
        from airflow import settings

        self.line, self.folder = line, folder
        self.session = settings.Session()
        self.files: dict[str, str] = {}  # dag_id -> file
        self.known: dict[str, Any] = {}  # dag_id -> DAG, as the scheduler sees it
        self.import_errors: dict[str, str] = {}
        self.graphs: dict[str, dict[str, Any]] = {}

    def load(self, files: list[str]) -> None:
        """Make the DAGs of these files known."""
        for file in files:
            try:
                dags, errors = self.line.load(self.folder / file, self.folder)
                if errors:
                    self.import_errors[file] = "\n".join(errors.values())
                for dag_id, dag in dags.items():
                    self.known[dag_id] = self.line.register(dag, self.session)
                    self.files[dag_id] = file
                    self.graphs[dag_id] = graph(dag)
            except (Exception, SystemExit):
                self.session.rollback()
                self.import_errors[file] = traceback.format_exc()

    def run(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """The run that was asked for, and those its tasks triggered."""
        file, dag_id = request["file"], request["dag_id"]
        try:
            if self.files.get(dag_id) != file:
                raise LookupError(self.import_errors.get(file) or f"no DAG {dag_id} in {file}")
            return self.execute_all(self.create(request), None)
        except (Exception, SystemExit):
            self.session.rollback()
            asked = {key: request.get(key) for key in ("dag_id", "run_type", "logical_date", "conf")}
            return [asked | {"triggered_by": None, "error": traceback.format_exc()}]

    def execute_all(self, run: Any, triggered_by: list[str] | None) -> list[dict[str, Any]]:
        records = [self.execute(run) | {"triggered_by": triggered_by}]
        while triggered := self.queued():
            records += self.execute_all(triggered, [run.dag_id, run.run_id])
        return records

    def create(self, request: dict[str, Any]) -> Any:
        from airflow.utils.state import DagRunState
        from airflow.utils.types import DagRunType

        dag = self.known[request["dag_id"]]
        timing = self.timing(dag, dt.datetime.fromisoformat(request["logical_date"]), request["run_type"])
        common = {
            "run_type": DagRunType(request["run_type"]),
            "conf": request.get("conf") or {},
            "state": DagRunState.RUNNING,
            "start_date": dt.datetime.now(dt.timezone.utc),
            "session": self.session,
        }
        run = self.line.create_run(dag, timing, common)
        self.session.commit()
        return run

    def timing(self, dag: Any, logical_date: dt.datetime, run_type: str) -> dict[str, Any]:
        """Dates in UTC, as the scheduler reads them from the database: run ids are made of them."""
        from airflow.timetables.base import TimeRestriction
        from airflow.utils import timezone

        date = timezone.coerce_datetime(logical_date.astimezone(dt.timezone.utc))
        if run_type == "manual":
            interval = dag.timetable.infer_manual_data_interval(run_after=date)
            return {"logical_date": date, "data_interval": interval, "run_after": date}
        info = self.line.next_scheduled(dag, TimeRestriction(earliest=date, latest=None, catchup=True))
        if info is None or info.logical_date != date:
            raise ValueError(f"{date} is no scheduled date of {dag.dag_id}; the next is {info and info.logical_date}")
        run_after = timezone.coerce_datetime(info.run_after.astimezone(dt.timezone.utc))
        return {"logical_date": date, "data_interval": info.data_interval, "run_after": run_after}

    def queued(self) -> Any:
        from airflow.models.dagrun import DagRun
        from airflow.utils.state import DagRunState

        for run in self.session.query(DagRun).filter(DagRun.state == DagRunState.QUEUED).order_by(DagRun.id):
            if run.dag_id in self.known:
                run.state = DagRunState.RUNNING
                run.start_date = dt.datetime.now(dt.timezone.utc)
                self.session.commit()
                return run
        return None

    def execute(self, run: Any) -> dict[str, Any]:
        started = time.monotonic()
        # A worker reads the file afresh; a DAG object that has run keeps the run's params.
        dag = self.line.load(self.folder / self.files[run.dag_id], self.folder)[0][run.dag_id]
        order: list[list[Any]] = []
        errors: dict[tuple[str, int], list[str]] = {}
        for _ in range(MOST_ROUNDS):
            self.session.expire_all()
            run.dag = self.known[run.dag_id]
            schedulable, _callback = run.update_state(session=self.session)
            run.schedule_tis(schedulable, session=self.session)
            self.session.commit()
            self.session.expire_all()
            if text(run.state) != "running":
                break
            tis = run.get_task_instances(session=self.session)
            ready = sorted((ti for ti in tis if ti.state == "scheduled"), key=lambda ti: (ti.task_id, ti.map_index))
            for ti in ready:
                if self.state_now(run, ti) != "scheduled":  # a branch that ran just before has skipped it
                    continue
                order.append([ti.task_id, ti.map_index])
                if error := self.run_task(ti, dag):
                    errors.setdefault((ti.task_id, ti.map_index), []).append(error)
            if not ready:
                self.skip_waiting(tis)
            self.session.commit()
        else:
            errors.setdefault(("", -1), []).append(f"still running after {MOST_ROUNDS} rounds")
        return self.record(run, order, errors) | {"seconds": round(time.monotonic() - started, 3)}

    def state_now(self, run: Any, ti: Any) -> str | None:
        from airflow.models.taskinstance import TaskInstance

        one = {"dag_id": run.dag_id, "run_id": run.run_id, "task_id": ti.task_id, "map_index": ti.map_index}
        return self.session.query(TaskInstance.state).filter_by(**one).scalar()

    def run_task(self, ti: Any, dag: Any) -> str | None:
        """Run one try; the engine itself keeps its state, what it raised is only for the reader."""
        try:
            error = self.line.run_task(ti, dag.get_task(ti.task_id), self.session)
        except (Exception, SystemExit) as raised:
            error = raised
        return f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error

    def skip_waiting(self, tis: list[Any]) -> None:
        """Let what waits for a retry or its next poke be due now."""
        from airflow.models.taskreschedule import TaskReschedule

        long_ago = dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=30)
        for ti in tis:
            if ti.state == "up_for_retry":
                ti.end_date = long_ago
            elif ti.state == "up_for_reschedule":
                self.session.query(TaskReschedule).update({TaskReschedule.reschedule_date: long_ago})

    def record(self, run: Any, order: list[list[Any]], errors: dict[tuple[str, int], list[str]]) -> dict[str, Any]:
        tis = sorted(run.get_task_instances(session=self.session), key=lambda ti: (ti.task_id, ti.map_index))
        xcoms = sorted(self.line.xcoms(run, self.session), key=lambda x: x[:3])
        unfinished = errors.pop(("", -1), None)
        return {
            "dag_id": run.dag_id,
            "run_id": run.run_id,
            "run_type": text(run.run_type),
            "state": text(run.state),
            "logical_date": text(run.logical_date),
            "data_interval": [text(run.data_interval_start), text(run.data_interval_end)],
            "conf": run.conf,
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
        } | ({"error": unfinished[0]} if unfinished else {})


def graph(dag: Any) -> dict[str, Any]:
    """What a DAG's tasks wait for, and by which rule."""
    return {
        task.task_id: {
            "upstream": sorted(task.upstream_task_ids),
            "rule": text(task.trigger_rule),
            "setup": bool(task.is_setup),
            "teardown": bool(task.is_teardown),
            "fail_run": bool(getattr(task, "on_failure_fail_dagrun", False)),
        }
        for task in dag.tasks
    }


def text(value: Any) -> str | None:
    """States are enums or strings, dates are dates; JSON has text."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, dt.datetime) else str(getattr(value, "value", value))


def keep_in_memory() -> None:
    """The database is thrown away: nothing of it need reach the disk."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=OFF").close()


def prepare_home(home: Path, folder: Path) -> None:
    """Everything Airflow reads when it is first imported."""
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_PRE_PING": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": os.environ.get("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR"),
    }
    sys.path[:0] = [str(folder), str(folder / "plugins")]


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy, whole or not at all, even while another process copies to the same place."""
    part = target.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(part)) as copy:
        original.backup(copy)
    part.replace(target)


def prepare_database(home: Path, cache: Path | None) -> None:
    """Migrating an empty database takes seconds, copying one nothing."""
    mine = home / "airflow.db"
    kept = cache / f"airflow-{version('apache-airflow')}.db" if cache else None
    if kept and kept.exists():
        copy_database(kept, mine)
        return
    from airflow.utils import db
    from sqlalchemy import JSON
    from sqlalchemy.ext.compiler import compiles

    # SQLite takes a column of type JSON for a number where it can: an XCom 60.0 would come back as 60, 2**70 as
    # a float. Server databases do not; as TEXT, SQLite does not either.
    compiles(JSON, "sqlite")(lambda *_, **__: "TEXT")
    db.initdb()
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        copy_database(mine, kept)


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text())
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Airflow and the tasks print goes to standard error
    warnings.simplefilter("ignore")
    folder = Path(spec["dags_folder"]).resolve()
    with tempfile.TemporaryDirectory(prefix="airflow-home-", ignore_cleanup_errors=True) as home:
        prepare_home(Path(home), folder)
        airflow = version("apache-airflow")
        keep_in_memory()
        line = Airflow2() if airflow.startswith("2.") else Airflow3()
        prepare_database(Path(home), Path(spec["cache"]) if spec.get("cache") else None)
        for name in ("airflow", "airflow.task", "airflow.processor"):
            logging.getLogger(name).setLevel(os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"])
        runner = Runner(line, folder)
        runner.load(list(dict.fromkeys(run["file"] for run in spec["runs"])))
        records = [record for request in spec["runs"] for record in runner.run(request)]
        runner.session.close()
    json.dump(
        {"airflow": airflow, "import_errors": runner.import_errors, "dags": runner.graphs, "runs": records},
        answer,
        default=str,
        indent=1,
    )
    answer.write("\n")
    answer.close()


if __name__ == "__main__":
    main()
