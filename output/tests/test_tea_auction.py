"""Airflow DAG `tea_auction`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "tea_auction/mombasa": [],
    "tea_auction/colombo": [],
    "tea_auction/bid": ["tea_auction/colombo", "tea_auction/mombasa"],
    "tea_auction/sealed_offers": [],
    "tea_auction/open_offer": ["tea_auction/sealed_offers"],
    "tea_auction/spent": ["tea_auction/bid", "tea_auction/open_offer"],
    "tea_auction/payment": ["tea_auction/spent"],
    "tea_auction/by_letter_of_credit": ["tea_auction/payment"],
    "tea_auction/in_cash": ["tea_auction/payment"],
    "tea_auction/settle": ["tea_auction/by_letter_of_credit", "tea_auction/in_cash"],
    "tea_auction/print_catalogue": ["tea_auction/colombo", "tea_auction/mombasa"],
    "tea_auction/file_report": ["tea_auction/settle"],
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
    job = definitions.resolve_job_def("tea_auction")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM) | {"tea_auction"}


def test_schedule(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("tea_auction_schedule")
    assert schedule.job_name == "tea_auction"
    assert schedule.cron_schedule == "0 8 * * 2"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED


def test_sensor_tea_auction_on_success(definitions: dg.Definitions) -> None:
    assert (
        definitions.resolve_sensor_def("tea_auction_on_success").default_status
        == dg.DefaultSensorStatus.STOPPED
    )


def test_sensor_tea_auction_on_failure(definitions: dg.Definitions) -> None:
    assert (
        definitions.resolve_sensor_def("tea_auction_on_failure").default_status
        == dg.DefaultSensorStatus.STOPPED
    )
