"""Airflow DAG `daily_sales_etl`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "daily_sales_etl/create_tables": [],
    "daily_sales_etl/merge_store_files": [],
    "daily_sales_etl/load_staging": ["daily_sales_etl/create_tables", "daily_sales_etl/merge_store_files"],
    "daily_sales_etl/build_fact": ["daily_sales_etl/load_staging"],
    "daily_sales_etl/export_summary": ["daily_sales_etl/build_fact", "daily_sales_etl/load_staging"],
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
    job = definitions.resolve_job_def("daily_sales_etl")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM)


def test_sensor_daily_sales_etl_sensor(definitions: dg.Definitions) -> None:
    sensor = definitions.resolve_sensor_def("daily_sales_etl_sensor")
    assert sensor.job_name == "daily_sales_etl"
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
