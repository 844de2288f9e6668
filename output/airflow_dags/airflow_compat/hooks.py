"""What a task is given to call around each of its tries: `pre_execute`, `post_execute`, `@task.run_if` and `skip_if`.

https://airflow.apache.org/docs/task-sdk/stable/api.html#airflow.sdk.BaseOperator

What such a function raises ends the try, unlike with a callback: AirflowSkipException skips it, anything else fails it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .exceptions import AirflowSkipException

Before = Callable[[Any], Any]
After = Callable[[Any, Any], Any]
Condition = Callable[[Any], Any]


class Dag(Protocol):
    """What is needed of an AirflowDag."""

    def context(self, context: Any, task_id: str = "", **variables: Any) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """The functions that are called around each try of a task, and where they find what they ask of the context.

    Those in `pre_execute` get the Airflow context, before the task's callbacks and its time limit begin; those in
    `post_execute` also get what the task returned. `xcoms`: task id -> the parameter of the task's function with that
    task's value, to pull; `keyed` and `multiple_outputs` as for `AirflowDag.context`. `params`: the parameter that
    holds the run's params; `task_params`: those of the task itself.
    """

    pre_execute: Sequence[Before] = ()
    post_execute: Sequence[After] = ()
    xcoms: Mapping[str, str] = field(default_factory=dict)
    keyed: Collection[str] = ()
    multiple_outputs: Collection[str] = ()
    params: str = ""
    task_params: Mapping[str, Any] = field(default_factory=dict)

    def context(self, dag: Dag, context: Any, task_id: str, retries: int, given: Mapping[str, Any]) -> Any:
        """The Airflow context they get; `given` is what the task's function is called with."""
        params: Any = given.get(self.params)
        values = {} if params is None else params.model_dump()
        return dag.context(
            context,
            task_id,
            retries=retries,
            xcoms={task: given.get(name) for task, name in self.xcoms.items()},
            keyed=self.keyed,
            multiple_outputs=self.multiple_outputs,
            params={**values, **self.task_params},
        )

    def before(self, airflow: Any) -> None:
        """Call those that come before the task."""
        for hook in self.pre_execute:
            hook(airflow)

    def after(self, airflow: Any, result: Any) -> None:
        """Call those that come after a task that has returned `result`."""
        for hook in self.post_execute:
            hook(airflow, result)


def run_if(condition: Condition, skip_message: str | None = None) -> Before:
    """Skip the task unless the condition holds for its context; the condition may return a message, too."""
    return _skipping(condition, skip_message, when=False)


def skip_if(condition: Condition, skip_message: str | None = None) -> Before:
    """Skip the task if the condition holds for its context; the condition may return a message, too."""
    return _skipping(condition, skip_message, when=True)


def _skipping(condition: Condition, skip_message: str | None, *, when: bool) -> Before:
    def pre_execute(airflow: Any) -> None:
        holds = condition(airflow)
        message = None
        if isinstance(holds, tuple):
            holds, message = holds
        if bool(holds) is when:
            raise AirflowSkipException(message or skip_message or "Task was skipped due to condition.")

    return pre_execute
