"""Airflow DAG `route_optimizer` (route_optimizer.py) as Dagster assets.

Not partitioned: no task reads its dates. Outcome graph: `region_km` is mapped; `cost` is mapped; 2 more tasks
likewise.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.mapping import task_output

REGIONS = {"north": ["van-1", "van-2"], "south": ["van-3"]}
RATE_PER_KM = {"north": 0.75, "south": 0.5}

airflow_graph = AirflowGraph(
    "route_optimizer",
    airflow="3",
    group_name="route_optimizer",
    tags={"logistics": "", "mapping": ""},
    owners=["team:logistics"],
)

airflow_graph.mapped_task_group("plan", expand={"region": task_output("regions")})


@airflow_graph.task(kinds={"python"})
def regions() -> list:
    return sorted(REGIONS)


@airflow_graph.task(expand={"region": task_output("regions")}, kinds={"python"})
def region_km(region: Any) -> Any:
    return 40 * len(REGIONS[region])


@airflow_graph.task(
    expand_kwargs=task_output("region_km")
    .zip(task_output("regions"))
    .map(lambda pair: {"km": pair[0], "region": pair[1]}),
    kinds={"python"},
)
def cost(km: Any, region: Any) -> Any:
    return km * RATE_PER_KM[region]


@airflow_graph.task(
    task_id="plan.vehicles",
    task_groups=["plan"],
    group_arguments=["region"],
    kinds={"python"},
)
def plan__vehicles(region: Any) -> Any:
    return REGIONS[region]


@airflow_graph.task(
    task_id="plan.label",
    inputs={"vehicles": "plan.vehicles"},
    task_groups=["plan"],
    kinds={"python"},
)
def plan__label(vehicles: Any) -> str:
    return "+".join(vehicles)


@airflow_graph.task(inputs={"routes": "plan.label", "costs": "cost"}, kinds={"python"})
def publish(routes: Any, costs: Any) -> list:
    return [f"{route}: {amount}" for route, amount in zip(routes, costs, strict=True)]


assets = airflow_graph.assets()

job = airflow_graph.job("route_optimizer")
schedule = dg.ScheduleDefinition(
    name="route_optimizer_schedule", job=job, cron_schedule="0 4 * * *", execution_timezone="UTC"
)
