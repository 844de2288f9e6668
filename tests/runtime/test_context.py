"""The Airflow context in every kind of Dagster run: its dates, its params, what can be pulled."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import jinja2
import pendulum
import pytest

from migrator.runtime.compat.context import AirflowContext
from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.dates import RunDates, Timing, run_dates
from migrator.runtime.compat.exceptions import XComNotFound

CRON_2 = Timing("2", "0 6 * * *")
CRON_3 = Timing("3", "0 6 * * *", data_intervals=False)
CRON_3_INTERVALS = Timing("3", "0 6 * * *")
HOURS_2 = Timing("2", interval=dt.timedelta(hours=7))
NONE_2 = Timing("2")
CREATED = dt.datetime(2024, 3, 7, 10, 11, 12, 345678, tzinfo=dt.timezone.utc)
TICK = {".dagster/scheduled_execution_time": "2024-03-06T06:00:00+00:00", "dagster/schedule_name": "s"}


def said(dates: RunDates) -> list[str]:
    shown = [dates.logical_date, dates.data_interval_start, dates.data_interval_end]
    return [date.format("DD HH:mm") if date else "-" for date in shown] + [dates.run_id]


@pytest.mark.parametrize(
    ("tags", "timing", "expected"),
    [
        # The tick of a schedule ends the interval in Airflow 2, and is the logical date in Airflow 3.
        (TICK, CRON_2, ["05 06:00", "05 06:00", "06 06:00", "scheduled__2024-03-05T06:00:00+00:00"]),
        (TICK, CRON_3, ["06 06:00", "06 06:00", "06 06:00", "scheduled__2024-03-06T06:00:00+00:00"]),
        (TICK, CRON_3_INTERVALS, ["05 06:00", "05 06:00", "06 06:00", "scheduled__2024-03-06T06:00:00+00:00"]),
        (TICK, HOURS_2, ["05 23:00", "05 23:00", "06 06:00", "scheduled__2024-03-05T23:00:00+00:00"]),
        (TICK, NONE_2, ["06 06:00", "06 06:00", "06 06:00", "scheduled__2024-03-06T06:00:00+00:00"]),
        # A manual run is about the last complete interval.
        ({}, CRON_2, ["07 10:11", "06 06:00", "07 06:00", "manual__2024-03-07T10:11:12.345678+00:00"]),
        ({}, CRON_3, ["07 10:11", "07 10:11", "07 10:11", "manual__2024-03-07T10:11:12.345678+00:00"]),
        ({}, HOURS_2, ["07 10:11", "07 03:11", "07 10:11", "manual__2024-03-07T10:11:12.345678+00:00"]),
        ({}, NONE_2, ["07 10:11", "07 10:11", "07 10:11", "manual__2024-03-07T10:11:12.345678+00:00"]),
        # Tags say it.
        (
            {"airflow/logical_date": "2024-03-01T06:00:00+00:00", "dagster/sensor_name": "s"},
            CRON_2,
            ["01 06:00", "01 06:00", "02 06:00", "scheduled__2024-03-01T06:00:00+00:00"],
        ),
        (
            {
                "airflow/logical_date": "2024-03-01T00:00:00+00:00",
                "airflow/data_interval_start": "2024-02-28T00:00:00+00:00",
                "airflow/data_interval_end": "2024-03-01T12:00:00+00:00",
                "airflow/run_type": "dataset_triggered",
                "airflow/run_id": "mine",
            },
            CRON_2,
            ["01 00:00", "28 00:00", "01 12:00", "mine"],
        ),
        (
            {"airflow/logical_date": "", "airflow/run_type": "asset_triggered"},
            CRON_3,
            ["-", "-", "-", "asset_triggered__2024-03-07T10:11:12.345678+00:00"],
        ),
        # The partition of another run, where only its tags are known.
        (
            {"dagster/partition": "2024-03-05T06:00:00+0000"},
            CRON_2,
            ["05 06:00", "05 06:00", "06 06:00", "scheduled__2024-03-05T06:00:00+00:00"],
        ),
        (
            {"dagster/partition": "2024-03-05"},
            Timing("2", "0 6 * * *", "Asia/Tokyo"),
            ["04 15:00", "04 15:00", "04 21:00", "scheduled__2024-03-04T15:00:00+00:00"],
        ),
        (
            {"dagster/partition": "blue"},
            NONE_2,
            ["07 10:11", "07 10:11", "07 10:11", "scheduled__2024-03-07T10:11:12.345678+00:00"],
        ),
    ],
)  # fmt: skip
def test_dates(tags: dict[str, str], timing: Timing, expected: list[str]) -> None:
    assert said(run_dates(tags, CREATED, timing)) == expected


DAG = AirflowDag(dag_id="dag", cron="0 6 * * *", params={"p": 1, "q": [2]})


def seen_in(function: Callable[[AirflowContext], Any], dag: AirflowDag = DAG, **options: Any) -> Any:
    """What a function finds in the context of a task that runs by itself, without partitions."""
    seen = []
    arguments = options.pop("arguments", {})

    @dg.asset
    def task(context: dg.AssetExecutionContext) -> None:
        seen.append(function(dag.context(context, "task", **arguments)))

    assert dg.materialize([task], **options).success
    return seen[0]


def test_one_date_in_a_run() -> None:
    """Every step of a manual run has the same logical date, and it is the time of the run."""
    seen: list[Any] = []

    def note(context: Any) -> None:
        seen.append(DAG.context(context, "t")["logical_date"])

    @dg.asset
    def first(context: dg.AssetExecutionContext) -> None:
        note(context)

    @dg.asset(deps=[first])
    def second(context: dg.AssetExecutionContext) -> None:
        note(context)

    @dg.asset_check(asset=second)
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        note(context)
        return dg.AssetCheckResult(passed=True)

    dg.materialize([first, second, check])
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert abs((pendulum.now("UTC") - seen[0]).total_seconds()) < 120

    @dg.op
    def an_op(context: dg.OpExecutionContext) -> None:
        note(context)

    @dg.job
    def a_job() -> None:
        an_op()

    a_job.execute_in_process(tags={"airflow/logical_date": "2024-03-01T06:00:00+00:00"})
    assert seen[-1] == pendulum.datetime(2024, 3, 1, 6)


def test_partition_of_the_run() -> None:
    """An asset without partitions in a partitioned run has the run's date too; a range is one long interval."""
    days = dg.TimeWindowPartitionsDefinition(
        cron_schedule="0 6 * * *", start="2024-01-01T06:00:00+0000", fmt="%Y-%m-%dT%H:%M:%S%z"
    )
    seen: dict[str, Any] = {}

    @dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
    def partitioned(context: dg.AssetExecutionContext) -> None:
        airflow = DAG.context(context, "t")
        seen["partitioned"] = (airflow["ds"], airflow["data_interval_end"].to_date_string())

    @dg.asset(deps=[partitioned])
    def plain(context: dg.AssetExecutionContext) -> None:
        airflow = DAG.context(context, "t")
        seen["plain"] = (airflow["ds"], airflow["data_interval_end"].to_date_string())

    dg.materialize([partitioned, plain], partition_key="2024-03-05T06:00:00+0000")
    assert seen == {"partitioned": ("2024-03-05", "2024-03-06"), "plain": ("2024-03-05", "2024-03-06")}
    tags = {
        "dagster/asset_partition_range_start": "2024-03-05T06:00:00+0000",
        "dagster/asset_partition_range_end": "2024-03-07T06:00:00+0000",
    }
    dg.materialize([partitioned], tags=tags)
    assert seen["partitioned"] == ("2024-03-05", "2024-03-08")


def test_without_logical_date() -> None:
    """A run that assets triggered in Airflow 3 has no dates, and templates that use them fail."""
    dag = AirflowDag(dag_id="dag", airflow="3", data_intervals=False)
    tags = {"airflow/logical_date": ""}

    def look(airflow: AirflowContext) -> None:
        assert "ds" not in airflow
        assert "logical_date" not in set(airflow)
        assert airflow.dag_run.logical_date is None
        assert airflow.render("{{ task_instance_key_str }}") == f"dag__task__{airflow['run_id']}"
        with pytest.raises(jinja2.UndefinedError):
            airflow.render("{{ ds }}")
        with pytest.raises(KeyError):
            airflow["ts"]

    seen_in(look, dag, tags=tags)


class Params(dg.ConfigurableResource[Any]):
    p: int = 5
    q: list[int] = [6]  # noqa: RUF012


@pytest.mark.parametrize(
    ("params", "tags", "expected"),
    [
        (None, {}, {"p": 1, "q": [2]}),
        ({"p": 9}, {}, {"p": 9, "q": [2]}),
        (Params(), {}, {"p": 5, "q": [6]}),
        (Params(p=7), {"airflow/conf": json.dumps({"q": None, "r": 1})}, {"p": 7, "q": None, "r": 1}),
    ],
)
def test_params(params: Any, tags: dict[str, str], expected: dict[str, Any]) -> None:
    """The DAG's, then the task's or the resource's, then the run's conf."""
    assert seen_in(lambda airflow: airflow["params"], tags=tags, arguments={"params": params}) == expected


def test_params_from_run_configuration() -> None:
    seen = []

    @dg.asset
    def task(context: dg.AssetExecutionContext, params: Params) -> None:
        seen.append(DAG.context(context, "task", params=params).render("{{ params.p }}"))

    dg.materialize([task], resources={"params": Params()}, run_config={"resources": {"params": {"config": {"p": 8}}}})
    assert seen == ["8"]


def test_pulling() -> None:
    """What an input holds can be pulled; what Airflow might answer from elsewhere is an error, not None."""

    def look(airflow: AirflowContext) -> None:
        pull = airflow["ti"].xcom_pull
        assert pull(task_ids="plain") == pull("plain", key="return_value") == 1
        assert pull(task_ids="plain", key="other", default="d") == "d"
        assert pull(task_ids="keyed", key="a") == 2
        assert (pull("plain", map_indexes=-1), pull("plain", map_indexes=1)) == (1, None)
        assert pull(task_ids=["plain", "keyed"]) == [1, 3]
        assert pull(key="a") == 2
        assert airflow.render("{{ ti.xcom_pull('plain') + 1 }}") == "2"
        assert airflow.render("{{ ti.xcom_pull('plain') }}", native=True) == 1
        for arguments in (
            {"task_ids": "elsewhere"},
            {"task_ids": ["plain", "elsewhere"]},
            {"task_ids": "plain", "dag_id": "another"},
            {"task_ids": "plain", "include_prior_dates": True},
            {"task_ids": "plain", "run_id": "another"},
            {"key": "nobody pushed this"},
            {},
        ):
            with pytest.raises(XComNotFound):
                pull(**arguments)  # type: ignore[arg-type]
        airflow["ti"].xcom_push(key="mine", value=5)
        airflow["task_instance"].xcom_push("also", 6)
        assert airflow.pushed == {"mine": 5, "also": 6}
        assert pull(task_ids="task", key="mine") == 5
        assert airflow.keyed("result") == {"mine": 5, "also": 6, "return_value": "result"}

    xcoms = {"plain": 1, "keyed": {"a": 2, "return_value": 3}}
    seen_in(look, arguments={"xcoms": xcoms, "keyed": ["keyed"]})


def test_further_variables() -> None:
    def look(airflow: AirflowContext) -> None:
        more = airflow.including(exception="e", ds="other")
        assert (more["exception"], more["ds"], airflow["templates_dict"]) == ("e", "other", {"a": 1})
        assert "exception" not in airflow
        assert more.ti is airflow.ti
        assert set(more) - set(airflow) == {"exception"}
        assert len(more) == len(airflow) + 1
        assert more.render("{{ exception }} {{ ds }}") == "e other"
        assert airflow["task"].owner == "ann"
        assert dict(airflow)["ti"] is airflow["ti"]

    seen_in(look, arguments={"templates_dict": {"a": 1}, "task": {"owner": "ann"}})


class Query:
    template_fields = ("text", "options")

    def __init__(self) -> None:
        self.text, self.options, self.itself = "{{ params.p }}", {"a": "{{ params.p }}"}, self


def test_objects_and_files(tmp_path: Path) -> None:
    """Objects with template fields are rendered in place; templates include files from the search path."""
    (tmp_path / "part.sql").write_text("p = {{ params.p }}\n")
    dag = AirflowDag(dag_id="dag", params={"p": 1}, template_searchpath=(str(tmp_path),))

    def look(airflow: AirflowContext) -> None:
        query = Query()
        assert airflow.render([query]) == [query]
        assert (query.text, query.options) == ("1", {"a": "1"})
        assert airflow.render("SELECT {% include 'part.sql' %};") == "SELECT p = 1;"
        with pytest.raises(jinja2.TemplateNotFound):
            airflow.render("{% include 'absent.sql' %}")

    seen_in(look, dag)


def test_undefined_of_the_dag() -> None:
    dag = AirflowDag(
        dag_id="dag", template_undefined=jinja2.Undefined, jinja_environment_kwargs={"keep_trailing_newline": True}
    )
    assert seen_in(lambda airflow: airflow.render("{{ absent }}x\n"), dag) == "x\n"


def test_a_direct_call() -> None:
    """In a unit test there is no run."""
    context = dg.build_asset_context(partition_key=None)
    airflow = DAG.context(context, "task")
    assert airflow["run_id"].startswith("manual__")
    assert airflow["ti"].try_number == 1
