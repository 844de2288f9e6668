"""One task by its rule, before its place in the graph is decided: its body, its fidelity, the fate of its arguments."""

from __future__ import annotations

import traceback
from dataclasses import replace

from .. import airflow_model as am
from ..codes import FAILS_WHEN_RUN
from ..dagster_model import Code, Fidelity, Import
from ..records import dataclass
from ..rules.api import Result, Rule
from . import optional, outcome
from .arguments import ManualError
from .control import rule_of
from .finish import finished
from .hooks import hooks
from .own_files import tell_of_named
from .params import tell_of_task
from .pen import CannotWriteError
from .settings import Settings, callbacks, settings
from .shared import Shared
from .view import View


@dataclass(frozen=True, slots=True)
class Translated:
    """One task's translation, before its place in the graph is decided."""

    task: am.Task
    view: View
    result: Result
    settings: Settings
    rule: Rule | None
    fidelity: Fidelity


def translate_task(task: am.Task, shared: Shared) -> Translated:
    """Translate a task; one that cannot be translated gets a body that fails when it is run, and a finding."""
    view = View(task, shared)
    rule = rule_of(task)
    told_before = len(shared.findings)
    found = settings(view)
    if task.conditional:
        shared.report("A2D405", f"Whether `{task.task_id}` exists is not known", task.span, task.task_id)
    if task.repeated:
        shared.report("A2D406", f"`{task.task_id}` stands for several tasks", task.span, task.task_id)
    try:
        if shared.outcome and (why := outcome.manual_reason(task, shared)) is not None:
            raise ManualError(*why, task.span)
        if shared.outcome and task.mapping is not None:
            view = View(outcome.effective(task), shared)
            found = settings(view)
        callbacks(view)
        result = rule.function(view) if rule is not None else view.bridge()
        hooks(view)
        tell_of_task(view)
        if shared.decisions:
            result = optional.settled(result, view)
        if rule is None:
            _report_bridge(task, shared)
        if shared.outcome:
            outcome.check_mapping(view.task, view, shared)
        shared.env |= view.pen.env
        shared.own_files |= view.pen.files
        tell_of_named(view.pen.files, view)
        result = replace(
            result, body=finished(result.body, view), raising=finished(result.raising, view) if result.raising else None
        )
        view.differences += [f.message for f in shared.findings[told_before:] if f.code in FAILS_WHEN_RUN]
        fidelity = _fidelity(rule, result, view)
    except ManualError as error:
        shared.report(error.code, error.why, error.span or task.span, task.task_id)
        view, result, fidelity = _manual(view, error)
    except CannotWriteError as error:
        needs = f"`{task.task_id}` needs {error.reason}"
        shared.report("A2D304", needs, task.span, task.task_id)
        view, result, fidelity = _manual(view, ManualError("A2D304", needs))
    except RecursionError:
        raise
    except Exception as error:  # a fault of ours must not cost the user the other tasks
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"The rule for {task.operator} failed: {type(error).__name__}: {error} ({place.name})"
        shared.report("A2D606", fault, task.span, task.task_id)
        view, result, fidelity = _manual(view, ManualError("A2D606", fault))
    _unread(view, fidelity)
    return Translated(view.task, view, result, found, rule, fidelity)


def _report_bridge(task: am.Task, shared: Shared) -> None:
    if task.cls is not None:
        shared.report("A2D204", f"{task.operator} is defined in {task.cls.span.file}", task.span, task.task_id)
    else:
        shared.report("A2D201", f"There is no rule for {task.name}", task.span, task.task_id)


def _fidelity(rule: Rule | None, result: Result, view: View) -> Fidelity:
    if view.bridged or result.fidelity == "bridged":
        return "bridged"
    if result.fidelity is not None:
        return "approximate" if view.differences and result.fidelity == "exact" else result.fidelity
    if view.differences:
        return "approximate"
    return "bridged" if rule is None else rule.fidelity


def _manual(view: View, error: ManualError) -> tuple[View, Result, Fidelity]:
    """A body that fails when it is run and names the finding, in a view that has asked for nothing else."""
    fresh = View(view.task, view.shared)
    for gathered in (view.shared.sensors, view.shared.whole_dags):
        gathered.pop(view.task.task_id, None)
    fresh.fates = view.fates
    # In an outcome graph other tasks may run though one has failed, but not if it was never written.
    unfinished = Import("@compat.exceptions", "UnfinishedTaskError")
    name, imports = (unfinished.name, (unfinished,)) if view.shared.outcome else ("NotImplementedError", ())
    text = f"{error.code}: {error.why}"
    return fresh, Result(Code(f"raise {name}({text!r})", imports), returns="None"), "manual"


def _unread(view: View, fidelity: Fidelity) -> None:
    """Every argument nobody read is a finding by itself; a manual task's are left for the person who writes it."""
    for argument in view.task.arguments:
        if argument.name in view.fates or argument.name in ("task_id", "dag", "task_group"):
            continue
        if fidelity == "manual":
            view.fate(argument.name, "unsupported", "the task must be finished by hand")
            continue
        if argument.origin == "default_args":
            view.fate(argument.name, "dropped", "the operator does not take this default")
            continue
        view.fate(argument.name, "unsupported", "nothing in the translation reads it")
        message = f"`{argument.name}` of {view.task.operator} is not carried over"
        view.shared.report("A2D301", message, argument.span, view.task.task_id)
