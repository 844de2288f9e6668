"""What a page shows of one task: where it is, what it became, each argument and its fate."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .. import airflow_model as am
from .. import dagster_model as dm
from ..inspect_json import plain
from .facts import notes
from .listings import Listings
from .model import ArgumentView, Became, FindingView, TaskView
from .secrets import masked, masked_value

if TYPE_CHECKING:
    from ..write.rendered import Position


def task_view(
    dag: am.Dag,
    task: am.Task,
    record: dm.TaskRecord | None,
    index: int,
    anchor: str,
    findings: tuple[FindingView, ...],
    listings: Listings,
    positions: Mapping[tuple[str, str, int], Position],
) -> TaskView:
    """The task with this number in its DAG. `record` is what became of it, `positions` where each generated part is."""
    becomes = tuple(
        Became(
            item.kind.replace("_", " "),
            _label(item),
            listings.right(positions.get((dag.dag_id, task.task_id, number))),
        )
        for number, item in enumerate(record.becomes if record is not None else ())
    )
    places = [listings.left(task.span, "the task")]
    if task.function is not None:
        places.append(listings.left(task.function.span, "its function"))
    if task.cls is not None:
        places.append(listings.left(task.cls.span, "its class"))
    return TaskView(
        index=index,
        anchor=anchor,
        task_id=task.task_id,
        operator=f"@{task.decorator}" if task.decorator else task.operator,
        path=task.name,
        fidelity=record.fidelity if record is not None else "lost",
        rule=(record.rule or "") if record is not None else "",
        differences=record.differences if record is not None else (),
        becomes=becomes,
        arguments=tuple(argument_views(task.arguments, record.arguments if record is not None else (), listings.shown)),
        places=tuple(dict.fromkeys(places)),
        findings=findings,
        trigger_rule=task.trigger_rule,
        notes=tuple(notes(task)),
        upstream=tuple(sorted({edge.upstream for edge in dag.upstream(task.task_id)})),
        downstream=tuple(sorted({edge.downstream for edge in dag.downstream(task.task_id)})),
    )


def argument_views(given: Sequence[am.Argument], fates: Iterable[dm.Fate], shown: bool) -> Iterator[ArgumentView]:
    """Each argument with its fate; one that nothing is recorded of is shown so. `shown`: whether its value is."""
    known = {fate.argument: fate for fate in fates}
    for argument in given:
        fate = known.pop(argument.name, None)
        yield ArgumentView(
            argument.name,
            _value(argument, fate) if shown else "",
            fate.fate if fate else "not recorded",
            masked(fate.detail) if fate else "",
            argument.origin,
        )
    for fate in known.values():
        value = masked_value(fate.argument, fate.value) if shown else ""
        yield ArgumentView(fate.argument, value, fate.fate, masked(fate.detail), fate.origin)


def _value(argument: am.Argument, fate: dm.Fate | None) -> str:
    text = argument.source or (fate.value if fate else "") or _literal(argument.value)
    return masked_value(argument.name, _flush(text))


def _flush(text: str) -> str:
    """An expression of several lines without the indentation of the statement that it was taken from."""
    first, newline, rest = text.partition("\n")
    return first + newline + textwrap.dedent(rest)


def _label(item: dm.Becomes) -> str:
    if item.kind == "asset_check":
        return f"{item.name} of {'/'.join(item.key)}" if item.key else item.name
    return "/".join(item.key) or item.name


def _literal(value: object) -> str:
    """A value that has no expression of its own, such as a default's."""
    if isinstance(value, (am.Function, am.ClassRef)):
        return value.name
    shown = plain(value)
    return shown if isinstance(shown, str) and not isinstance(value, str) else json.dumps(shown, ensure_ascii=False)
