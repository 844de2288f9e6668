"""What a task may ask or tell about updates of Airflow's assets, and what of it generated code has.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import airflow_model as am
from .shared import ABSENT
from .updates import TRIGGERING, is_mapped

if TYPE_CHECKING:
    from .view import View

OUTLETS = "outlet_events"
ASSETS = "assets={"
"""What the call in a sensor has that tells a run which updates it is about."""
ONLY_AIRFLOW = re.compile(r"\b(source_run_id|source_dag_run|source_task_instance|created_dagruns|created_dagrun)\b")
"""What Airflow's database has of an event, and Dagster's event log has not."""

NOT_EXTRA = re.compile(r"\.(add_partitions?|partition_keys|asset_alias_events|dataset_alias_events)\b")
"""What may be told of an update besides its `extra`, and has no equal in a materialization."""


def what_is_absent(name: str, text: str, view: View) -> str | None:
    """What to say of a variable of the context that `text` (a function's, or a template) reads; None: it is there."""
    if name in TRIGGERING:
        return _not_told(text, view)
    if name == OUTLETS:
        if is_mapped(view.task, view.dag):
            return "an event for each instance in Airflow, and one materialization of them all here"
        outlets = view.task.argument("outlets")
        for item in outlets.value if outlets is not None and isinstance(outlets.value, list | tuple) else ():
            if not (isinstance(item, am.AssetRef) and item.kind == "asset"):
                return "it has an outlet of which only Airflow knows the assets"
        found = NOT_EXTRA.search(text)
        return f"a materialization has no `{found[1]}`" if found else None
    return "" if name in ABSENT else None


def _not_told(text: str, view: View) -> str | None:
    if found := ONLY_AIRFLOW.search(text):
        return f"`{found.group()}` of an event is in Airflow's database only"
    if view.dag.schedule.kind != "assets" and not view.shared.timing.sensors:
        return None  # nothing triggers it
    asks = [sensor for sensor in view.shared.timing.sensors if "request_on_updates" in sensor.body.text]
    if view.dag.schedule.kind == "assets" and not asks:
        return "no sensor asks for its runs"
    if any(ASSETS not in sensor.body.text for sensor in asks):
        return "a mapped task updates one of the assets, with an event for each instance in Airflow"
    return None
