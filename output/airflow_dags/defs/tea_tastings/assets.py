"""Airflow DAG `tea_tastings` (legacy/tea_tastings.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import timedelta
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

TASTED = {"2024-03-04": {"Assam": 7, "Sencha": 9, "Keemun": 8}}

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(dag_id="tea_tastings", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["tea_tastings", "collect_scores"],
    group_name="tea_tastings",
    partitions_def=intervals,
    freshness_policy=dg.FreshnessPolicy.cron("0 2 * * *", lower_bound_delta=timedelta(hours=2)),
    pool="tasting_room",
    io_manager_key="xcom_airflow_2",
    owners=["team:quality"],
    kinds={"python"},
    metadata={"airflow/dag_id": "tea_tastings", "airflow/task_id": "collect_scores"},
)
def collect_scores(context: dg.AssetExecutionContext) -> dict[str, Any]:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    xcom: dict[str, Any] = {}
    scores = TASTED[ds]
    if min(scores.values()) < 5:
        xcom["veto"] = "none"
    xcom["best"] = max(scores, key=scores.get)
    return {**xcom, "return_value": len(scores)}


@dg.asset(
    key=["tea_tastings", "rank"],
    ins={"collect_scores": dg.AssetIn(["tea_tastings", "collect_scores"])},
    group_name="tea_tastings",
    partitions_def=intervals,
    pool="tasting_room",
    io_manager_key="xcom_airflow_2",
    owners=["team:quality"],
    kinds={"python"},
    metadata={"airflow/dag_id": "tea_tastings", "airflow/task_id": "rank"},
)
def rank(context: dg.AssetExecutionContext, collect_scores: Any) -> Any:
    airflow = airflow_dag.context(
        context, task_id="rank", xcoms={"collect_scores": collect_scores}, keyed=["collect_scores"]
    )
    ti = airflow["ti"]
    best = collect_scores.get("best")
    return ti.xcom_pull(task_ids="collect_scores", key="veto", default=best)


@dg.asset(
    key=["tea_tastings", "publish"],
    ins={"rank": dg.AssetIn(["tea_tastings", "rank"])},
    group_name="tea_tastings",
    partitions_def=intervals,
    freshness_policy=dg.FreshnessPolicy.cron("0 3 * * *", lower_bound_delta=timedelta(hours=3)),
    pool="tasting_room",
    io_manager_key="xcom_airflow_2",
    owners=["team:quality"],
    kinds={"bash"},
    metadata={"airflow/dag_id": "tea_tastings", "airflow/task_id": "publish"},
)
def publish(context: dg.AssetExecutionContext, rank: Any) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo best of {ds}: {rank}")


job = dg.define_asset_job(
    "tea_tastings",
    selection=dg.AssetSelection.groups("tea_tastings"),
    tags={"airflow/dag_id": "tea_tastings"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="tea_tastings_schedule")
