"""load: the generated definitions load in a fresh process without Airflow, and Dagster calls nothing deprecated.

https://docs.dagster.io/guides/build/projects-and-components
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .evidence import Evidence, failed, gist, passed

Record = Mapping[str, Any]


def load_evidence(dag: Record, loaded: Record) -> Evidence:
    """`dag` is its record in migration.json, `loaded` what the Dagster probe says of the whole project."""
    dag_id = dag["dag_id"]
    if loaded.get("error"):
        return failed(dag_id, "load", f"the project could not be loaded: {loaded['error']}")
    if loaded["failed"]:
        own = loaded["modules"].get(dag_id)
        if own:
            return failed(dag_id, "load", gist(own))
        others = ", ".join(sorted(loaded["modules"])[:3])
        return failed(dag_id, "load", f"the project does not load ({others or gist(loaded['failed'])})")
    if loaded["deprecated"]:
        return failed(dag_id, "load", f"Dagster calls deprecated: {loaded['deprecated'][0]}")
    if not dag["module"]:
        return failed(dag_id, "load", "the project has no module for this DAG")
    return passed(dag_id, "load")
