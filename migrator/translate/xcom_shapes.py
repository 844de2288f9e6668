"""Which tasks push more than one value: by keys of their own, or each key of the dict they return."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .. import airflow_model as am
from . import templates
from .control import rule_of


def xcom_shapes(dag: am.Dag) -> tuple[frozenset[str], frozenset[str]]:
    """The tasks whose value is a dict by key, and those that push the keys of their returned dict."""
    keyed, multiple = set(), set()
    pulled: dict[str, set[str]] = {}
    for task in dag.tasks:
        for ref in _xcom_refs([a.value for a in (*task.arguments, *task.op_args, *task.op_kwargs)]):
            pulled.setdefault(ref.task_id, set()).add(ref.key)
        if task.function is not None:
            for use in task.function.uses:
                ids = use.get("task_ids")
                for task_id in [ids] if isinstance(ids, str) else ids if isinstance(ids, list | tuple) else []:
                    if use.kind == "pull" and isinstance(task_id, str) and isinstance(use.get("key"), str):
                        pulled.setdefault(task_id, set()).add(use.get("key"))
    for task in dag.tasks:
        argument = task.argument("multiple_outputs")
        if (argument is not None and argument.value is True) or (argument is None and infers_multiple_outputs(task)):
            multiple.add(task.task_id)
        if task.function is not None:
            if any(u.kind == "push" for u in task.function.uses):
                keyed.add(task.task_id)
            continue
        if templates.push(task):
            keyed.add(task.task_id)
        rule = rule_of(task)
        if rule.keyed if rule is not None else pulled.get(task.task_id, set()) - {"return_value"}:
            keyed.add(task.task_id)
    return frozenset(keyed), frozenset(multiple)


def infers_multiple_outputs(task: am.Task) -> bool:
    """Whether Airflow takes a decorated function's return annotation as a dict of outputs."""
    if task.decorator is None or task.function is None or not task.function.returns:
        return False
    root = re.split(r"[\[|]", task.function.returns.strip("'\" "))[0].rpartition(".")[2].strip()
    return root in ("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "TypedDict")


def _xcom_refs(values: Iterable[am.Value]) -> Iterable[am.XComRef]:
    for value in values:
        match value:
            case am.XComRef():
                yield value
            case list() | tuple() | set():
                yield from _xcom_refs(value)
            case dict():
                yield from _xcom_refs(value.values())
