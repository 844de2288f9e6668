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
    if dag_id in loaded["broken"]:
        return failed(dag_id, "load", loaded["broken"][dag_id])
    if loaded["failed"]:
        return failed(dag_id, "load", f"the project does not load ({gist(loaded['failed'])})")
    if loaded["deprecated"]:
        return failed(dag_id, "load", f"Dagster calls deprecated: {loaded['deprecated'][0]}")
    if not dag["module"]:
        return failed(dag_id, "load", "the project has no module for this DAG")
    broken = sorted(loaded["broken"])
    names = ", ".join(broken[:3]) + (f" and {len(broken) - 3} more" if len(broken) > 3 else "")
    keeps = "keeps" if len(broken) == 1 else "keep"
    return passed(dag_id, "load", f"without {names}, which {keeps} the project from loading" if broken else "")
