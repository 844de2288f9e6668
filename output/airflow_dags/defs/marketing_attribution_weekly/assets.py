"""Airflow DAG `marketing_attribution_weekly` (marketing_reports.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `latest_only` decides which tasks run after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.schedules import request_due
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

airflow_graph = AirflowGraph(
    "marketing_attribution_weekly",
    airflow="3",
    airflow_dag=airflow_dag,
    group_name="marketing_attribution_weekly",
    tags={"marketing": "", "weekly": ""},
    owners=["team:marketing"],
    partitions_def=intervals,
)


@airflow_graph.task(kind="latest_only")
def latest_only() -> None:
    pass


@airflow_graph.task(multiple_outputs=True, kinds={"python"})
def week_spend(context: dg.OpExecutionContext, warehouse: SqliteResource) -> dict:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    rows = warehouse.get_records(
        """SELECT channel, SUM(amount) FROM marketing_spend
                WHERE spend_date BETWEEN ? AND date(?, '+6 days') GROUP BY channel ORDER BY channel""",
        parameters=(ds, ds),
    )
    return dict(rows)


@airflow_graph.task(
    upstream=["week_spend"],
    inputs={"spend": "week_spend"},
    multiple_outputs=True,
    kinds={"python"},
)
def shares(spend: Any) -> dict:
    total = sum(spend.values())
    return {channel: round(amount / total, 3) for channel, amount in spend.items()}


@airflow_graph.task(upstream=["latest_only"], kinds={"python"})
def refresh_dashboard() -> str:
    return "refreshed"


assets = airflow_graph.assets()

job = airflow_graph.job("marketing_attribution_weekly")


@dg.sensor(job=job)
def marketing_attribution_weekly_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
