"""All sample runs of one Airflow line, made by one process in one world.

with samples_on_airflow(sys.executable, "3", folder, cache) as outcome:
    outcome.record(sample, sample.runs[0])["xcoms"]
    outcome.world.rows("SELECT ...")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .engines import on_airflow
from .sample_world import SAMPLE_DAGS, World, sample_world
from .samples import SAMPLES, Run, Sample


@dataclass(frozen=True)
class Outcome:
    world: World
    runs: list[dict[str, Any]]  # as airflow_run.py describes them

    def record(self, sample: Sample, run: Run) -> dict[str, Any]:
        """What came of a run: one that was asked for, or one that another run triggered."""
        date = dt.datetime.fromisoformat(run.logical_date)
        for record in self.runs:
            kind = "triggered" if record["triggered_by"] else record["run_type"]
            same = dt.datetime.fromisoformat(record["logical_date"]) == date
            if (record["dag_id"], kind, same) == (sample.dag_id, run.run_type, True):
                return record
        raise LookupError(f"no {run.run_type} run of {sample.dag_id} at {date}")


@contextmanager
def samples_on_airflow(python: str, line: str, folder: Path, cache: Path) -> Iterator[Outcome]:
    """The servers of the world stay up until the block ends; `cache` keeps the empty Airflow database."""
    runs = [
        {"file": s.file, "dag_id": s.dag_id, "logical_date": r.logical_date, "run_type": r.run_type, "conf": r.conf}
        for s in SAMPLES
        if s.airflow == line and s.executed
        for r in s.runs
        if r.run_type != "triggered"
    ]
    with sample_world(folder / "world") as world:
        yield Outcome(world, on_airflow(python, SAMPLE_DAGS, runs, world, folder, cache))
