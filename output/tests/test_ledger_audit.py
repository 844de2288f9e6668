"""Airflow DAG `ledger_audit`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "ledger_audit/wait_for_postings": ["ledger_postings/post_day"],
    "ledger_audit/difference": ["ledger_audit/wait_for_postings"],
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
    job = definitions.resolve_job_def("ledger_audit")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM)


def test_schedule(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("ledger_audit_schedule")
    assert schedule.job_name == "ledger_audit"
    assert schedule.cron_schedule == "0 21 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
