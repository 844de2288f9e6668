"""Plans the delivery routes of every region and what they cost: a mapped group, and mapping over mapped results."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import dag, task, task_group

REGIONS = {"north": ["van-1", "van-2"], "south": ["van-3"]}
RATE_PER_KM = {"north": 0.75, "south": 0.5}


@dag(
    schedule="0 4 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "logistics"},
    tags=["logistics", "mapping"],
)
def route_optimizer():
    @task
    def regions() -> list[str]:
        return sorted(REGIONS)

    @task
    def region_km(region: str) -> int:
        return 40 * len(REGIONS[region])

    @task_group
    def plan(region: str):
        @task
        def vehicles(region: str) -> list[str]:
            return REGIONS[region]

        @task
        def label(vehicles: list[str]) -> str:
            return "+".join(vehicles)

        return label(vehicles(region))

    @task
    def cost(km: int, region: str) -> float:
        return km * RATE_PER_KM[region]

    @task
    def publish(routes: list[str], costs: list[float]) -> list[str]:
        return [f"{route}: {amount}" for route, amount in zip(routes, costs, strict=True)]

    listed = regions()
    distances = region_km.expand(region=listed)
    # A second mapping over the results of the first, and a group that is mapped as a whole.
    costs = cost.expand_kwargs(distances.zip(listed).map(lambda pair: {"km": pair[0], "region": pair[1]}))
    publish(plan.expand(region=listed), costs)


route_optimizer()
