"""Airflow DAG `branches_by_date` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Optional outputs: what `campaign` or `evening` or `today`
leaves out ends without a value, and so does what comes after it.
"""

from datetime import datetime, time, timezone
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from ...airflow_compat.branches import branch, chosen, within
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 20 * * *",
    start="2024-01-01T00:00:00+0100",
    timezone="Europe/Berlin",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="branches_by_date", airflow="3", cron="0 20 * * *", timezone="Europe/Berlin", data_intervals=False
)


@dg.asset(
    key=["branches_by_date", "evening"],
    group_name="branches_by_date",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "evening"},
)
@branch("evening_in", "evening_out", airflow="3")
def evening(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="evening")
    return (
        "evening_in"
        if within(airflow["logical_date"], time(18, 0, 0), time(6, 30, 0), timezone="Europe/Berlin")
        else ["evening_out"]
    )


@dg.asset(
    key=["branches_by_date", "evening_in"],
    ins={"evening": dg.AssetIn(["branches_by_date", "evening"])},
    group_name="branches_by_date",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "evening_in"},
)
@airflow_task()
@chosen("evening_in", by="evening")
def evening_in() -> None:
    pass


@dg.asset(
    key=["branches_by_date", "evening_out"],
    ins={"evening": dg.AssetIn(["branches_by_date", "evening"])},
    group_name="branches_by_date",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "evening_out"},
)
@airflow_task()
@chosen("evening_out", by="evening")
def evening_out() -> None:
    pass


@dg.asset(
    key=["branches_by_date", "campaign"],
    group_name="branches_by_date",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "campaign"},
)
@branch("campaign_in", "campaign_out", airflow="3", do_xcom_push=False)
def campaign() -> Any:
    return (
        ["campaign_in"]
        if within(datetime.now(timezone.utc), datetime(2020, 10, 10, 15), None, timezone="Europe/Berlin")
        else ["campaign_out"]
    )


@dg.asset(
    key=["branches_by_date", "campaign_in"],
    ins={"campaign": dg.AssetIn(["branches_by_date", "campaign"])},
    group_name="branches_by_date",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "campaign_in"},
)
@airflow_task()
@chosen("campaign_in", by="campaign")
def campaign_in() -> None:
    pass


@dg.asset(
    key=["branches_by_date", "campaign_out"],
    ins={"campaign": dg.AssetIn(["branches_by_date", "campaign"])},
    group_name="branches_by_date",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "campaign_out"},
)
@airflow_task()
@chosen("campaign_out", by="campaign")
def campaign_out() -> None:
    pass


@dg.asset(
    key=["branches_by_date", "today"],
    group_name="branches_by_date",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "today"},
)
@branch("today_in", "today_out", airflow="3")
def today() -> Any:
    return (
        "today_in"
        if datetime.now(ZoneInfo("Europe/Berlin")).isoweekday() in {1, 2, 3, 4, 5, 6, 7}
        else "today_out"
    )


@dg.asset(
    key=["branches_by_date", "today_in"],
    ins={"today": dg.AssetIn(["branches_by_date", "today"])},
    group_name="branches_by_date",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "today_in"},
)
@airflow_task()
@chosen("today_in", by="today")
def today_in() -> None:
    pass


@dg.asset(
    key=["branches_by_date", "today_out"],
    ins={"today": dg.AssetIn(["branches_by_date", "today"])},
    group_name="branches_by_date",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_date", "airflow/task_id": "today_out"},
)
@airflow_task()
@chosen("today_out", by="today")
def today_out() -> None:
    pass


job = dg.define_asset_job(
    "branches_by_date",
    selection=dg.AssetSelection.groups("branches_by_date"),
    tags={"airflow/dag_id": "branches_by_date"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="branches_by_date_schedule")
