"""Airflow DAG `call_center_kpis` (legacy/call_center_kpis.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `has_calls` decides which tasks run after it;
`pick_report` decides which tasks run after it; 2 more tasks likewise.
"""

import json
import os
from typing import Any

import dagster as dg

from ...airflow_compat.connections import get_connection
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph
from ..resources import HttpResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="30 22 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def report(kind, ti, **kwargs):
    seconds = {}
    for call in ti.xcom_pull(task_ids="fetch_calls", key="calls"):
        seconds[call["agent"]] = seconds.get(call["agent"], 0) + call["seconds"]
    name = "calls_%s_%s.json" % (kind, kwargs["ds"])
    with open(os.path.join(os.environ["EXPORT_DIR"], name), "w") as out:
        json.dump(seconds, out, sort_keys=True)
    return name


airflow_dag = AirflowDag(dag_id="call_center_kpis", airflow="2", cron="30 22 * * *")

airflow_graph = AirflowGraph(
    "call_center_kpis",
    airflow="2",
    airflow_dag=airflow_dag,
    group_name="call_center_kpis",
    owners=["team:customer_care"],
    partitions_def=intervals,
    io_manager_key="xcom_airflow_2",
)


@airflow_graph.task(keyed=True, kinds={"python"})
def fetch_calls(shop_api: HttpResource) -> dict[str, Any]:
    xcom: dict[str, Any] = airflow_graph.xcom()
    calls = shop_api.using(method="GET").run("calls").json()["calls"]
    xcom["calls"] = calls
    return {**xcom, "return_value": len(calls)}


@airflow_graph.task(
    inputs={"fetch_calls": "fetch_calls"},
    kind="short_circuit",
    kinds={"python"},
)
def has_calls(fetch_calls: Any) -> Any:
    return fetch_calls.get("return_value") > 0


@airflow_graph.task(
    upstream=["has_calls"],
    kind="branch",
    kinds={"python"},
)
def pick_report(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="pick_report")
    execution_date = airflow["execution_date"]
    # Monday's logical date: the report of the week that has passed
    return "weekly_report" if execution_date.weekday() == 0 else "daily_report"


@airflow_graph.task(
    upstream=["pick_report"],
    inputs={"fetch_calls": "fetch_calls"},
    kinds={"python"},
)
def daily_report(context: dg.OpExecutionContext, fetch_calls: Any) -> Any:
    airflow = airflow_dag.context(
        context, task_id="daily_report", xcoms={"fetch_calls": fetch_calls}, keyed=["fetch_calls"]
    )
    return report(kind="daily", ti=airflow["ti"], **airflow.as_kwargs(without={"ti"}))


@airflow_graph.task(
    upstream=["pick_report"],
    inputs={"fetch_calls": "fetch_calls"},
    kinds={"python"},
)
def weekly_report(context: dg.OpExecutionContext, fetch_calls: Any) -> Any:
    airflow = airflow_dag.context(
        context, task_id="weekly_report", xcoms={"fetch_calls": fetch_calls}, keyed=["fetch_calls"]
    )
    return report(kind="weekly", ti=airflow["ti"], **airflow.as_kwargs(without={"ti"}))


@airflow_graph.task(upstream=["daily_report", "weekly_report"], trigger_rule="one_success")
def join() -> None:
    pass


@airflow_graph.task(
    upstream=["join"],
    trigger_rule="all_done",
    kinds={"python"},
)
def audit(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="audit")
    run_id = airflow["run_id"]
    return "%s by %s" % (run_id.split("__")[0], get_connection("shop_api").login)


assets = airflow_graph.assets()

job = airflow_graph.job("call_center_kpis", description="Calls per agent")
schedule = dg.build_schedule_from_partitioned_job(job, name="call_center_kpis_schedule")
