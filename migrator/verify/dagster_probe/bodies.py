"""The bodies of a DAG's tasks, replaced by stubs and forced outcomes while everything around them stays real.

A body is what the user's task did; retries, skips, trigger rules, inputs and outputs are the generated project's and
Dagster's own. So it is replaced at the innermost place: the function under the runtime's decorators, the one an outcome
graph calls, or the asset's own.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster._core.types.dagster_type import resolve_dagster_type

from .project import Project, rules_cells
from .recording import Recorder

Function = Callable[..., Any]
DECORATORS = ("airflow_compat/task.py", "airflow_compat/branches.py")
"""Where the runtime's decorators of tasks are."""


class ForcedFailure(Exception):
    """What a task fails with whose outcome is forced."""


class Skipped(Exception):
    """Stands for AirflowSkipException in a project whose runtime has none, as nothing in it can skip."""


@dataclasses.dataclass(frozen=True)
class Hooks:
    """What is called around a task, but for runs in which something stands in the place of its body."""

    hooks: Any
    silent: Callable[[], bool]

    def context(self, *args: Any) -> Any:
        return None if self.silent() else self.hooks.context(*args)

    def before(self, airflow: Any) -> None:
        if not self.silent():
            self.hooks.before(airflow)

    def after(self, airflow: Any, result: Any) -> None:
        if not self.silent():
            self.hooks.after(airflow, result)


class Bodies:
    """`how` says of the current run what each task does: {"stub": true} or {"outcome", "value"}, see airflow_probe."""

    def __init__(
        self, project: Project, dag: Mapping[str, Any], recorder: Recorder | None, replaced: Collection[str]
    ) -> None:
        self.project, self.dag, self.recorder, self.replaced = project, dag, recorder, replaced
        self.how: Mapping[str, Any] = {}

    def install(self) -> None:
        repository = self.project.repository
        checks = {key: found for found in repository.asset_checks_defs_by_key.values() for key in found.check_keys}
        for task in self.dag["tasks"]:
            for row in task["becomes"]:
                if row["kind"] == "asset":
                    definition = repository.assets_defs_by_key.get(dg.AssetKey(row["key"]))
                    self._replace(task["task_id"], definition, check=False, keyed=task.get("keyed", False))
                elif row["kind"] == "asset_check":
                    key = dg.AssetCheckKey(dg.AssetKey(row["key"]), row["name"])
                    self._replace(task["task_id"], checks.get(key), check=True)
        self._install_in_graphs()

    def _replace(self, task_id: str, definition: Any, *, check: bool, keyed: bool = False) -> None:
        op = definition.node_def if definition is not None else None
        if not isinstance(op, dg.OpDefinition):
            return  # a graph: its tasks are called by the runtime
        if task_id in self.replaced:  # it gives nothing, whatever type it should have
            for output in op.output_defs:
                if not output.dagster_type.is_nothing:
                    output._dagster_type = resolve_dagster_type(Any)
        compute: Any = op.compute_fn
        function = compute.decorated_fn
        for rules in rules_cells(function):
            if rules.cell_contents.hooks is not None:
                hooks = Hooks(rules.cell_contents.hooks, lambda: task_id in self.how)
                rules.cell_contents = dataclasses.replace(rules.cell_contents, hooks=hooks)
        cell = inner_function(function)
        if cell is None:
            op._compute_fn = compute._replace(
                decorated_fn=self.body(task_id, function, check=check, keyed=keyed, alone=True)
            )
        else:
            cell.cell_contents = self.body(task_id, cell.cell_contents, check=check, keyed=keyed, plain=not check)

    def _install_in_graphs(self) -> None:
        """In an outcome graph, the runtime calls the functions of the tasks."""
        steps = self.project.compat("graph_steps")
        if steps is None:
            return
        once = steps.Steps._try

        def attempt(this: Any, task: Any, *args: Any, **kwargs: Any) -> Any:
            if this.dag_id == self.dag["dag_id"]:
                body = self.body(task.task_id, task.function, keyed=task.keyed)
                rules = dataclasses.replace(task.rules, hooks=None) if task.task_id in self.how else task.rules
                task = dataclasses.replace(task, function=body, rules=rules)
            return once(this, task, *args, **kwargs)

        steps.Steps._try = attempt

    def body(
        self,
        task_id: str,
        function: Function,
        *,
        check: bool = False,
        keyed: bool = False,
        alone: bool = False,
        plain: bool = False,
    ) -> Function:
        @functools.wraps(function)
        def body(*args: Any, **kwargs: Any) -> Any:
            how = self.how.get(task_id)
            if how is None:
                return self.observed(task_id, function, args, kwargs)
            if "outcome" in how:
                value = self.force(how)
            else:
                try:  # only to see what it would have worked with
                    self.observed(task_id, function, args, kwargs, stubbed=True)
                except NameError:  # nothing that is stubbed brings that about
                    raise
                except Exception:  # what was seen until then is not all of it, and proves nothing
                    if self.recorder is not None:
                        self.recorder.values.pop(task_id, None)
                value = None
            if check:
                return dg.AssetCheckResult(passed=True)
            if keyed:
                value = {} if value is None else {"return_value": value}
            if plain:
                return value
            output = dg.Output(value)
            return iter_of(output) if alone else output

        return body

    def observed(self, task_id: str, function: Function, args: Any, kwargs: Any, *, stubbed: bool = False) -> Any:
        if self.recorder is None:
            return None if stubbed else function(*args, **kwargs)
        with self.recorder.task(task_id, stubbed=stubbed):
            return self.recorder.call(function, *args, **kwargs)

    def force(self, how: Mapping[str, Any]) -> Any:
        """End this try as `how` says."""
        context = dg.OpExecutionContext.get()
        key = context.get_mapping_key()
        outcome = how["outcome"][(int(key) if key else 0) % len(how["outcome"])]
        if outcome == "skip":
            exceptions = self.project.compat("exceptions")
            raise (exceptions.AirflowSkipException if exceptions else Skipped)("forced")
        if outcome == "fail" or (outcome == "fail_once" and context.retry_number == 0):
            raise ForcedFailure("forced")
        return how.get("value")


def iter_of(output: dg.Output[Any]) -> Iterator[dg.Output[Any]]:
    """A function that is annotated with its value's type may yield an Output, and not return one."""
    yield output


def inner_function(function: Function) -> Any:
    """The variable that holds the function under all of the runtime's decorators; None where there are none."""
    code = getattr(function, "__code__", None)
    if code is None or not code.co_filename.replace("\\", "/").endswith(DECORATORS):
        return None
    cell = dict(zip(code.co_freevars, function.__closure__ or (), strict=True)).get("function")
    return cell and (inner_function(cell.cell_contents) or cell)
