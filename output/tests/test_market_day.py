"""Airflow DAG `market_day`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "market_day/weekday": [],
    "market_day/open_stall": ["market_day/weekday"],
    "market_day/stay_inside": ["market_day/weekday"],
    "market_day/staffed": ["market_day/open_stall", "market_day/stay_inside"],
    "market_day/early": [],
    "market_day/bake": ["market_day/early"],
    "market_day/reheat": ["market_day/early"],
    "market_day/enough_products": [],
    "market_day/display.fill_shelves": ["market_day/enough_products"],
    "market_day/display.photograph": ["market_day/display.fill_shelves"],
    "market_day/order_more": ["market_day/enough_products"],
    "market_day/which_tills": [],
    "market_day/tills.count": ["market_day/which_tills"],
    "market_day/tills.seal": ["market_day/which_tills"],
    "market_day/tills_closed": ["market_day/which_tills"],
    "market_day/in_season": [],
    "market_day/ice_cream": ["market_day/in_season"],
    "market_day/clean_up": ["market_day/ice_cream"],
    "market_day/is_leap_day": [],
    "market_day/celebrate": ["market_day/is_leap_day"],
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
    job = definitions.resolve_job_def("market_day")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM) | {"market_day"}


def test_schedule(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("market_day_schedule")
    assert schedule.job_name == "market_day"
    assert schedule.cron_schedule == "0 6 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
