"""Airflow DAG `market_day` (market_day.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `weekday` decides which tasks run after it;
`staffed` (none_failed_min_one_success) looks at how other tasks ended; 6 more tasks likewise.
"""

from datetime import time
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.branches import truth, within
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph
from ..resources import SqliteResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 6 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="market_day", airflow="3", cron="0 6 * * *", data_intervals=False)

airflow_graph = AirflowGraph(
    "market_day",
    airflow="3",
    airflow_dag=airflow_dag,
    group_name="market_day",
    tags={"stores": ""},
    owners=["team:stores"],
    partitions_def=intervals,
)


@airflow_graph.task(kind="branch")
def weekday(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="weekday")
    return "open_stall" if airflow["logical_date"].isoweekday() in {2, 5} else "stay_inside"


@airflow_graph.task(upstream=["weekday"], kinds={"bash"})
def open_stall(context: dg.OpExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo market on {ds}")


@airflow_graph.task(upstream=["weekday"])
def stay_inside() -> None:
    pass


@airflow_graph.task(upstream=["open_stall", "stay_inside"], trigger_rule="none_failed_min_one_success")
def staffed() -> None:
    pass


@airflow_graph.task(kind="branch")
def early(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="early")
    return ["bake"] if within(airflow["logical_date"], time(5, 0, 0), time(9, 0, 0)) else ["reheat"]


@airflow_graph.task(upstream=["early"], kinds={"bash"})
def bake() -> str:
    return run_bash("echo baking")


@airflow_graph.task(upstream=["early"])
def reheat() -> None:
    pass


@airflow_graph.task(
    kind="branch",
    do_xcom_push=False,
    kinds={"sql"},
)
def enough_products(warehouse: SqliteResource) -> Any:
    return (
        "display.fill_shelves"
        if truth(warehouse.get_first("SELECT COUNT(*) >= 3 FROM products"))
        else "order_more"
    )


@airflow_graph.task(
    task_id="display.fill_shelves",
    upstream=["enough_products"],
    task_groups=["display"],
    kinds={"bash"},
)
def display__fill_shelves() -> str:
    return run_bash("echo filled")


@airflow_graph.task(
    task_id="display.photograph",
    upstream=["display.fill_shelves"],
    task_groups=["display"],
    kinds={"bash"},
)
def display__photograph() -> str:
    return run_bash("echo done")


@airflow_graph.task(upstream=["enough_products"])
def order_more() -> None:
    pass


@airflow_graph.task(
    kind="branch",
    description="A whole group of tasks, or one of them that stands beside it.",
    kinds={"python"},
)
def which_tills(context: dg.OpExecutionContext) -> Any:
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    return "tills" if int(ds_nodash or 0) % 2 else "tills_closed"


@airflow_graph.task(
    task_id="tills.count",
    upstream=["which_tills"],
    task_groups=["tills"],
)
def tills__count() -> None:
    pass


@airflow_graph.task(
    task_id="tills.seal",
    upstream=["which_tills"],
    task_groups=["tills"],
)
def tills__seal() -> None:
    pass


@airflow_graph.task(upstream=["which_tills"])
def tills_closed() -> None:
    pass


@airflow_graph.task(
    kind="short_circuit",
    ignore_downstream_trigger_rules=False,
    kinds={"python"},
)
def in_season(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="in_season")
    logical_date = airflow["logical_date"]
    return logical_date.month in (6, 7, 8)


@airflow_graph.task(upstream=["in_season"])
def ice_cream() -> None:
    pass


@airflow_graph.task(
    upstream=["ice_cream"],
    trigger_rule="all_done",
    kinds={"bash"},
)
def clean_up() -> str:
    return run_bash("echo clean")


@airflow_graph.task(kind="short_circuit", kinds={"python"})
def is_leap_day(context: dg.OpExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return bool(ds and ds.endswith("02-29"))


@airflow_graph.task(upstream=["is_leap_day"], kinds={"bash"})
def celebrate() -> str:
    return run_bash("echo once in four years")


assets = airflow_graph.assets()

job = airflow_graph.job("market_day")
schedule = dg.build_schedule_from_partitioned_job(job, name="market_day_schedule")
