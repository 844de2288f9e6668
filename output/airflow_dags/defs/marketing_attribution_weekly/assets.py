"""Airflow DAG `marketing_attribution_weekly` (marketing_reports.py) as Dagster assets.

Partitioned: its tasks read the data interval. Optional outputs: what `latest_only` leaves out ends without a
value, and so does what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen, is_latest
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import request_due
from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * 0",
    start="2024-02-25T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="marketing_attribution_weekly", airflow="3", cron="0 0 * * 0", data_intervals=False
)


@dg.asset(
    key=["marketing_attribution_weekly", "latest_only"],
    group_name="marketing_attribution_weekly",
    partitions_def=intervals,
    owners=["team:marketing"],
    tags={"marketing": "", "weekly": ""},
    metadata={"airflow/dag_id": "marketing_attribution_weekly", "airflow/task_id": "latest_only"},
)
@branch("refresh_dashboard", airflow="3")
def latest_only(context: dg.AssetExecutionContext) -> Any:
    return ["refresh_dashboard"] if is_latest(airflow_dag, context) else []


@dg.asset(
    key=["marketing_attribution_weekly", "week_spend"],
    group_name="marketing_attribution_weekly",
    partitions_def=intervals,
    owners=["team:marketing"],
    kinds={"python"},
    tags={"marketing": "", "weekly": ""},
    metadata={"airflow/dag_id": "marketing_attribution_weekly", "airflow/task_id": "week_spend"},
)
@airflow_task(multiple_outputs=True)
def week_spend(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> dict:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    rows = warehouse.get_records(
        """SELECT channel, SUM(amount) FROM marketing_spend
                WHERE spend_date BETWEEN ? AND date(?, '+6 days') GROUP BY channel ORDER BY channel""",
        parameters=(ds, ds),
    )
    return dict(rows)


@dg.asset(
    key=["marketing_attribution_weekly", "shares"],
    ins={"spend": dg.AssetIn(["marketing_attribution_weekly", "week_spend"])},
    group_name="marketing_attribution_weekly",
    partitions_def=intervals,
    owners=["team:marketing"],
    kinds={"python"},
    tags={"marketing": "", "weekly": ""},
    metadata={"airflow/dag_id": "marketing_attribution_weekly", "airflow/task_id": "shares"},
)
@airflow_task(multiple_outputs=True)
def shares(spend: Any) -> dict:
    total = sum(spend.values())
    return {channel: round(amount / total, 3) for channel, amount in spend.items()}


@dg.asset(
    key=["marketing_attribution_weekly", "refresh_dashboard"],
    ins={"latest_only": dg.AssetIn(["marketing_attribution_weekly", "latest_only"])},
    group_name="marketing_attribution_weekly",
    partitions_def=intervals,
    output_required=False,
    owners=["team:marketing"],
    kinds={"python"},
    tags={"marketing": "", "weekly": ""},
    metadata={"airflow/dag_id": "marketing_attribution_weekly", "airflow/task_id": "refresh_dashboard"},
)
@airflow_task()
@chosen("refresh_dashboard", by="latest_only")
def refresh_dashboard() -> str:
    return "refreshed"


job = dg.define_asset_job(
    "marketing_attribution_weekly",
    selection=dg.AssetSelection.groups("marketing_attribution_weekly"),
    tags={"airflow/dag_id": "marketing_attribution_weekly"},
)


@dg.sensor(job=job)
def marketing_attribution_weekly_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
