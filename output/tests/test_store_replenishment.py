"""Airflow DAG `store_replenishment`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "store_replenishment/inputs_ready": [],
    "store_replenishment/forecasts.forecast_berlin": ["store_replenishment/inputs_ready"],
    "store_replenishment/forecasts.forecast_tokyo": ["store_replenishment/inputs_ready"],
    "store_replenishment/quality.format.check_header": ["store_replenishment/inputs_ready"],
    "store_replenishment/quality.volume.check_volume": ["store_replenishment/quality.format.check_header"],
    "store_replenishment/proposals_berlin.shortage": ["store_replenishment/forecasts.forecast_berlin"],
    "store_replenishment/proposals_berlin.save": ["store_replenishment/proposals_berlin.shortage"],
    "store_replenishment/proposals_tokyo.shortage": ["store_replenishment/forecasts.forecast_tokyo"],
    "store_replenishment/proposals_tokyo.save": ["store_replenishment/proposals_tokyo.shortage"],
    "store_replenishment/lock_planning": [
        "store_replenishment/forecasts.forecast_berlin",
        "store_replenishment/forecasts.forecast_tokyo",
        "store_replenishment/proposals_berlin.save",
        "store_replenishment/proposals_tokyo.save",
    ],
    "store_replenishment/announce_planning": ["store_replenishment/quality.volume.check_volume"],
    "store_replenishment/pick_list": [
        "store_replenishment/announce_planning",
        "store_replenishment/lock_planning",
        "store_replenishment/proposals_berlin.save",
        "store_replenishment/proposals_tokyo.save",
    ],
    "store_replenishment/truck_list": [
        "store_replenishment/announce_planning",
        "store_replenishment/lock_planning",
    ],
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
    job = definitions.resolve_job_def("store_replenishment")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM)


def test_schedule(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("store_replenishment_schedule")
    assert schedule.job_name == "store_replenishment"
    assert schedule.cron_schedule == "0 22 * * 1-5"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
