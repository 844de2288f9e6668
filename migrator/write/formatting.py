"""Formatting by ruff: imports sorted, then the code laid out; two subprocesses whatever the number of files."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_COMMON = ("--isolated", "--no-cache", "--quiet", "--line-length=110", "--target-version=py310")


def format_files(files: Mapping[str, str]) -> dict[str, str]:
    """The same files, formatted. They keep their paths while ruff sees them, since these tell it what is first-party.

    `F401` is not asked for: unused imports of ours are not written, and the user's inside functions stay as they are.
    Raises RuntimeError when ruff fails, which it does not on Python that compiles.
    """
    if not files:
        return {}
    with tempfile.TemporaryDirectory(prefix="migrate-format-") as folder:
        root = Path(folder)
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        _ruff(root, "check", "--select=I", "--fix", "--exit-zero")
        _ruff(root, "format")
        return {path: (root / path).read_text(encoding="utf-8") for path in files}


@cache
def _program() -> tuple[str, ...]:
    """The ruff installed beside this Python: itself where it is found, to start no further Python for it."""
    beside = Path(sysconfig.get_path("scripts")) / f"ruff{sysconfig.get_config_var('EXE') or ''}"
    return (str(beside),) if beside.is_file() else (sys.executable, "-m", "ruff")


def _ruff(folder: Path, command: str, *options: str) -> None:
    done = subprocess.run(
        [*_program(), command, *_COMMON, *options, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"ruff {command} failed: {done.stderr.strip()[:2000]}")
