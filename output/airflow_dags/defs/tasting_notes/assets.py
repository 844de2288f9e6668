"""Airflow DAG `tasting_notes` (legacy/tea_tastings.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.updates import request_on_updates


@dg.asset(
    key=["tasting_notes", "file_notes"],
    group_name="tasting_notes",
    io_manager_key="xcom_airflow_2",
    owners=["team:quality"],
    kinds={"bash"},
    metadata={"airflow/dag_id": "tasting_notes", "airflow/task_id": "file_notes"},
)
def file_notes() -> str:
    return run_bash("echo filed")


job = dg.define_asset_job(
    "tasting_notes",
    selection=dg.AssetSelection.groups("tasting_notes"),
    tags={"airflow/dag_id": "tasting_notes"},
)


@dg.sensor(job=job)
def tasting_notes_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(context, dg.AssetKey(["tea_tastings", "collect_scores"]))
