"""Airflow DAG `feed_failover` (feed_failover.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `announce` (always) looks at how other tasks
ended; `no_primary` (all_failed) looks at how other tasks ended; 6 more tasks likewise.
"""

import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.graph import AirflowGraph

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="15 5 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_graph = AirflowGraph(
    "feed_failover",
    airflow="3",
    group_name="feed_failover",
    tags={"pricing": ""},
    owners=["team:pricing"],
    partitions_def=intervals,
)


@airflow_graph.task(is_setup=True, kinds={"python"})
def make_scratch() -> None:
    SCRATCH = Path(os.environ["EXPORT_DIR"], "feeds")
    SCRATCH.mkdir(exist_ok=True)


@airflow_graph.task(upstream=["make_scratch"], kinds={"bash"})
def archive() -> str:
    return run_bash(f"echo 'TEA-001;4.40' > {Path(os.environ['EXPORT_DIR'], 'feeds')}/archive.csv && echo 1")


@airflow_graph.task(upstream=["make_scratch"], kinds={"python"})
def primary() -> Any:
    PRICES = Path(os.environ["LANDING_DIR"], "competitors")
    return PRICES.joinpath("primary.csv").read_text()


@airflow_graph.task(
    upstream=["primary"],
    trigger_rule="always",
    kinds={"bash"},
)
def announce(context: dg.OpExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo fetching {ds}")


@airflow_graph.task(
    upstream=["primary"],
    trigger_rule="all_failed",
    kinds={"bash"},
)
def no_primary() -> str:
    return run_bash("echo the primary feed is down")


@airflow_graph.task(
    upstream=["archive", "primary"],
    trigger_rule="all_done_min_one_success",
    kinds={"bash"},
)
def merge() -> str:
    return run_bash(
        f"cat {Path(os.environ['EXPORT_DIR'], 'feeds')}/*.csv | tee {Path(os.environ['EXPORT_DIR'], 'feeds')}.txt"
    )


@airflow_graph.task(upstream=["make_scratch"], kinds={"python"})
def mirror(context: dg.OpExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    PRICES = Path(os.environ["LANDING_DIR"], "competitors")
    file = PRICES / f"mirror-{ds}.csv"
    if not file.exists():
        raise AirflowSkipException(f"nothing was mirrored on {ds}")
    return file.read_text()


@airflow_graph.task(upstream=["mirror"], trigger_rule="all_skipped")
def no_mirror() -> None:
    pass


@airflow_graph.task(upstream=["archive", "mirror", "primary"], trigger_rule="one_done")
def answered() -> None:
    pass


@airflow_graph.task(upstream=["archive", "mirror"], trigger_rule="none_skipped")
def complete() -> None:
    pass


@airflow_graph.task(
    upstream=["make_scratch", "merge"],
    is_teardown=True,
    description="Runs whatever became of the feeds; gives how many files they had left.",
    kinds={"python"},
)
def drop_scratch() -> int:
    SCRATCH = Path(os.environ["EXPORT_DIR"], "feeds")
    files = list(SCRATCH.iterdir())
    for file in files:
        file.unlink()
    SCRATCH.rmdir()
    return len(files)


assets = airflow_graph.assets()

job = airflow_graph.job("feed_failover")
schedule = dg.build_schedule_from_partitioned_job(job, name="feed_failover_schedule")
