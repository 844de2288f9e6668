"""Dagster in a fresh process, on a written project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder with Dagster's home out of the way."""
    home = folder.parent / f"{folder.name}-home"
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").touch()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": path, "HOME": str(home), "DAGSTER_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1",
             "DAGSTER_DISABLE_TELEMETRY": "yes", "LC_ALL": "C.UTF-8", **env},
    )  # fmt: skip


def run_python(folder: Path, code: str, *options: str, **env: str) -> str:
    """Run Python text in a folder; its standard output. Fails with everything the process said."""
    done = run(folder, sys.executable, *options, "-c", code, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
