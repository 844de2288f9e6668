"""The first runs that Airflow's own timetables give the DAGs of a file, as JSON.

    python ticks_on_airflow.py FILE COUNT > OUT.json

OUT is {DAG_ID: [[RUN_AFTER, LOGICAL_DATE, INTERVAL_START, INTERVAL_END], ...]}, every run from the start date on, as
with catchup. Needs nothing but Airflow 2 or 3, and no database.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from datetime import timezone
from typing import Any


def runs_of(dag: Any, count: int) -> list[list[str]]:
    from airflow.timetables.base import TimeRestriction

    timetable = timetable_of(dag)
    restriction = TimeRestriction(dag.start_date, dag.end_date, True)
    rows: list[list[str]] = []
    last = None
    while len(rows) < count:
        if hasattr(timetable, "next_dagrun_info_v2"):
            info = timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=restriction)
        else:
            interval = last.data_interval if last is not None else None
            info = timetable.next_dagrun_info(last_automated_data_interval=interval, restriction=restriction)
        if info is None:
            break
        dates = (info.run_after, info.logical_date, info.data_interval.start, info.data_interval.end)
        rows.append([date.astimezone(timezone.utc).isoformat() for date in dates])
        last = info
    return rows


def timetable_of(dag: Any) -> Any:
    """The timetable as the scheduler has it."""
    import airflow

    if airflow.__version__.startswith("2."):
        return dag.timetable
    from airflow.serialization.serialized_objects import DagSerialization

    return DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).timetable


def main() -> None:
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from airflow import DAG

    defined: list[Any] = []
    build = DAG.__exit__

    def leave(self: Any, *details: Any) -> Any:
        defined.append(self)
        return build(self, *details)

    DAG.__exit__ = leave
    runpy.run_path(sys.argv[1])
    json.dump({dag.dag_id: runs_of(dag, int(sys.argv[2])) for dag in defined}, answer)
    answer.close()


if __name__ == "__main__":
    main()
