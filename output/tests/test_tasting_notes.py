"""Airflow DAG `tasting_notes`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "tasting_notes/file_notes": [],
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
    job = definitions.resolve_job_def("tasting_notes")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM)


def test_sensor_tasting_notes_asset_sensor(definitions: dg.Definitions) -> None:
    sensor = definitions.resolve_sensor_def("tasting_notes_asset_sensor")
    assert sensor.job_name == "tasting_notes"
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
