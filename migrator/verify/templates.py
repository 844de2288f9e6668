"""templates: what Airflow rendered into each templated field must be among what the task worked with in Dagster.

A translated template is an expression in the generated code, so there is no field to compare with by name: see
`dagster_probe/recording.py` for what is observed. A value that was not observed although something like it was is a
difference; one that nothing resembles was not observed at all, and proves nothing.

Of a task that waits for another DAG, what it waits for is compared as well: the dates, tasks and states.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

Record = Mapping[str, Any]
MARKS = ("{{", "{%", "{#")
ALIKE = 0.6


class Compared:
    """The templated fields of a DAG's runs: how many were equal, the first that differs, those not observed."""

    def __init__(self) -> None:
        self.equal = 0
        self.different = ""
        self.unseen: set[str] = set()

    def add(self, airflow: Record, dagster: Record, ran: set[str]) -> None:
        """The fields of the tasks that ran in one run."""
        for name, fields in airflow["rendered"].items():
            task_id = name.partition("[")[0]
            if task_id not in ran:
                continue
            observed = dagster["observed"].get(task_id, [])
            for field, rendered in fields.items():
                for place, value in templated(airflow["raw"].get(task_id, {}).get(field), rendered, field):
                    self._one(f"{task_id}.{place}", value, observed, airflow["logical_date"])
        for name, awaited in airflow["awaited"].items():
            task_id = name.partition("[")[0]
            if task_id in ran:
                self._awaited(task_id, awaited, dagster["awaited"].get(task_id, []), airflow["logical_date"])

    def _awaited(self, task_id: str, awaited: Record, observed: list[Record], date: str) -> None:
        found = [{**one, "tasks": None if awaited["tasks"] is None else one["tasks"]} for one in observed]
        if awaited in found:
            self.equal += 1
        elif not found:
            self.unseen.add(f"{task_id}: what it waits for")
        elif not self.different:
            word = next(word for word in awaited if awaited[word] != found[0][word])
            there, here = (json.dumps(one[word]) for one in (awaited, found[0]))
            self.different = f"{task_id} of {date} waits for the {word} {there} in Airflow, {here} in Dagster"

    def _one(self, place: str, value: Any, observed: list[Any], date: str) -> None:
        if any(same(value, other) for other in observed):
            self.equal += 1
            return
        texts = [other for other in observed if isinstance(other, str)]
        near = difflib.get_close_matches(str(value)[:2000], [text[:2000] for text in texts], 1, ALIKE)
        if near and not self.different:
            self.different = f"{place} of {date}: Airflow renders {value!r}, Dagster worked with {near[0]!r}"
        elif not near:
            self.unseen.add(place)


def templated(raw: Any, rendered: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The parts of a field whose text has Jinja in it, with what they were rendered to."""
    if isinstance(raw, str):
        if any(mark in raw for mark in MARKS):
            yield place, rendered
    elif isinstance(raw, dict) and isinstance(rendered, dict):
        for key in raw.keys() & rendered.keys():
            yield from templated(raw[key], rendered[key], f"{place}[{key}]")
    elif isinstance(raw, list) and isinstance(rendered, list):
        for number, (one, other) in enumerate(zip(raw, rendered, strict=False)):
            yield from templated(one, other, f"{place}[{number}]")


def same(one: Any, other: Any) -> bool:
    """Equal, but for the layout of long texts (SQL) and the way a number or a whole structure is written."""
    if one == other:
        return True
    if isinstance(one, dict | list):
        return json.dumps(one, sort_keys=True) == str(other)
    return str(one).split() == str(other).split()
