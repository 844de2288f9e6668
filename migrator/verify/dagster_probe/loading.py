"""The generated project, loaded so that a module that ends or holds up the process costs its own DAG only.

Modules are imported in a forked process, which tells what it comes to. Where it ends or does not go on, another one is
forked that leaves that module out; the one that gets through goes on, with the project loaded.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TextIO

from .project import Project, TooLong

THROUGH = ""
"""Told when all is loaded."""
UNMOVED = 1.5
"""How many times its limit a process is waited for that does not heed it."""
ENDING = 2.0
"""Seconds in which a process that has ended is seen to have."""


def load(folder: Path, seconds: float, answers: TextIO) -> Project:
    """Returns in a process that has loaded the project; the one it was called in waits for that one, and ends with it.

    `seconds` is the limit of each module. Of each that is imported a line is written to `answers`.
    """
    lost: dict[str, str] = {}
    while True:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            project = Project(folder, lost, Steps(seconds, writing, answers).step)
            os.write(writing, b"\n")
            os.close(writing)
            return project
        os.close(writing)
        at = _followed(reading, seconds * UNMOVED)
        os.close(reading)
        if at == THROUGH:
            _stand_by(child)
        lost[at] = _ended(child) or f"stopped after {seconds:g} seconds"


def _stand_by(child: int) -> NoReturn:
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


class Steps:
    """Tells what is imported, and sees to its limit."""

    def __init__(self, seconds: float, told: int, answers: TextIO) -> None:
        self.seconds, self.told, self.answers = seconds, told, answers

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Around what is imported under a name. Raises TooLong in it."""
        print(json.dumps({"loading": name}), file=self.answers, flush=True)
        os.write(self.told, f"{name}\n".encode())
        signal.signal(signal.SIGALRM, self.over)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def over(self, *_: Any) -> None:
        raise TooLong(f"stopped after {self.seconds:g} seconds")


def _followed(reading: int, seconds: float) -> str:
    """What a process is at that has ended, or does not go on; THROUGH once it has come to the end."""
    told, until = b"", time.monotonic() + seconds
    while select.select([reading], [], [], max(until - time.monotonic(), 0))[0]:
        chunk = os.read(reading, 1 << 12)
        if not chunk:
            break
        told, until = told + chunk, time.monotonic() + seconds
        if told.endswith(b"\n\n"):
            return THROUGH
    return told.decode().rstrip("\n").rpartition("\n")[2]


def _ended(child: int) -> str:
    """How a process has ended; one that has not is killed, of which nothing is said."""
    until = time.monotonic() + ENDING
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return f"it ends the process that imports it, with status {os.waitstatus_to_exitcode(status)}"
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return ""
