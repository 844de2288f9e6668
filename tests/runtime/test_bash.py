"""What is particular to commands in Dagster: they print, and they do not outlive their task."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from migrator.runtime.compat.bash import run_bash
from migrator.runtime.compat.exceptions import AirflowException, AirflowTaskTimeout
from migrator.runtime.compat.tries import time_limit


def test_output_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_bash("echo one; echo two >&2") == "two"
    assert capfd.readouterr().out == "one\ntwo\n"


def test_command_ends_with_its_task(tmp_path: Path) -> None:
    """A timeout ends the command and what it started, after it could tidy up."""
    command = f"trap 'touch {tmp_path}/tidied' TERM; (sleep 3; touch {tmp_path}/survived) & sleep 60"
    started = time.monotonic()
    with pytest.raises(AirflowTaskTimeout), time_limit(0.5):
        run_bash(command)
    assert time.monotonic() - started < 3
    time.sleep(3)
    assert [path.name for path in tmp_path.iterdir()] == ["tidied"]


def test_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AirflowException, match="directory"):
        run_bash("true", cwd=str(tmp_path / "file"))
