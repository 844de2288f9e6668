"""Shell commands as BashOperator runs them.

https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/bash.html
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from .exceptions import AirflowException, AirflowSkipException

GRACE = 10
"""Seconds that a command has to end after SIGTERM."""


def run_bash(
    command: str,
    *,
    env: Mapping[str, str] | None = None,
    append_env: bool = False,
    cwd: str | None = None,
    skip_on_exit_code: int | Collection[int] | None = 99,
    output_encoding: str = "utf-8",
    airflow: Mapping[str, Any] | None = None,
) -> str:
    """Run a command with bash, print what it writes, and return the last line of that ("" if there is none).

    `env` replaces the environment, or is added to it with `append_env`. Without `cwd` the command runs in a temporary
    directory. With `airflow`, the task's context, it has the variables AIRFLOW_CTX_DAG_ID and so on. Raises
    AirflowSkipException when the exit code is (one of) `skip_on_exit_code`, and AirflowException when it is any other
    but 0, or `cwd` is no directory.
    """
    if cwd is not None and not Path(cwd).is_dir():
        raise AirflowException(f"The cwd {cwd} must be an existing directory")
    variables = dict(os.environ) if env is None or append_env else {}
    variables.update(env or {})
    variables.update(context_variables(airflow) if airflow else {})
    with ExitStack() as stack:
        folder = cwd or stack.enter_context(tempfile.TemporaryDirectory(prefix="airflowtmp"))
        process = stack.enter_context(
            subprocess.Popen(
                [shutil.which("bash") or "bash", "-c", command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=variables,
                start_new_session=True,
            )
        )
        # A timeout or a terminated run must not leave the command running; the session is its process group.
        stack.callback(_terminate, process)
        line = ""
        for output in process.stdout or ():
            line = output.decode(output_encoding, "backslashreplace").rstrip()
            print(line, flush=True)
        process.wait()
    skip = {skip_on_exit_code} if isinstance(skip_on_exit_code, int) else set(skip_on_exit_code or ())
    if process.returncode in skip:
        raise AirflowSkipException(f"Bash command returned exit code {process.returncode}. Skipping.")
    if process.returncode != 0:
        raise AirflowException(f"Bash command failed. The command returned a non-zero exit code {process.returncode}.")
    return line


def context_variables(airflow: Mapping[str, Any]) -> dict[str, str]:
    """The environment variables that tell a command which task of which run it is."""
    task, ti, dag_run = airflow["task"], airflow["ti"], airflow["dag_run"]
    email = getattr(task, "email", None)
    values = {
        "DAG_EMAIL": ",".join(email) if isinstance(email, list) else email,
        "DAG_OWNER": getattr(task, "owner", None),
        "DAG_ID": ti.dag_id,
        "TASK_ID": ti.task_id,
        "EXECUTION_DATE" if ti.airflow != "3" else "LOGICAL_DATE": dag_run.logical_date,
        "TRY_NUMBER": ti.try_number,
        "DAG_RUN_ID": dag_run.run_id,
    }
    return {
        f"AIRFLOW_CTX_{name}": value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in values.items()
        if value
    }


def _terminate(process: subprocess.Popen[bytes]) -> None:
    """End a command that is still running, and what it started; it has some seconds to tidy up."""
    if process.poll() is not None:
        return
    group = os.getpgid(process.pid)
    os.killpg(group, signal.SIGTERM)
    try:
        process.communicate(timeout=GRACE)  # it may still write, and would die of a closed pipe
    except subprocess.TimeoutExpired:
        os.killpg(group, signal.SIGKILL)
