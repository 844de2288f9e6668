"""Airflow DAG `feed_failover`: its assets, what they depend on, and what starts them are there."""

import dagster as dg

UPSTREAM: dict[str, list[str]] = {
    "feed_failover/make_scratch": [],
    "feed_failover/archive": ["feed_failover/make_scratch"],
    "feed_failover/primary": ["feed_failover/make_scratch"],
    "feed_failover/announce": ["feed_failover/primary"],
    "feed_failover/no_primary": ["feed_failover/primary"],
    "feed_failover/merge": ["feed_failover/archive", "feed_failover/primary"],
    "feed_failover/mirror": ["feed_failover/make_scratch"],
    "feed_failover/no_mirror": ["feed_failover/mirror"],
    "feed_failover/answered": ["feed_failover/archive", "feed_failover/mirror", "feed_failover/primary"],
    "feed_failover/complete": ["feed_failover/archive", "feed_failover/mirror"],
    "feed_failover/drop_scratch": ["feed_failover/make_scratch", "feed_failover/merge"],
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
    job = definitions.resolve_job_def("feed_failover")
    selected = {key.to_user_string() for key in job.asset_layer.selected_asset_keys}
    assert selected == set(UPSTREAM) | {"feed_failover"}


def test_schedule(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("feed_failover_schedule")
    assert schedule.job_name == "feed_failover"
    assert schedule.cron_schedule == "15 5 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
