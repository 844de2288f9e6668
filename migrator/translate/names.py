"""Names: Airflow's ids as Python identifiers and Dagster names, unique where they must be."""

from __future__ import annotations

import builtins
import keyword
import re

# Dagster's own reserved names for inputs, outputs and resources, and the names every generated module uses.
RESERVED = frozenset(
    {
        "context",
        "config",
        "dg",
        "intervals",
        "job",
        "schedule",
        "airflow",
        "airflow_dag",
        "xcom",
        "self",
        "result",
        "os",
        "json",
    }
    | {
        "conf",
        "meta",
        "arg_dict",
        "dict",
        "input_arg_dict",
        "output_arg_dict",
        "int",
        "str",
        "float",
        "bool",
        "input",
        "output",
        "type",
    }
)


def identifier(text: str) -> str:
    """`text` as a Python identifier: `load.orders-2024` -> `load__orders_2024`, `1st` -> `task_1st`.

    Characters outside ASCII letters, digits and `_` become `_` (Dagster allows no other), dots `__`.
    """
    name = re.sub(r"[^A-Za-z0-9_]", "_", text.replace(".", "__")) or "task"
    if not name.strip("_"):
        name = "task"
    if name[0].isdigit():
        name = f"task_{name}"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name) or name in RESERVED:
        name = f"{name}_"
    return name


class Names:
    """Hands out names that differ from each other and from `taken`."""

    def __init__(self, taken: frozenset[str] | set[str] = frozenset()) -> None:
        self._taken = set(taken)

    def unique(self, wanted: str) -> str:
        """`wanted`, or `wanted_2`, `wanted_3` … if that is taken; the answer is taken from then on."""
        name, turn = wanted, 2
        while name in self._taken:
            name, turn = f"{wanted.rstrip('_')}_{turn}", turn + 1
        self._taken.add(name)
        return name

    def take(self, name: str) -> None:
        """Mark a name as used."""
        self._taken.add(name)

    def __contains__(self, name: object) -> bool:
        return name in self._taken


def class_name(text: str) -> str:
    """`daily_orders` -> `DailyOrders`."""
    return (
        "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", identifier(text)) if part) or "Dag"
    )


def owner(text: str) -> str | None:
    """An Airflow owner as a Dagster owner: an email as it is, anything else a team of the allowed characters."""
    text = text.strip()
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return text
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    return f"team:{name}" if name else None


def tag(text: str) -> str:
    """An Airflow tag as a Dagster asset tag key: at most 63 of letters, digits, `_`, `.` and `-`."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text)[:63] or "_"
