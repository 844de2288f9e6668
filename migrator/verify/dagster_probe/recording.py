"""What a task's body has worked with: the values that Airflow would have rendered into its templated fields.

A translated template is an ordinary expression somewhere in the body, so there is no field to ask for. What is observed
instead, while the body runs: what `airflow.render` gave, what was handed to the runtime's functions and to resources,
and the body's own variables when it ended.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

import dagster as dg

from .project import Project
from .ticks import utc

MOST = 2000
"""Values kept of one task; a body that works on a large table has them within its first ones."""

LOOKS = "other_dag_done"
"""The runtime's function that looks what has become of another DAG's run; a sensor polls it."""
STATES = ("allowed", "failed", "skipped")


class Nothing:
    """What a stubbed call gives: any use of it gives nothing again."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __getitem__(self, _: object) -> Any:
        return self

    def __bool__(self) -> bool:
        return True


class Recorder:
    """Observes the bodies of tasks, and keeps those that are stubbed from reaching outside."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.task_id: str | None = None
        self.stubbed = False
        self.values: dict[str, list[Any]] = {}
        self.awaited: dict[str, list[dict[str, Any]]] = {}
        self._inside = False

    @contextmanager
    def task(self, task_id: str, *, stubbed: bool) -> Iterator[None]:
        before = self.task_id, self.stubbed
        self.task_id, self.stubbed = task_id, stubbed
        self.values.setdefault(task_id, [])
        try:
            yield
        finally:
            self.task_id, self.stubbed = before

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a body; its own variables when it ends are values of the task."""
        code = getattr(inspect.unwrap(function), "__code__", None)

        def profile(frame: Any, event: str, _: Any) -> None:
            if event == "return" and frame.f_code is code:
                self.add([value for name, value in frame.f_locals.items() if name not in ("context", "airflow")])

        sys.setprofile(profile)
        try:
            return function(*args, **kwargs)
        finally:
            sys.setprofile(None)

    def add(self, value: Any) -> None:
        if self.task_id is None:
            return
        kept = self.values[self.task_id]
        for leaf in leaves(value):
            if len(kept) < MOST and leaf not in kept:
                kept.append(leaf)

    def install(self, module: Any, job: Any) -> None:
        """Observe what the bodies in a module call."""
        runtime = f"{self.project.package}.airflow_compat"
        for name, value in list(vars(module).items()):
            if inspect.isfunction(value) and value.__module__.startswith(runtime) and name != "airflow_task":
                setattr(module, name, self.observed(value))
        contexts = self.project.compat("context")
        if contexts is not None:
            render = contexts.AirflowContext.render

            def rendering(context: Any, value: Any, **kwargs: Any) -> Any:
                found = render(context, value, **kwargs)
                self.add(found)
                return found

            contexts.AirflowContext.render = rendering
        bridge = self.project.compat("bridge")
        if bridge is not None:
            finish = bridge._finish

            def finishing(operator: Any, context: Any) -> Any:
                """What a bridged operator works with stands in its own fields, rendered."""
                self.add([getattr(operator, field, None) for field in operator.template_fields])
                return finish(operator, context)

            bridge._finish = finishing
        for kind in set(self.resource_classes(job)):
            for name, function in inspect.getmembers(kind, inspect.isfunction):
                own = not name.startswith("_") and not hasattr(dg.ConfigurableResource, name)
                if own and not inspect.isgeneratorfunction(inspect.unwrap(function)):
                    setattr(kind, name, self.observed(function, bound=True))

    def resource_classes(self, job: Any) -> Iterator[type]:
        for definition in job.resource_defs.values():
            kind = getattr(definition, "configurable_resource_cls", None)
            if isinstance(kind, type) and issubclass(kind, dg.ConfigurableResource):
                yield kind

    def observed(self, function: Callable[..., Any], *, bound: bool = False) -> Callable[..., Any]:
        @functools.wraps(function)
        def observing(*args: Any, **kwargs: Any) -> Any:
            if self.task_id is None or self._inside:
                return function(*args, **kwargs)
            self.add([list(args[bool(bound) :]), kwargs])
            if self.stubbed:
                if function.__name__ == LOOKS:
                    given = inspect.signature(function).bind(*args, **kwargs).arguments
                    self.awaited.setdefault(self.task_id, []).append(self.looked_for(**given))
                for poll in args:
                    if LOOKS in getattr(getattr(poll, "__code__", None), "co_names", ()):
                        poll()
                return Nothing()
            self._inside = True
            try:
                return function(*args, **kwargs)
            finally:
                self._inside = False

        return observing

    def looked_for(self, dag: Any, dates: Any, tasks: Any = (), **other: Any) -> dict[str, Any]:
        """What a task waits for that waits for another DAG, in Airflow's words."""
        known = self.project.dags.get(dag.dag_id, {"tasks": ()})["tasks"]
        owners = {tuple(row["key"]): task["task_id"] for task in known for row in task["becomes"] if "key" in row}
        states = [other.get(f"{name}_states", ("success",) if name == "allowed" else ()) for name in STATES]
        return {
            "dag": dag.dag_id,
            "tasks": sorted(owners.get(tuple(key), "/".join(key)) for key in tasks),
            "dates": sorted(utc(date) for date in ([dates] if isinstance(dates, dt.datetime) else dates)),
            "states": [sorted(set(found)) for found in states],
        }


def leaves(value: Any, depth: int = 0) -> Iterator[Any]:
    """The texts, numbers and dates in a value, through lists and dicts."""
    if isinstance(value, dt.datetime | dt.date):
        yield value.isoformat()
    elif isinstance(value, PurePath):
        yield str(value)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield value
    elif isinstance(value, Mapping) and depth < 6:
        for item in list(value.values())[:MOST]:
            yield from leaves(item, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < 6:
        for item in list(value)[:MOST]:
            yield from leaves(item, depth + 1)
