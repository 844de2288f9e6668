"""Airflow DAG `call_center_kpis`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "call_center_kpis/fetch_calls": [],
    "call_center_kpis/has_calls": ["call_center_kpis/fetch_calls"],
    "call_center_kpis/pick_report": ["call_center_kpis/has_calls"],
    "call_center_kpis/daily_report": ["call_center_kpis/pick_report"],
    "call_center_kpis/weekly_report": ["call_center_kpis/pick_report"],
    "call_center_kpis/join": ["call_center_kpis/daily_report", "call_center_kpis/weekly_report"],
    "call_center_kpis/audit": ["call_center_kpis/join"],
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
    job = definitions.resolve_job_def("call_center_kpis")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM) | {"call_center_kpis"}


def test_schedule(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("call_center_kpis_schedule")
    assert schedule.job_name == "call_center_kpis"
    assert schedule.cron_schedule == "30 22 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
