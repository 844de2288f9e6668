"""Airflow DAG `settings_module` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import os
from typing import Any

import dagster as dg

LANGUAGE = os.environ.get("AIRFLOW_VAR_LANGUAGE", "en")


def headline(subject: str) -> str:
    stage = os.environ["AIRFLOW_VAR_STAGE"]
    # Nobody should take a rehearsal for the real thing.
    return f"{subject} ({LANGUAGE})" if stage == "production" else f"[{stage}] {subject}"


class Report:
    """One report, in the bucket of the stage."""

    def __init__(self, name: str) -> None:
        self.name = name

    def path(self) -> str:
        BUCKET = f"company-{os.environ['AIRFLOW_VAR_STAGE']}-exports"
        return f"{BUCKET}/{self.name}"


LIMIT = int(os.environ.get("AIRFLOW_VAR_LIMIT", "10"))
FOLDER = "reports"


@dg.asset(
    key=["settings_module", "target"],
    group_name="settings_module",
    kinds={"python"},
    metadata={"airflow/dag_id": "settings_module", "airflow/task_id": "target"},
)
def target() -> str:
    stage = os.environ["AIRFLOW_VAR_STAGE"]
    BUCKET = f"company-{os.environ['AIRFLOW_VAR_STAGE']}-exports"
    return f"{stage}: {BUCKET}/{FOLDER}"


@dg.asset(
    key=["settings_module", "limited"],
    deps=[["settings_module", "target"]],
    group_name="settings_module",
    kinds={"python"},
    metadata={"airflow/dag_id": "settings_module", "airflow/task_id": "limited"},
)
def limited() -> Any:
    rows = ["a", "b"]
    return rows[:LIMIT]


@dg.asset(
    key=["settings_module", "title"],
    deps=[["settings_module", "limited"]],
    group_name="settings_module",
    kinds={"python"},
    metadata={"airflow/dag_id": "settings_module", "airflow/task_id": "title"},
)
def title() -> Any:
    return headline("orders")


@dg.asset(
    key=["settings_module", "report"],
    deps=[["settings_module", "limited"]],
    group_name="settings_module",
    kinds={"python"},
    metadata={"airflow/dag_id": "settings_module", "airflow/task_id": "report"},
)
def report() -> Any:
    return Report("orders").path()


job = dg.define_asset_job(
    "settings_module",
    selection=dg.AssetSelection.groups("settings_module"),
    tags={"airflow/dag_id": "settings_module"},
)
