"""Airflow DAG `order_mart`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "order_mart/create_layers": [],
    "order_mart/clear_day": ["order_mart/create_layers"],
    "order_mart/stg_orders": ["order_mart/clear_day"],
    "order_mart/stg_columns": ["order_mart/stg_orders"],
    "order_mart/stg_table": ["order_mart/stg_orders"],
    "order_mart/mart_orders_by_country": ["order_mart/stg_columns", "order_mart/stg_table"],
    "order_mart/source_revenue": [],
    "order_mart/revenue_matches_source": ["order_mart/mart_orders_by_country", "order_mart/source_revenue"],
    "order_mart/orders_plausible": ["order_mart/mart_orders_by_country"],
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
    ("order_mart/create_layers", "source_has_orders"),
}


def test_asset_checks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert {(key.asset_key.to_user_string(), key.name) for key in graph.asset_check_keys} >= CHECKS


def test_job_runs_the_assets(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("order_mart")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM)


def test_sensor_order_mart_sensor(definitions: dg.Definitions) -> None:
    sensor = definitions.resolve_sensor_def("order_mart_sensor")
    assert sensor.job_name == "order_mart"
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
