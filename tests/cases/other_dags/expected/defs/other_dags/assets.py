"""Airflow DAG `other_dags` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import timedelta
from typing import Any

import dagster as dg

from ...airflow_compat.crossdag import other_dag_done
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import poke_until
from ...airflow_compat.task import airflow_task
from ...airflow_compat.trigger import request_run, requested_runs

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def day_before(logical_date, ds=None):
    """The orders of the day before."""
    return logical_date - timedelta(days=1)


airflow_dag = AirflowDag(dag_id="other_dags", airflow="3", cron="0 0 * * *", data_intervals=False)

orders_dag = AirflowDag(dag_id="orders", airflow="3", cron="0 3 * * *", data_intervals=False)

cleanup_dag = AirflowDag(dag_id="cleanup", airflow="3", cron="0 0 * * *", data_intervals=False)

reports_dag = AirflowDag(dag_id="reports", airflow="3")


@dg.asset(
    key=["other_dags", "one"],
    deps=[["orders", "ready"]],
    group_name="other_dags",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "one"},
)
@airflow_task()
def one(context: dg.AssetExecutionContext) -> None:
    poke_until(
        lambda: other_dag_done(
            context,
            orders_dag,
            context.partition_time_window.start + timedelta(hours=3),
            tasks=[["orders", "ready"]],
            skipped_states=["skipped"],
            failed_states=["failed"],
        ),
        timeout=600,
    )


@dg.asset(
    key=["other_dags", "group"],
    deps=[["orders", "regions.load_eu"], ["orders", "regions.load_us"]],
    group_name="other_dags",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "group"},
)
@airflow_task()
def group(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="group")
    poke_until(
        lambda: other_dag_done(
            context,
            orders_dag,
            day_before(airflow["logical_date"], ds=context.partition_time_window.start.strftime("%Y-%m-%d")),
            tasks=[["orders", "regions.load_eu"], ["orders", "regions.load_us"]],
            together=True,
            soft_fail=True,
        ),
        soft_fail=True,
    )


@dg.asset(
    key=["other_dags", "whole"],
    deps=[["orders", "ready"], ["orders", "told"]],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "whole"},
)
def whole(context: dg.AssetExecutionContext) -> None:
    poke_until(lambda: other_dag_done(context, orders_dag, context.partition_time_window.start))


@dg.asset(
    key=["other_dags", "graph"],
    deps=[["cleanup"]],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "graph"},
)
def graph(context: dg.AssetExecutionContext) -> None:
    poke_until(
        lambda: other_dag_done(
            context, cleanup_dag, context.partition_time_window.start, allowed_states=["success", "failed"]
        )
    )


@dg.asset(
    key=["other_dags", "before"],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "before"},
)
def before(context: dg.AssetExecutionContext) -> None:
    poke_until(
        lambda: other_dag_done(
            context,
            airflow_dag,
            context.partition_time_window.start - timedelta(days=1),
            tasks=[["other_dags", "wait"]],
        )
    )


@dg.asset(
    key=["other_dags", "start"],
    deps=[
        ["other_dags", "before"],
        ["other_dags", "graph"],
        ["other_dags", "group"],
        ["other_dags", "one"],
        ["other_dags", "whole"],
    ],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "start"},
)
def start(context: dg.AssetExecutionContext) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="start")
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    logical_date = airflow["logical_date"]
    return request_run(
        context,
        reports_dag,
        ["other_dags", "start"],
        conf={"day": ds},
        run_id=f"report {ds}",
        logical_date=f"{logical_date}",
        reset=True,
        wait_for_completion=True,
        poke_interval=10,
        allowed_states=["success", "failed"],
        failed_states=[],
    )


@dg.asset(
    key=["other_dags", "again"],
    deps=[["other_dags", "start"]],
    group_name="other_dags",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "again"},
)
@airflow_task()
def again(context: dg.AssetExecutionContext) -> dict[str, Any]:
    return request_run(context, orders_dag, ["other_dags", "again"], skip_when_already_exists=True)


@dg.asset(
    key=["other_dags", "mark"],
    deps=[["other_dags", "start"]],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "mark"},
)
def mark() -> None:
    pass


@dg.asset(
    key=["other_dags", "wait"],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "wait"},
)
def wait() -> None:
    raise NotImplementedError(
        "A2D408: It waits for the DAG `elsewhere`, which is not among those that were converted."
    )


@dg.asset(
    key=["other_dags", "lost"],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "lost"},
)
def lost() -> None:
    raise NotImplementedError("A2D408: It waits for the task `gone`, which `orders` is not known to have.")


@dg.asset(
    key=["other_dags", "unknown"],
    group_name="other_dags",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "other_dags", "airflow/task_id": "unknown"},
)
def unknown() -> dict[str, Any]:
    raise NotImplementedError("A2D408: Which DAG it starts is only known when it runs.")


job = dg.define_asset_job(
    "other_dags", selection=dg.AssetSelection.groups("other_dags"), tags={"airflow/dag_id": "other_dags"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="other_dags_schedule")


@dg.sensor(job_name="reports")
def other_dags_start_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.RunRequest | dg.SkipReason | None:
    return requested_runs(
        context, reports_dag, ["other_dags", "start"], params={"reports_params": ["day", "full"]}
    )


@dg.sensor(job_name="orders")
def other_dags_again_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.RunRequest | dg.SkipReason | None:
    return requested_runs(context, orders_dag, ["other_dags", "again"], partitioned=True)
