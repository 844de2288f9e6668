"""Partitions of Airflow's assets: the keys that runs have, and what tasks see of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from support.cases import CASES
from support.converted import convert

from migrator.verify.evidence import Verification

from .conftest import detail, wrong_copy

PARTITIONED = ("hourly", "the_day_before", "catching_up", "without_start")
SCHEDULE = 'schedule = dg.build_schedule_from_partitioned_job(job, name="hourly_schedule")'
OTHERS = """
@dg.schedule(name="hourly_schedule", cron_schedule="0 * * * *", job=job, execution_timezone="UTC")
def schedule(context):
    tick = context.scheduled_execution_time.strftime(intervals.fmt)
    return dg.RunRequest(partition_key="2026-03-01T02:00:00") if tick >= "2026-03-01T02" else dg.SkipReason("")
"""
"""The same ticks, which are all about the first partition."""
MODULE = "airflow_dags/defs/hourly/assets.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("partitions")
    (folder / "dags").mkdir()
    copy(CASES / "asset_partitions" / "dag.py", folder / "dags")
    return folder / "dags", convert(folder / "dags", folder / "defs").folder


def test_runs_are_about_the_same_partitions(verified: Callable[..., Verification], project: tuple[Path, Path]) -> None:
    kinds = ("load", "graph", "ticks", "templates", "run")
    found = verified(*project, kinds=kinds, dag_ids=PARTITIONED, world=None, seconds=200)
    assert [one for one in found.evidence if one.outcome != "passed"] == []
    assert len(found.evidence) == len(kinds) * len(PARTITIONED)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ([(SCHEDULE, OTHERS)], "is about the partition '2026-03-01T03:00:00' in Airflow, not so in Dagster"),
        ([('fmt="%Y-%m-%dT%H:%M:%S"', 'fmt="%Y-%m-%d %H"'), ("01T02:00:00", "01 02")], "does not match format"),
    ],
)
def test_other_partitions_are_told(
    verified: Callable[..., Verification],
    project: tuple[Path, Path],
    tmp_path: Path,
    changes: list[tuple[str, str]],
    difference: str,
) -> None:
    dags, defs = project
    wrong = wrong_copy(defs, tmp_path / "defs", *((MODULE, old, new) for old, new in changes))
    found = verified(dags, wrong, kinds=("ticks",), dag_ids=("hourly",))
    assert difference in detail(found, "hourly", "ticks")
