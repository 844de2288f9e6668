"""What a task takes of other tasks' XComs: inputs of its asset, or values that the runtime's context is given."""

from __future__ import annotations

from .. import airflow_model as am
from ..dagster_model import Input
from ..source import Span
from .arguments import Arguments
from .names import RESERVED, Names, identifier
from .pen import CannotWriteError
from .shared import Shared
from .updates import groups_of


class Pulls(Arguments):
    """The XComs that a task's expressions ask for, gathered for its asset."""

    airflow_used: bool
    differences: list[str]

    def __init__(self, task: am.Task, shared: Shared) -> None:
        super().__init__(task, shared)
        self.inputs: dict[str, str] = {}
        """Upstream task id -> the name of the asset's input for its value."""
        self.for_decorators: set[str] = set()
        """Those of them that only a decorator takes."""
        self.hooked: dict[str, None] = {}
        """The tasks whose values its hooks may pull."""
        self.xcoms: dict[str, None] = {}
        """The tasks whose values the runtime's context is given."""
        self.instances: dict[str, str] = {}
        """Those of them in a mapped group -> the name of the input for what all their instances have pushed."""
        self.local_names = Names({"context", "airflow", "airflow_dag", "xcom", "dg", *_names_of(task.function)})

    def input(self, task_id: str, wanted: str | None = None) -> str:
        """The name of the input that holds an upstream task's value."""
        if task_id not in self.inputs:
            if wanted is not None and wanted not in self.inputs.values() and wanted not in RESERVED:
                self.inputs[task_id] = wanted
            else:
                self.inputs[task_id] = self.local_names.unique(identifier(task_id))
            self.local_names.take(self.inputs[task_id])
            self.shared.consumed.add(task_id)
        return self.inputs[task_id]

    def pulled(
        self,
        task_id: str,
        key: str = "return_value",
        span: Span | None = None,
        wanted: str | None = None,
        *,
        strict: bool = False,
    ) -> str:
        """An expression for what another task pushed. Raises CannotWriteError where no input can hold it.

        A key that was not pushed is None, or with `strict` an error, as where a TaskFlow argument names it.
        """
        if task_id not in self.shared.keys or task_id in self.shared.absorbed:
            message = (
                f"There is no XCom of `{task_id}` in this DAG"
                if task_id not in self.shared.keys
                else f"The check `{task_id}` has no XCom"
            )
            self.shared.report("A2D503", message, span or self.task.span, self.task.task_id)
            return "None"
        if task_id == self.task.task_id or self.shared.reaches(self.task.task_id, task_id):
            raise CannotWriteError(f"the XCom of `{task_id}`, which does not run before")
        if not self.shared.reaches(task_id, self.task.task_id):
            self._tell_not_upstream(task_id, span)
        by_key = (
            task_id in self.shared.decisions
            or task_id in self.shared.keyed
            or (key != "return_value" and task_id in self.shared.multiple)
        )
        if not self._pushes(task_id, key):
            message = f"`{task_id}` does not push {key!r}"
            self.shared.report("A2D503", message, span or self.task.span, self.task.task_id)
            if not by_key:
                return "None"
        name = self.input(task_id, None if by_key else wanted)
        if not by_key:
            return name
        if self.shared.outcome and task_id not in self.shared.keyed:
            return f"({name} or {{}}).get({key!r})"  # a skipped task has no value
        # What returns nothing has no return value, and that is no error, wherever it is read.
        return (
            f"{name}[{key!r}]"
            if strict and key != "return_value" and not self.shared.outcome
            else f"{name}.get({key!r})"
        )

    def _tell_not_upstream(self, task_id: str, span: Span | None) -> None:
        message = f"`{self.task.task_id}` pulls from `{task_id}`, which is not upstream of it"
        self.shared.report("A2D502", message, span or self.task.span, self.task.task_id)
        self.differences.append(message)

    def _pushes(self, task_id: str, key: str) -> bool:
        """Whether a task may push a key, as far as that is known."""
        if key == "return_value" or task_id in self.shared.multiple:
            return True
        function = self.shared.tasks[task_id].function
        if task_id not in self.shared.keyed:
            return False
        pushes = [u for u in function.uses if u.kind == "push"] if function is not None else []
        return not pushes or any(u.name in ("", key) for u in pushes)

    def is_mapped(self, task_id: str) -> bool:
        """Whether a task is expanded by itself, so that its value is a list of its instances' values."""
        task = self.shared.tasks.get(task_id)
        return task is not None and task.mapping is not None

    def mapped_groups(self, task_id: str) -> list[str]:
        """The mapped groups that a task is in."""
        task = self.shared.tasks.get(task_id)
        groups = groups_of(task, self.dag) if task is not None else []
        return [group.group_id for group in groups if group.mapping is not None]

    def give_xcom(self, task_id: str, span: Span | None = None, *, by_index: bool = False) -> None:
        """Let the runtime's context answer `ti.xcom_pull` for this task; `by_index`: for the instances it names."""
        known = task_id in self.shared.keys and task_id not in self.shared.absorbed
        if not known or task_id == self.task.task_id or self.shared.reaches(self.task.task_id, task_id):
            return
        if not self.shared.reaches(task_id, self.task.task_id):
            self._tell_not_upstream(task_id, span)
        groups = self.mapped_groups(task_id)
        if not groups:
            self.input(task_id)
        elif task_id not in self.instances:
            self.instances[task_id] = self.local_names.unique(f"all_{identifier(task_id)}")
            self.shared.consumed.add(task_id)
        if not by_index and set(groups) & set(self.mapped_groups(self.task.task_id)):
            message = (
                f"`{self.task.task_id}` pulls from all instances of `{task_id}`, which is in the same mapped group"
            )
            self.shared.report("A2D513", message, span or self.task.span, self.task.task_id)
            self.differences.append(message)
        self.xcoms[task_id] = None
        self.airflow_used = True

    def upstream(self) -> tuple[str, ...]:
        """Every task that runs before this one."""
        return tuple(sorted(self.shared.graph.ancestors(self.task.task_id)))

    def _xcom(self, value: am.XComRef) -> str:
        if value.steps:
            raise CannotWriteError("an XCom that is mapped or zipped")
        if value.dag_id != self.dag.dag_id:
            raise CannotWriteError(f"an XCom of the DAG {value.dag_id}")
        return self.pulled(value.task_id, value.key, strict=True)

    def asset_inputs(self) -> tuple[Input, ...]:
        """The inputs the expressions asked for."""
        return tuple(
            Input(name, self.shared.keys[task_id], for_decorator=task_id in self.for_decorators)
            for task_id, name in self.inputs.items()
        )


def _names_of(function: am.Function | None) -> tuple[str, ...]:
    """The names a function's body has other uses for."""
    if function is None:
        return ()
    return (*function.globals_used, *function.captured, *(p.name for p in function.parameters))
