"""Answers, in the environment of a generated project, what Dagster makes of it and what comes of its runs.

Started by `workers.py`, with the same protocol as airflow_probe.py: a JSON object a line, each request in a forked
process. Needs Dagster and what the project needs, and nothing of migrate: the folder this package lies in is all that
is lent to that environment. The project is loaded once, without Airflow being importable (see loading.py).

The first argument is the settings: {"project": the folder of migration.json, "home": an empty folder, "seconds": what
a module may take to be imported}. Before it is ready, it writes a line for each.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any


def warm() -> None:
    """One run of nothing: what Dagster loads when it first runs something."""
    import dagster as dg

    @dg.op
    def nothing() -> None:
        pass

    @dg.job
    def empty() -> None:
        nothing()

    with dg.DagsterInstance.ephemeral() as instance:
        empty.execute_in_process(instance=instance)


def main() -> None:
    from ..airflow_probe import channel, serve

    questions, answers = channel()
    settings = json.loads(sys.argv[1])
    os.environ |= {"DAGSTER_DISABLE_TELEMETRY": "yes", "DAGSTER_HOME": ""}
    home = Path(settings["home"])
    home.mkdir(parents=True, exist_ok=True)
    import dagster as dg

    from .loading import load

    project = load(Path(settings["project"]).resolve(), settings["seconds"], answers)
    logging.disable(logging.CRITICAL)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request["do"] == "load":
            return project.record()
        if request["do"] == "ticks":
            from .ticks import Ticks

            return Ticks(project, request["dag_id"]).record(request)
        from .runs import Runs

        return {"runs": Runs(project, request, home).records()}

    serve({"ready": dg.__version__}, answer, warm, questions, answers)
