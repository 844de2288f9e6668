"""Airflow DAG `loyalty_points_refresh` (loyalty_points.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ..resources import SqliteResource, fetch_all


@dg.asset(
    key=["loyalty_points_refresh", "refresh_points"],
    group_name="loyalty_points_refresh",
    owners=["team:crm"],
    kinds={"sql"},
    tags={"crm": ""},
    metadata={
        "airflow/dag_id": "loyalty_points_refresh",
        "airflow/task_id": "refresh_points",
        "dagster/table_name": "loyalty_points",
    },
)
def refresh_points(warehouse: SqliteResource) -> Any:
    return warehouse.run(
        """
            DROP TABLE IF EXISTS loyalty_points;
            CREATE TABLE loyalty_points AS
            SELECT customer_id, CAST(SUM(amount) / 10 AS INTEGER) AS points
              FROM orders WHERE status = 'paid' GROUP BY customer_id;
        """,
        split_statements=True,
        handler=fetch_all,
    )


job = dg.define_asset_job(
    "loyalty_points_refresh",
    selection=dg.AssetSelection.groups("loyalty_points_refresh"),
    tags={"airflow/dag_id": "loyalty_points_refresh"},
)
schedule = dg.ScheduleDefinition(
    name="loyalty_points_refresh_schedule", job=job, cron_schedule="20 * * * *", execution_timezone="UTC"
)
