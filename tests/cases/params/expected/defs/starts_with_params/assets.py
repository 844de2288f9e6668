"""Airflow DAG `starts_with_params` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.params import checked_conf
from ...airflow_compat.trigger import request_run, requested_runs
from ..resources import BoundedParamsParams

airflow_dag = AirflowDag(dag_id="starts_with_params", airflow="3")

bounded_params_dag = AirflowDag(dag_id="bounded_params", airflow="3")


@dg.asset(
    key=["starts_with_params", "start"],
    group_name="starts_with_params",
    metadata={"airflow/dag_id": "starts_with_params", "airflow/task_id": "start"},
)
def start(context: dg.AssetExecutionContext) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="start")
    ds = airflow["ds"]
    run_id = airflow["run_id"]
    return request_run(
        context,
        bounded_params_dag,
        ["starts_with_params", "start"],
        conf=checked_conf(BoundedParamsParams, {"day": ds, "region": "south", "verbose": run_id}),
    )


job = dg.define_asset_job(
    "starts_with_params",
    selection=dg.AssetSelection.groups("starts_with_params"),
    tags={"airflow/dag_id": "starts_with_params"},
)


@dg.sensor(job_name="bounded_params")
def starts_with_params_start_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.RunRequest | dg.SkipReason | None:
    return requested_runs(
        context,
        bounded_params_dag,
        ["starts_with_params", "start"],
        params={
            "bounded_params_params": [
                "region",
                "rows",
                "ratio",
                "code",
                "day",
                "until",
                "columns",
                "note",
                "verbose",
            ]
        },
    )
