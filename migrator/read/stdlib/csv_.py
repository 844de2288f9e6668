"""A model of csv: the rows of a text file of the project, or of lines."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING, Any

from ..objects import Native
from ..values import LATE
from .files import TextFile
from .model import Names, lazy

if TYPE_CHECKING:
    from ..core import Place


def _lines(machine: Any, value: Any, at: Place) -> Any:
    if isinstance(value, TextFile):
        return io.StringIO(str(value.rest()), newline="")
    items = machine.elements(value, at.node, at.frame)
    return items if type(items) in LATE or not machine.plain(items) else iter(items)


def _csv(kind: str) -> Native:
    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        lines = _lines(machine, args[0], at)
        if type(lines) in LATE or isinstance(lines, list) or machine.later([*kwargs.values()]) is not None:
            return at.unknown("rows of a file not known")
        reader: Any = (
            csv.DictReader(lines, *args[1:], **kwargs)
            if kind == "DictReader"
            else csv.reader(lines, *args[1:], **kwargs)
        )
        return machine.guarded(lambda: iter(list(itertools.islice(reader, machine.bounds.elements))), at.node, at.frame)

    return lazy(f"csv.{kind}", model)


NAMES: Names = {
    "csv": lambda machine: {
        "reader": _csv("reader"),
        "DictReader": _csv("DictReader"),
        "QUOTE_ALL": 1,
        "QUOTE_MINIMAL": 0,
        "QUOTE_NONE": 3,
    },
}
