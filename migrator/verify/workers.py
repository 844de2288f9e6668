"""The two engines as processes of their own: a request in, an answer out, and a fresh process where one is lost."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from .evidence import gist

HERE = Path(__file__).parent
STARTING = 180.0
"""Seconds a probe may take until it is ready, or says that it goes on: importing Airflow on a busy machine."""
ENDING = 5.0
"""Seconds in which it ends what it has started, and itself."""
GRACE = 90.0
"""Seconds beyond the limit of a request: before its first run a probe loads what runs need."""

_LEND = (
    "import sys, types; p = types.ModuleType('migrate_probe'); p.__path__ = [sys.argv.pop(1)]; "
    "sys.modules['migrate_probe'] = p; sys.path[:] = [x for x in sys.path if x]; "
    "from migrate_probe.dagster_probe import main; main()"
)
"""Lends another environment this one folder as a package, and nothing else that lies beside it."""


class ProbeError(Exception):
    """A probe could not be started."""


class Stopped(Exception):
    """The verification was ended while a probe was at work."""


class Probe:
    """One engine's probe in the Python that has it. Not thread-safe: each worker has its own."""

    def __init__(
        self,
        engine: Literal["airflow", "dagster"],
        python: str,
        settings: Mapping[str, Any],
        env: Mapping[str, str],
        folder: Path,
    ) -> None:
        self.engine, self.settings, self.env, self.folder = engine, json.dumps(dict(settings)), dict(env), folder
        lent = ["-c", _LEND, str(HERE)] if engine == "dagster" else [str(HERE / "airflow_probe.py")]
        # It is started in another folder than this one, from which a path such as .venv/bin/python is meant.
        self.command = [os.path.abspath(python) if os.sep in python else python, *lent]
        self.patience = 2 * float(settings.get("seconds", 0))
        self.version = ""
        self.closed = False
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (kept for as long as the probe)
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""

    def ask(self, do: str, seconds: float, **request: Any) -> dict[str, Any]:
        """The answer, in which "error" says what kept it from coming."""
        try:
            process = self.start()
        except ProbeError as error:
            if not self.version:
                raise
            return {"error": str(error)}  # it had started before: what it was asked then is to blame
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({"do": do, "seconds": seconds, **request}).encode() + b"\n")
            process.stdin.flush()
            line = self._line(seconds + GRACE)
        except (BrokenPipeError, EOFError):
            if self.closed:
                raise Stopped from None
            self.stop()
            return {"error": f"the process of {self.engine} ended: {self.said()}"}
        if line is None:
            self.stop()
            return {"error": f"stopped after {seconds:g} seconds"}
        return dict(json.loads(line))

    def start(self) -> subprocess.Popen[bytes]:
        """The running probe, started if need be. Raises ProbeError where it cannot be, Stopped after `halt`."""
        if self.closed:
            raise Stopped
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._rest = b""
        try:
            process = subprocess.Popen(
                [*self.command, self.settings],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", **self.env},
                start_new_session=True,
                cwd=self.folder,
            )
        except OSError as error:
            raise ProbeError(f"{self.command[0]} cannot be started: {error.strerror or error}") from None
        self._process = process
        started: dict[str, str] = {}
        try:
            while "ready" not in started and (line := self._line(STARTING + self.patience)) is not None:
                started = json.loads(line)
        except EOFError:
            pass
        if "ready" not in started:
            said = gist(self.said())
            self.stop()
            raise ProbeError(f"{self.engine} did not start in {self.command[0]}: {said or 'it said nothing'}")
        self.version = started["ready"]
        return process

    def said(self) -> str:
        """The end of what it wrote to standard error."""
        self.log.seek(0)
        return self.log.read().decode(errors="backslashreplace").strip()[-600:]

    def halt(self) -> None:
        """End it for good, while another thread waits for its answer."""
        self.closed = True
        if (process := self._process) is not None:
            process.terminate()

    def close(self) -> None:
        """End it for good."""
        self.closed = True
        self.stop()
        self.log.close()

    def stop(self) -> None:
        """End it, with all it has started."""
        if self._process is None:
            return
        self._process.terminate()  # what works for it is in a group of its own, and the probe ends that
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDING)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._process = None

    def _line(self, seconds: float) -> bytes | None:
        """The next line it writes; None when the time is over. Raises EOFError when it has ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if not select.select([self._process.stdout], [], [], max(until - time.monotonic(), 0))[0]:
                return None
            chunk = os.read(self._process.stdout.fileno(), 1 << 16)
            if not chunk:
                raise EOFError
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line
