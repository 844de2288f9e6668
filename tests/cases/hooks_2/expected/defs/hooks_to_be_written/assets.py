"""Airflow DAG `hooks_to_be_written` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


def decide(context):
    print(context)


@dg.asset(
    key=["hooks_to_be_written", "both"],
    group_name="hooks_to_be_written",
    metadata={"airflow/dag_id": "hooks_to_be_written", "airflow/task_id": "both"},
)
def both() -> None:
    raise NotImplementedError(
        "A2D303: `pre_execute` of `both` is called only if the method `pre_execute` of its class does that"
    )


@dg.asset(
    key=["hooks_to_be_written", "unknown"],
    group_name="hooks_to_be_written",
    metadata={"airflow/dag_id": "hooks_to_be_written", "airflow/task_id": "unknown"},
)
def unknown() -> None:
    raise NotImplementedError(
        "A2D303: `pre_execute` of `unknown` is no function that is known before the run"
    )


@dg.asset(
    key=["hooks_to_be_written", "result_of_a_sensor"],
    group_name="hooks_to_be_written",
    metadata={"airflow/dag_id": "hooks_to_be_written", "airflow/task_id": "result_of_a_sensor"},
)
def result_of_a_sensor() -> None:
    raise NotImplementedError(
        "A2D303: `post_execute` of `result_of_a_sensor` looks at what a PythonSensor returns, which its asset may not"
    )


job = dg.define_asset_job(
    "hooks_to_be_written",
    selection=dg.AssetSelection.groups("hooks_to_be_written"),
    tags={"airflow/dag_id": "hooks_to_be_written"},
)
