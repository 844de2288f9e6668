"""Airflow DAG `erp_nightly_load`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "erp_nightly_load/start": [],
    "erp_nightly_load/extract_customers": ["erp_nightly_load/start"],
    "erp_nightly_load/extract_products": ["erp_nightly_load/start"],
    "erp_nightly_load/publish": ["erp_nightly_load/extract_customers", "erp_nightly_load/extract_products"],
    "erp_nightly_load/write_marker": ["erp_nightly_load/publish"],
    "erp_nightly_load/end": ["erp_nightly_load/write_marker"],
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


CHECKS = {
    ("erp_nightly_load/extract_customers", "check_customers"),
    ("erp_nightly_load/extract_products", "check_products"),
}


def test_asset_checks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert {(key.asset_key.to_user_string(), key.name) for key in graph.asset_check_keys} >= CHECKS


def test_job_runs_the_assets(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("erp_nightly_load")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM)


def test_sensor_erp_nightly_load_sensor(definitions: dg.Definitions) -> None:
    sensor = definitions.resolve_sensor_def("erp_nightly_load_sensor")
    assert sensor.job_name == "erp_nightly_load"
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
