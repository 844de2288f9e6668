"""DAG arguments as they are read: schedules, dates, time zones, params, and what stays unknown."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from migrator.airflow_model import (
    AssetCondition,
    AssetRef,
    Dag,
    Deferred,
    ParamSpec,
    Project,
    Symbol,
    TaskRef,
    VariableRef,
    XComRef,
)
from migrator.inspect_json import inspect_document
from migrator.read.project import read

UTC = dt.timezone.utc
FROM = {
    "1": "from airflow import DAG",
    "2": "from airflow import DAG\nfrom airflow.datasets import Dataset",
    "3": "from airflow.sdk import DAG",
}
COMMON = "from datetime import datetime, timedelta, timezone\n"


def project(folder: Path, text: str) -> Project:
    (folder / "dags.py").write_text(dedent(text))
    return read(folder / "dags.py")


def dag_of(folder: Path, arguments: str, line: str, before: str = "") -> Dag:
    found = read_one(folder, f"{FROM[line]}\n{COMMON}{dedent(before)}\ndag = DAG('d', {arguments})\n", line)
    assert found.airflow == line
    return found


def read_one(folder: Path, text: str, line: str | None = None) -> Dag:
    file = folder / "dags.py"
    file.write_text(dedent(text))
    found = read(file, airflow_version=line)  # type: ignore[arg-type]
    assert len(found.dags) == 1, found.findings
    return found.dags[0]


DAY = dt.timedelta(days=1)
SCHEDULES: list[tuple[str, str, str, Any]] = [
    ("1", "", "interval", DAY),
    ("2", "", "interval", DAY),
    ("3", "", "none", None),
    ("2", "schedule=None", "none", None),
    ("2", "schedule_interval='@weekly'", "cron", "0 0 * * 0"),
    ("1", "schedule_interval='@once'", "once", None),
    ("2", "schedule='@continuous', max_active_runs=1", "continuous", None),
    ("3", "schedule='5 4 * * *'", "cron", "5 4 * * *"),
    ("3", "schedule=timedelta(hours=4)", "interval", dt.timedelta(hours=4)),
    (
        "2",
        "schedule=[Dataset('s3://a'), Dataset('s3://b')]",
        "assets",
        [AssetRef("s3://a", "s3://a"), AssetRef("s3://b", "s3://b")],
    ),
    ("2", "default_args={'schedule_interval': '@daily', 'catchup': False}", "interval", DAY),
]


@pytest.mark.parametrize(("line", "arguments", "kind", "value"), SCHEDULES)
def test_schedule(line: str, arguments: str, kind: str, value: Any, tmp_path: Path) -> None:
    schedule = dag_of(tmp_path, arguments, line).schedule
    assert (schedule.kind, schedule.value) == (kind, value)


TIMETABLES: list[tuple[str, str, Any, str, bool]] = [
    ("CronTriggerTimetable('@daily', timezone='Europe/Rome')", "cron", "0 0 * * *", "Europe/Rome", False),
    ("CronDataIntervalTimetable('0 1 * * *', timezone='UTC')", "cron", "0 1 * * *", "UTC", True),
    (
        "MultipleCronTriggerTimetable('0 1 * * *', '0 9 * * *', timezone='UTC')",
        "cron",
        ("0 1 * * *", "0 9 * * *"),
        "UTC",
        False,
    ),
    ("DeltaTriggerTimetable(timedelta(hours=1))", "interval", dt.timedelta(hours=1), "UTC", False),
    (
        "EventsTimetable(event_dates=[])",
        "timetable",
        Deferred("call", (Symbol("airflow.sdk.EventsTimetable"),), keywords=(("event_dates", []),)),
        "UTC",
        True,
    ),
]


@pytest.mark.parametrize(("expression", "kind", "value", "zone", "intervals"), TIMETABLES)
def test_timetable(expression: str, kind: str, value: Any, zone: str, intervals: bool, tmp_path: Path) -> None:
    before = f"from airflow.sdk import {expression.partition('(')[0]}"
    schedule = dag_of(tmp_path, f"schedule={expression}", "3", before).schedule
    assert (schedule.kind, schedule.value, schedule.timezone, schedule.data_intervals) == (kind, value, zone, intervals)


def test_asset_conditions_keep_their_shape(tmp_path: Path) -> None:
    before = "from airflow.sdk import Asset\na, b, c = Asset('a'), Asset(name='b', uri='s3://b'), Asset('c')"
    schedule = dag_of(tmp_path, "schedule=(a & b) | c", "3", before).schedule
    a, b, c = AssetRef("a", "a"), AssetRef("b", "s3://b"), AssetRef("c", "c")
    assert schedule.value == AssetCondition("or", (AssetCondition("and", (a, b)), c))


@pytest.mark.parametrize(
    ("arguments", "start", "zone"),
    [
        ("start_date=datetime(2024, 1, 2)", dt.datetime(2024, 1, 2, tzinfo=UTC), "UTC"),
        ("start_date='2024-01-02'", dt.datetime(2024, 1, 2, tzinfo=UTC), "UTC"),
        ("default_args={'start_date': datetime(2024, 1, 2)}", dt.datetime(2024, 1, 2, tzinfo=UTC), "UTC"),
        ("default_args={'start_date': '2024-01-02T03:00'}", dt.datetime(2024, 1, 2, 3, tzinfo=UTC), "UTC"),
        (
            "start_date=datetime(2024, 1, 2, tzinfo=ZoneInfo('Asia/Tokyo'))",
            dt.datetime(2024, 1, 1, 15, tzinfo=UTC),
            "Asia/Tokyo",
        ),
        (
            "start_date=pendulum.datetime(2024, 1, 2, tz='Europe/Rome')",
            dt.datetime(2024, 1, 1, 23, tzinfo=UTC),
            "Europe/Rome",
        ),
        ("", None, "UTC"),
    ],
)
@pytest.mark.parametrize("line", ["2", "3"])
def test_start_date_and_zone(arguments: str, start: Any, zone: str, line: str, tmp_path: Path) -> None:
    dag = dag_of(tmp_path, arguments, line, "import pendulum\nfrom zoneinfo import ZoneInfo")
    assert (dag.start_date, dag.timezone, dag.schedule.timezone) == (start, zone, zone)


def test_days_ago_is_known_only_when_the_file_is_loaded(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        "from airflow import DAG\nfrom airflow.utils.dates import days_ago\nd = DAG('d', start_date=days_ago(2))",
    )
    assert isinstance(found.dags[0].start_date, Deferred)
    assert "A2D105" in {f.code for f in found.findings}


@pytest.mark.parametrize(("line", "catchup"), [("1", True), ("2", True), ("3", False)])
def test_defaults_of_each_line(line: str, catchup: bool, tmp_path: Path) -> None:
    dag = dag_of(tmp_path, "", line)
    assert (dag.catchup, dag.max_active_runs) == (catchup, 16)


def test_a_schedule_from_a_variable_is_reported(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        """
        from airflow import DAG
        from airflow.models import Variable
        d = DAG('d', schedule=Variable.get('when', default_var=None))
        """,
    )
    assert found.dags[0].schedule.value == VariableRef("when", True, None)
    assert [f.span.line for f in found.findings if f.code == "A2D102" and f.span] == [4]
    assert found.dags[0].complete


def test_params(tmp_path: Path) -> None:
    dag = read_one(
        tmp_path,
        """
        from airflow.sdk import DAG, Param
        d = DAG('d', schedule=None, params={'a': 1, 'b': Param('x', type='string', description='text')},
                default_args={'params': {'c': None}})
        """,
    )
    assert dag.params == (
        ("a", ParamSpec(1)),
        ("b", ParamSpec("x", True, "text", (("type", "string"),))),
        ("c", ParamSpec(None)),
    )


def test_asset_decorator_makes_a_dag_of_one_task(tmp_path: Path) -> None:
    dag = read_one(
        tmp_path,
        """
        from airflow.sdk import asset
        @asset(uri='s3://x', schedule='@daily')
        def made(source): ...
        """,
    )
    assert (dag.dag_id, dag.schedule.value, dag.catchup) == ("made", "0 0 * * *", False)
    (task,) = dag.tasks
    assert (task.task_id, task.operator) == ("made", "_AssetMainOperator")
    assert task.argument("outlets").value == [AssetRef("made", "s3://x")]  # type: ignore[union-attr]


TASKS = """
from airflow.sdk import DAG, task
from airflow.providers.standard.operators.bash import BashOperator

ARGS = {"retries": 2, "owner": NAME} if False else {"retries": 2}
default_args = {
    "retries": 3,
}
BUCKET = "b"

@task(retries=1)
def f(x, y=2): ...

with DAG("d", default_args=default_args, schedule=None) as dag:
    a = BashOperator(task_id="a", bash_command=f"ls {BUCKET}", env={"x": "1"})
    b = f(a.output, y=a)
"""


def test_arguments_keep_their_expressions(tmp_path: Path) -> None:
    dag = read_one(tmp_path, TASKS)
    a, b = dag.tasks
    command = a.argument("bash_command")
    assert command is not None
    assert (command.value, command.source, command.names, command.origin) == (
        "ls b",
        'f"ls {BUCKET}"',
        ("BUCKET",),
        "call",
    )
    retries = a.argument("retries")
    assert retries is not None
    assert (retries.value, retries.origin, retries.span.line) == (3, "default_args", 7)
    assert (b.argument("retries").value, b.argument("retries").origin) == (1, "decorator")  # type: ignore[union-attr]
    assert [(g.name, g.value) for g in b.op_args] == [("x", XComRef("d", "a"))]
    assert [(g.name, g.value) for g in b.op_kwargs] == [("y", TaskRef("d", "a"))]
    assert b.function is not None
    assert b.function.name == "f"
    assert [(e.upstream, e.downstream, e.data) for e in dag.edges] == [("a", "f", True)]


def test_a_dependency_on_something_unknown_is_called_by_its_name_and_a_log_line_adds_no_task(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        """
from airflow import DAG
from airflow.operators.empty import EmptyOperator
from loguru import logger
import elsewhere
with DAG('first', schedule=None):
    logger.info('reading')
    EmptyOperator(task_id='a')
with DAG('second', schedule=None):
    EmptyOperator(task_id='a') >> elsewhere.Group('x').last
""",
    )
    assert [dag.complete for dag in found.dags] == [True, False]
    assert [f.message for f in found.findings if f.code == "A2D016"] == [
        "a dependency on something unknown: elsewhere.Group(…).last"
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("if Variable.get('x') == 'y':\n        E('b')", "A2D010"),
        ("for i in Variable.get('x', deserialize_json=True):\n        E('a') >> E('b')", "A2D011"),
        ("E(Variable.get('x'))", "A2D012"),
        ("E('a') >> elsewhere.thing", "A2D016"),
        ("elsewhere.build(dag)", "A2D014"),
        ("elsewhere.task_group('x')", "A2D014"),
        ("a = E('a')\n    if Variable.get('x'):\n        a >> E('b')", "A2D010"),
        ("a, b = E('a'), E('b')\n    if Variable.get('x'):\n        a >> b", "A2D010"),
        ("x = []\n    a, b = E('a'), E('b')\n    if Variable.get('x'):\n        x.append(b)\n    a >> x", "A2D010"),
        ("E('a')\n    E('a')", "A2D404"),
        ("a, b = E('a'), E('b')\n    a >> b >> a", "A2D407"),
    ],
)
def test_what_is_not_known_makes_a_dag_incomplete(body: str, code: str, tmp_path: Path) -> None:
    found = project(
        tmp_path,
        f"""
from airflow import DAG
from airflow.models import Variable
from airflow.operators.empty import EmptyOperator
import elsewhere
def E(id): return EmptyOperator(task_id=id)
with DAG('d', schedule=None) as dag:
    {body}
""",
    )
    assert code in {f.code for f in found.findings}
    assert [dag.complete for dag in found.dags] == [False]


def test_the_same_whatever_the_number_of_processes(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"d{number}.py").write_text(
            f"from airflow.sdk import DAG\nDAG('d{number}')\nx = DAG('d{number % 5}')\n"
        )
    alone, shared = read(tmp_path, jobs=1), read(tmp_path, jobs=3)
    assert inspect_document(alone) == inspect_document(shared)
    assert pickle.loads(pickle.dumps(alone)) == alone
    assert [f.code for f in alone.findings].count("A2D101") == 1


def test_a_dag_that_is_imported_belongs_to_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("from airflow.sdk import DAG\nshared = DAG('shared')\n")
    (tmp_path / "a.py").write_text("from airflow.sdk import DAG\nfrom b import shared\n")
    found = read(tmp_path)
    assert [(d.dag_id, d.file) for d in found.dags] == [("shared", "b.py")]
    assert sorted(found.modules) == ["a.py", "b.py"]


@pytest.mark.parametrize("written", ["f'{made}'", "made.__str__()", "str(made)", "'' + str(made)", "'%s' % made"])
def test_the_output_of_a_task_as_text_is_a_template(written: str, tmp_path: Path) -> None:
    """https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html"""
    source = f"""\
from airflow.sdk import DAG, task
from airflow.providers.standard.operators.bash import BashOperator
with DAG("texts"):
    @task
    def make():
        return 1
    made = make()
    show = BashOperator(task_id="show", bash_command={written})
"""
    (dag,) = project(tmp_path, source).dags
    command = dag.tasks[-1].argument("bash_command")
    assert command is not None
    assert command.value == "{{ task_instance.xcom_pull(task_ids='make', dag_id='texts', key='return_value') }}"
    assert dag.edges == ()
