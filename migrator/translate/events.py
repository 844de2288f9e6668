"""What a task may ask or tell about updates of Airflow's assets, and what of it generated code has.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import airflow_model as am
from . import updates
from .outlets import key_text
from .pen import CannotWriteError
from .shared import ABSENT
from .timetables import is_partitioned
from .updates import INLETS, TRIGGERING, is_mapped

if TYPE_CHECKING:
    from .view import View

OUTLETS = "outlet_events"
ASSETS = "assets={"
"""What the call in a sensor has that tells a run which updates it is about."""
ONLY_AIRFLOW = re.compile(r"\b(source_task_instance|created_dagruns|created_dagrun|consumed_asset_events)\b")
"""What Airflow's database has of an event, and Dagster's event log has not."""

NOT_EXTRA = re.compile(r"\.(asset_alias_events|dataset_alias_events)\b")
"""What may be told of an update besides its `extra`, and has no equal in a materialization."""
INSTANCES = "a mapped task updates one of the assets, with an event for each instance in Airflow"
ALIASES = "of which only Airflow knows the assets"


def what_is_absent(name: str, text: str, view: View) -> str | None:
    """What to say of a variable of the context that `text` (a function's, or a template) reads; None: it is there."""
    if name in TRIGGERING:
        return _not_told(text, view)
    if name == INLETS:
        return _not_looked_back(text, view)
    if name == OUTLETS:
        if is_mapped(view.task, view.dag):
            return "an event for each instance in Airflow, and one materialization of them all here"
        if not _known(view.task, "outlets"):
            return f"it has an outlet {ALIASES}"
        found = NOT_EXTRA.search(text)
        return f"a materialization has no `{found[1]}`" if found else None
    return "" if name in ABSENT else None


def _known(task: am.Task, name: str) -> bool:
    """Whether all of the task's outlets, or inlets, are assets."""
    return all(isinstance(item, am.AssetRef) and item.kind == "asset" for item in updates.items_of(task, name))


def _not_told(text: str, view: View) -> str | None:
    if found := ONLY_AIRFLOW.search(text):
        return _only_airflow(found)
    if is_partitioned(view.dag.schedule):
        return "which updates a run about a partition is of is not told to it"
    if view.dag.schedule.kind != "assets" and not view.shared.timing.sensors:
        return None  # nothing triggers it
    asks = [sensor for sensor in view.shared.timing.sensors if "request_on_updates" in sensor.body.text]
    if view.dag.schedule.kind == "assets" and not asks:
        return "no sensor asks for its runs"
    return INSTANCES if any(ASSETS not in sensor.body.text for sensor in asks) else None


def _not_looked_back(text: str, view: View) -> str | None:
    if found := ONLY_AIRFLOW.search(text):
        return _only_airflow(found)
    if view.gates:
        return "a sensor looks before there is a run"
    if not _known(view.task, "inlets"):
        return f"it has an inlet {ALIASES}"
    outlets = view.shared.outlets
    keys = {key for ref in updates.refs_of(view.task, "inlets") for key in outlets.keys(ref)}
    return None if outlets.mapped.isdisjoint(keys) else INSTANCES


def _only_airflow(found: re.Match[str]) -> str:
    return f"`{found.group()}` of an event is in Airflow's database only"


def inlets_argument(view: View) -> list[str]:
    """The argument that tells the runtime's context of the task's inlets, where the task looks at them."""
    task, outlets = view.task, view.shared.outlets
    given = task.argument("inlets") is not None
    if not updates.reads(task, INLETS, "inlets", whole=given) or _not_looked_back("", view) is not None:
        return []
    rows = []
    for ref in updates.refs_of(task, "inlets"):
        try:
            asset = view.pen.expression(outlets.whole(ref))
        except CannotWriteError:
            return []
        rows.append(f"{asset}: [{', '.join(key_text(key) for key in outlets.keys(ref))}]")
    if rows:
        view.library("dagster", alias="dg")
        view.fate("inlets", "translated", "the assets whose updates the task may ask for")
    return [f"inlets={{{', '.join(rows)}}}"]
