"""Airflow DAG `marketing_spend_daily` (marketing_reports.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ..resources import SqliteResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["marketing_spend_daily", "create_report"],
    group_name="marketing_spend_daily",
    partitions_def=intervals,
    owners=["team:marketing"],
    kinds={"sql"},
    tags={"marketing": ""},
    metadata={
        "airflow/dag_id": "marketing_spend_daily",
        "airflow/task_id": "create_report",
        "dagster/table_name": "spend_report",
    },
)
def create_report(warehouse: SqliteResource) -> Any:
    return warehouse.run(
        "CREATE TABLE IF NOT EXISTS spend_report (day TEXT PRIMARY KEY, spend REAL)", handler=fetch_all
    )


@dg.asset(
    key=["marketing_spend_daily", "sum_spend"],
    deps=[["marketing_spend_daily", "create_report"]],
    group_name="marketing_spend_daily",
    partitions_def=intervals,
    owners=["team:marketing"],
    kinds={"python"},
    tags={"marketing": ""},
    metadata={"airflow/dag_id": "marketing_spend_daily", "airflow/task_id": "sum_spend"},
)
def sum_spend(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    day = ds
    (total,) = warehouse.get_first(
        "SELECT COALESCE(SUM(amount), 0) FROM marketing_spend WHERE spend_date = ?", parameters=(day,)
    )
    return total


@dg.asset(
    key=["marketing_spend_daily", "store_report"],
    ins={"sum_spend": dg.AssetIn(["marketing_spend_daily", "sum_spend"])},
    group_name="marketing_spend_daily",
    partitions_def=intervals,
    owners=["team:marketing"],
    kinds={"sql"},
    tags={"marketing": ""},
    metadata={"airflow/dag_id": "marketing_spend_daily", "airflow/task_id": "store_report"},
)
def store_report(context: dg.AssetExecutionContext, warehouse: SqliteResource, sum_spend: Any) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(f"REPLACE INTO spend_report VALUES ('{ds}', {sum_spend})", handler=fetch_all)


job = dg.define_asset_job(
    "marketing_spend_daily",
    selection=dg.AssetSelection.groups("marketing_spend_daily"),
    tags={"airflow/dag_id": "marketing_spend_daily"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="marketing_spend_daily_schedule")
