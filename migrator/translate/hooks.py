"""What a task is given to call around each of its tries: `pre_execute`, `post_execute`, `@task.run_if`, `skip_if`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import airflow_model as am
from .arguments import ManualError
from .control import HOOKS, rule_of
from .function_values import late_function
from .hook_uses import Use, overrides, used
from .notifiers import NEVER_FAIL
from .pen import CannotWriteError

if TYPE_CHECKING:
    from .view import View

CONDITIONS = "airflow.sdk.task."
"""What the paths of `run_if` and `skip_if` begin with, as the reader names them."""
READING_PARAMS = {"params", "task", "ti", "task_instance"}
"""What of the context has the run's params in it."""
RETURNING = {"PythonOperator", "_PythonDecoratedOperator", "BashOperator", "_BashDecoratedOperator"}
"""What an asset's value is the same of as what Airflow's operator returns, whether or not anything pulls it."""
NEVER_EXECUTED = "Airflow never executes an EmptyOperator without callbacks or outlets, and so does not call it."


def hooks(view: View) -> None:
    """Hand the functions to the runtime's decorator, once the task's body is known.

    Raises ManualError for those that cannot be called as Airflow calls them.
    """
    task = view.task
    given = [a for name in HOOKS if (a := task.argument(name)) is not None and a.value is not None]
    if not given:
        return
    if task.name in NEVER_FAIL and not _acts(task):
        for argument in given:
            view.drop(argument.name, NEVER_EXECUTED)
        return
    _beside_methods(given, view)
    texts: dict[str, str] = {}
    uses: list[Use] = []
    for argument in given:
        values = argument.value if isinstance(argument.value, list) else [argument.value]
        found = [_hook(value, argument, view) for value in values]
        texts[argument.name] = f"[{', '.join(text for text, _ in found)}]"
        uses += [use for _, use in found if use is not None]
        view.fate(argument.name, "translated", "the runtime calls it around each try")
    for use in uses:
        for task_id in view.upstream() if use.pulls is None else use.pulls:
            _give(task_id, view)
    texts |= _pulling(view)
    if any(use.reads is None or use.reads & READING_PARAMS for use in uses):
        texts |= _params(view)
    view.shared.needs_airflow_dag = view.may_skip = True
    name = view.compat("hooks", "Hooks")
    view.decorator["hooks"] = f"{name}({', '.join(f'{k}={v}' for k, v in texts.items())})"


def _beside_methods(given: list[am.Argument], view: View) -> None:
    """Raises ManualError for functions beside a method that Airflow 2 calls in their place."""
    for argument in given:
        if view.dag.airflow != "3" and overrides(view.task.cls, argument.name):
            name = argument.name
            why = f"`{name}` of `{view.task.task_id}` is called only if the method `{name}` of its class does that"
            raise ManualError("A2D303", why, argument.span)


def _params(view: View) -> dict[str, str]:
    """The arguments that say what the run's params are."""
    found = {}
    if view.shared.params is not None:
        found["params"] = repr(view.params_resource())
    own = view.task.argument("params")
    if own is not None and isinstance(own.value, dict):
        found["task_params"] = view.expression(own.value)
    return found


def _acts(task: am.Task) -> bool:
    """Whether Airflow executes an EmptyOperator like any task."""
    names = ("on_execute_callback", "on_success_callback", "outlets")
    return any((a := task.argument(name)) is not None and a.value for name in names)


def _hook(value: am.Value, argument: am.Argument, view: View) -> tuple[str, Use | None]:
    """An expression for one function, and what it asks of its context."""
    match value:
        case am.Deferred(op="call", operands=(am.Symbol(path=path), condition, *message)) if path.startswith(
            CONDITIONS
        ):
            text, use = _hook(condition, argument, view)
            told = "".join(f", {view.expression(m)}" for m in message if m is not None)
            return f"{view.compat('hooks', path.removeprefix(CONDITIONS))}({text}{told})", use
        case am.Function():
            use = used(value)
            if why := _unfit(use, argument.name, view):
                raise ManualError("A2D303", f"`{argument.name}` of `{view.task.task_id}` {why}", argument.span)
            names = ("context", "result") if argument.name == "post_execute" else ("context",)
            try:
                return _bare(late_function(value, view, names)), use
            except CannotWriteError as error:
                why = f"`{argument.name}` of `{view.task.task_id}` needs {error.reason}"
                raise ManualError("A2D304", why, argument.span) from error
    why = f"`{argument.name}` of `{view.task.task_id}` is no function that is known before the run"
    raise ManualError("A2D303", why, argument.span)


def _bare(text: str) -> str:
    """A lambda as one of several values, without the brackets around it."""
    return text[1:-1] if text.startswith("(lambda ") else text


def _unfit(use: Use, name: str, view: View) -> str:
    """Why a function cannot be called as Airflow calls it; empty where it can."""
    task = view.task
    if use.changes:
        return f"changes its context: {use.changes}"
    if name == "pre_execute" or not use.result:
        return ""
    rule = rule_of(task)
    if rule is not None and rule.decides:
        return "is not called in Airflow 3 when the task has skipped others"
    if task.task_id in view.shared.keyed:
        return "looks at what a task returns that pushes by key"
    pushes = task.argument("do_xcom_push")
    if pushes is not None and pushes.value is False:
        return "looks at what a task returns that does not push it"
    if task.operator not in RETURNING and not view.bridged:
        return f"looks at what a {task.operator} returns, which its asset may not"
    return ""


def _give(task_id: str, view: View) -> None:
    known = task_id in view.shared.keys and task_id not in view.shared.absorbed
    if not known or task_id == view.task.task_id or view.shared.reaches(view.task.task_id, task_id):
        return
    if view.mapped_groups(task_id):
        why = f"A hook of `{view.task.task_id}` pulls from `{task_id}`, which is in a mapped group"
        raise ManualError("A2D303", why, view.task.span)
    view.input(task_id)
    view.hooked[task_id] = None


def _pulling(view: View) -> dict[str, str]:
    """The arguments that say where the values are that the functions pull."""
    if not view.hooked:
        return {}
    found = {"xcoms": repr({task_id: view.inputs[task_id] for task_id in view.hooked})}
    keyed = view.shared.keyed | view.shared.decisions.keys()
    for name, tasks in (("keyed", keyed), ("multiple_outputs", view.shared.multiple - view.shared.keyed)):
        if chosen := [t for t in view.hooked if t in tasks]:
            found[name] = repr(chosen)
    return found
