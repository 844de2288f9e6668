"""A conversion on disk, and its migration.json as the tests ask about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from migrator import migrate
from migrator.write import write

WITHOUT_AIRFLOW = Path(__file__).with_name("without_airflow")
Record = dict[str, Any]
ROOT = Path(__file__).parents[2]

# What Dagster calls deprecated must not be in generated code; this one it reads itself, of every schedule.
_OWN = "ignore:Property `ScheduleDefinition.environment_vars`:DeprecationWarning"
DEPRECATIONS_ARE_ERRORS = {"PYTHONWARNINGS": f"error::DeprecationWarning,{_OWN}"}


@dataclass(frozen=True)
class Converted:
    """The folder of a generated project, with the records in it."""

    folder: Path

    @cached_property
    def record(self) -> Record:
        return dict(json.loads((self.folder / "migration.json").read_text()))

    @cached_property
    def dags(self) -> dict[str, Record]:
        return {dag["dag_id"]: dag for dag in self.record["dags"]}

    def tasks(self, dag_id: str) -> dict[str, Record]:
        return {task["task_id"]: task for task in self.dags[dag_id]["tasks"]}

    def findings(self, dag_id: str, task_id: str = "") -> list[Record]:
        """Those of a DAG, or of one of its tasks."""
        return [
            row
            for row in self.record["findings"]
            if row["dag_id"] == dag_id and (not task_id or row["task_id"] == task_id)
        ]

    def files(self) -> dict[str, bytes]:
        """Every file of the project by path, but caches."""
        paths = [path for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def convert(dags: Path, folder: Path) -> Converted:
    """Convert a folder of DAG files into a new folder."""
    outcome = write(migrate(dags).rendered, folder)
    assert outcome.ok, outcome.findings
    return Converted(folder)


def without_airflow(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process that cannot import Airflow, nor anything of ours; its Dagster keeps to itself."""
    here = {"PYTHONPATH": str(WITHOUT_AIRFLOW), "DAGSTER_DISABLE_TELEMETRY": "yes", "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **(env or {}), **here}


def run_python(folder: Path, *arguments: str, seconds: float = 300, **env: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python without Airflow in a folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=without_airflow(env),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def undefined_names(folder: Path) -> str:
    """What ruff says of names that are used and not defined, or defined twice, in a project's Python."""
    command = ["ruff", "check", "--isolated", "--no-cache", "--select=F821,F811", "--output-format=concise", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", *command, "."], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
