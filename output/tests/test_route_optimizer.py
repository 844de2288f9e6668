"""Airflow DAG `route_optimizer`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "route_optimizer/regions": [],
    "route_optimizer/region_km": ["route_optimizer/regions"],
    "route_optimizer/cost": ["route_optimizer/region_km", "route_optimizer/regions"],
    "route_optimizer/plan.vehicles": ["route_optimizer/regions"],
    "route_optimizer/plan.label": ["route_optimizer/plan.vehicles"],
    "route_optimizer/publish": ["route_optimizer/cost", "route_optimizer/plan.label"],
}


def test_assets_and_what_they_depend_on(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    nodes = {node.key.to_user_string(): node for node in graph.asset_nodes}
    found = {
        key: sorted(parent.to_user_string() for parent in nodes[key].parent_keys)
        for key in UPSTREAM
        if key in nodes
    }
    assert found == {key: sorted(parents) for key, parents in UPSTREAM.items()}


def test_job_runs_the_assets(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("route_optimizer")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM) | {"route_optimizer"}


def test_schedule(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("route_optimizer_schedule")
    assert schedule.job_name == "route_optimizer"
    assert schedule.cron_schedule == "0 4 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
