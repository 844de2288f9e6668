"""What a verification runs: for which dates, which tasks are stubbed, and which outcomes are forced."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Any

from ..records import dataclass

Record = Mapping[str, Any]
DATES = 2
UNSCHEDULED = dt.datetime(2024, 3, 1, tzinfo=dt.timezone.utc)
"""The logical date of manual runs of a DAG that has no schedule; Airflow's runs have no task that begins later."""
SAFE = frozenset({"python", "bash", "branch", "short_circuit", "latest_only", "empty", "time"})
"""Kinds of operators that are executed: what they reach is up to the user's own code."""
LOCAL_DATABASES = frozenset({"sqlite", "duckdb"})


@dataclass(frozen=True, slots=True)
class Dates:
    """For which dates runs are made: so many of the schedule's own, or those given; other ones for single DAGs."""

    common: int | tuple[str, ...] = DATES
    single: Mapping[str, int | tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Sequence[str]) -> Dates:
        """`3`, or ISO dates with commas, with `DAG_ID=` before them for one DAG. Raises ValueError otherwise."""
        common: int | tuple[str, ...] = DATES
        single = {}
        for text in texts:
            dag_id, equals, rest = text.rpartition("=")
            if equals:
                single[dag_id] = _dates(rest)
            else:
                common = _dates(text)
        return cls(common, single)

    def of(self, dag_id: str) -> int | tuple[str, ...]:
        return self.single.get(dag_id, self.common)

    def given(self) -> dict[str, list[str]]:
        """The dates themselves in UTC, by DAG; those of all others by ""."""
        given = {"": self.common, **self.single}
        return {dag_id: [] if isinstance(d, int) else [_utc(one) for one in d] for dag_id, d in given.items()}


def _utc(date: str) -> str:
    return dt.datetime.fromisoformat(date).astimezone(dt.timezone.utc).isoformat()


def _dates(text: str) -> int | tuple[str, ...]:
    if text.strip().isdigit():
        if int(text) < 1:
            raise ValueError(f"{text.strip()} dates are none to run for")
        return int(text)
    found = []
    for part in text.split(","):
        try:
            date = dt.datetime.fromisoformat(part.strip().replace("Z", "+00:00"))
        except ValueError:
            raise ValueError(f"{part.strip()!r} is neither a number nor an ISO date") from None
        found.append((date if date.tzinfo else date.replace(tzinfo=dt.timezone.utc)).isoformat())
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Chance:
    """`random:50`: as many runs with outcomes by chance, the same for the same seed."""

    runs: int
    seed: int = 0

    @classmethod
    def parse(cls, text: str) -> Chance:
        """Raises ValueError where it is not `random:N` or `random:N:SEED`."""
        word, *numbers = text.split(":")
        if word != "random" or len(numbers) not in (1, 2) or not all(number.isdigit() for number in numbers):
            raise ValueError(f"{text!r} is not `random:N` nor `random:N:SEED`")
        return cls(*(int(number) for number in numbers))


def reaches_outside(task: Record, dag_id: str, task_id: str, allow: Sequence[str], *, world: bool) -> bool:
    """Whether a task is stubbed: its operator would reach outside the machine, and nobody allowed it to."""
    operator, kind = task["operator"], task["kind"]
    if {"all", operator, f"{dag_id}.{task_id}"} & set(allow):
        return False
    if "Virtualenv" in operator:  # it installs packages
        return True
    if kind == "sql" or operator == "BranchSQLOperator":
        return task["connection"] not in LOCAL_DATABASES
    return kind not in SAFE and not (kind == "file" and world)


def runs(airflow: Record, wanted: int | Sequence[str]) -> list[dict[str, Any]]:
    """The runs to make of a DAG: of its first date and of later ones, or of the dates given.

    What is no date of its schedule is the logical date of a run by hand.
    """
    if not isinstance(wanted, int):
        known = {tick[1]: tick for tick in (*_ticks(airflow), *airflow["asked"])}
        return [_scheduled(known[utc]) if utc in known else _manual(utc) for utc in map(_utc, wanted)]
    if airflow["keys"]:
        return [_of_partition(*row) for row in airflow["keys"][:: max(len(airflow["keys"]) // wanted, 1)][:wanted]]
    return [_scheduled(tick) for tick in _spread(_ticks(airflow), wanted)] or _unscheduled(airflow, wanted)


def _of_partition(run_after: str, key: str) -> dict[str, Any]:
    return {"logical_date": run_after, "run_type": "scheduled", "partition_key": key}


def _ticks(airflow: Record) -> Sequence[Any]:
    """The schedule's runs from its start date on, also where the next one is the first that is still made."""
    past: Sequence[Any] = airflow["past"] or airflow["ticks"]
    return past


def _spread(ticks: Sequence[Any], count: int) -> list[Any]:
    """The first and, at growing distance, later ones: another month, other clocks."""
    dated = [tick for tick in ticks if tick[1] is not None]
    step = max(len(dated) // max(count, 1), 1)
    return dated[::step][:count]


def _scheduled(tick: Sequence[Any]) -> dict[str, Any]:
    interval = [tick[2], tick[3]]
    return {"logical_date": tick[1], "run_type": "scheduled", "data_interval": interval, "run_after": tick[0]}


def _unscheduled(airflow: Record, count: int) -> list[dict[str, Any]]:
    """Manual runs on so many days, the first of them one on which every task has begun."""
    begun = dt.datetime.fromisoformat(airflow["start_date"] or UNSCHEDULED.isoformat()).astimezone(dt.timezone.utc)
    late = begun > UNSCHEDULED
    first = (
        dt.datetime.combine(begun.date() + dt.timedelta(days=1), dt.time(), dt.timezone.utc) if late else UNSCHEDULED
    )
    return [_manual((first + dt.timedelta(days=number)).isoformat()) for number in range(count)]


def _manual(date: str) -> dict[str, Any]:
    return {"logical_date": date, "run_type": "manual"}


def forced_runs(airflow: Record, dag_id: str, chance: Chance, skipping: Collection[str]) -> list[dict[str, Any]]:
    """Runs, each for a date of its own, in which every task's outcome is drawn.

    `skipping` are the tasks that can end in a skip in Dagster: a command that never ends with the exit code of a skip
    is an asset that cannot, and rightly so.
    """
    ticks = [tick for tick in _ticks(airflow) if tick[1] is not None][: chance.runs]
    dated = [_scheduled(tick) for tick in ticks]
    if not dated:  # a date beyond the schedule's own might be one that the DAG has no runs for
        dated = _unscheduled(airflow, chance.runs)
    return [
        {**run, "tasks": outcomes(airflow, skipping, random.Random(f"{chance.seed} {dag_id} {number}"))}
        for number, run in enumerate(dated)
    ]


def outcomes(airflow: Record, skipping: Collection[str], chance: random.Random) -> dict[str, Any]:
    """What each task does in one run: only what its operator can do. Tasks that decide by the clock stay themselves."""
    tasks: Record = airflow["tasks"]
    found: dict[str, Any] = {}
    for task_id, task in tasks.items():
        if task["kind"] in ("empty", "latest_only"):
            continue
        skips = task["may_skip"] == "yes" or (task["may_skip"] == "perhaps" and task_id in skipping)
        likely = {"success": 10, "fail": 3, "skip": 3 if skips else 0, "fail_once": 2 if task["retries"] else 0}
        count = 4 if task["mapped"] or task["in_mapped_group"] else 1
        drawn = chance.choices(list(likely), list(likely.values()), k=count)
        value: Any = None
        if task["kind"] == "branch":
            below = sorted(name for name, other in tasks.items() if task_id in other["upstream"])
            value = chance.sample(below, chance.randint(min(1, len(below)), len(below)))
        elif task["kind"] == "short_circuit":
            value = chance.random() < 0.6
        elif task["feeds"] is not None:
            value = _to_expand_over(task, chance)
        found[task_id] = {"outcome": drawn, "value": value}
    return found


def _to_expand_over(task: Record, chance: random.Random) -> Any:
    """What a task returns whose value others are expanded over: of any length, and sometimes nothing at all."""
    key, element = task["feeds"]["key"], task["feeds"]["element"]
    if task["mapped"]:  # they are expanded over what its instances return
        return {"x": element} if task["multiple_outputs"] else element
    length = chance.choice([0, 1, 2, 2, 3, None]) if element is not None else chance.choice([0, None])
    if length is None:
        return None
    if key == "return_value" and task["multiple_outputs"]:
        return {f"x{number}": element for number in range(length)}
    value = [element] * length
    return value if key == "return_value" else {key: value}
