"""Real database servers on loopback ports for tests, started as a user that is not root and gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def program(name: str, *folders: str) -> str | None:
    """A program's path, also where it lies outside PATH."""
    return shutil.which(name) or next((str(p) for f in folders for p in sorted(Path("/").glob(f"{f}/{name}"))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def other_user(folder: Path) -> dict[str, Any]:
    """Arguments for subprocess: PostgreSQL and MariaDB refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody", "nogroup")
    for parent in folder.parents:  # pytest's own folders are closed to other users
        if parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o711)
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


@contextmanager
def running(command: list[str], ready: Callable[[], Any], log: Path, **options: Any) -> Iterator[None]:
    """A server, from when it answers until the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
    try:
        for _ in range(200):
            try:
                ready()
                break
            except Exception:
                if process.poll() is not None:
                    raise RuntimeError(log.read_text()[-2000:]) from None
                time.sleep(0.1)
        else:
            raise RuntimeError(log.read_text()[-2000:])
        yield
    finally:
        process.terminate()
        process.wait(20)
