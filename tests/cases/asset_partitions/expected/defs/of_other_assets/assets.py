"""Airflow DAG `of_other_assets` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.events import Asset


@dg.asset(
    key=["of_other_assets", "of_other_assets"],
    group_name="of_other_assets",
    kinds={"python"},
    metadata={"airflow/dag_id": "of_other_assets", "airflow/task_id": "of_other_assets"},
)
def of_other_assets() -> Any:
    cities = Asset("cities", "s3://lake/cities")
    regions = Asset("regions", "s3://lake/regions")
    return [cities.name, regions.uri]


job = dg.define_asset_job(
    "of_other_assets",
    selection=dg.AssetSelection.groups("of_other_assets"),
    tags={"airflow/dag_id": "of_other_assets"},
)
