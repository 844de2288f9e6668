"""The generated project as Dagster loads it: its definitions, and what Dagster says while it loads them.

https://docs.dagster.io/api/dagster/definitions
"""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import json
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import dagster as dg
from dagster._core.definitions.reconstruct import repository_def_from_target_def
from dagster._core.workspace.autodiscovery import loadable_targets_from_loaded_module

SHARED = " "
"""In place of a DAG's id, of what is loaded for all of them."""
OWN = "Property `ScheduleDefinition.environment_vars`"
"""What Dagster itself reads of every schedule, and calls deprecated (1.13.27)."""


class TooLong(BaseException):
    """Raised in what is imported when its time is over: the traceback says where that is."""


class NoAirflow(MetaPathFinder):
    """Makes a Python in which Airflow is installed one in which it is not."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] == "airflow":
            text = f"No module named {fullname!r}: the project has to load without it"
            raise ModuleNotFoundError(text, name=fullname)
        return None


class Project:
    """What is loaded of a folder, each module within `step(DAG_ID)`, and what all share within `step(SHARED)`.

    `lost`: by those names, why a module is not to be imported again.
    """

    def __init__(self, folder: Path, lost: Mapping[str, str], step: Callable[[str], AbstractContextManager[None]]):
        self.folder, self.lost, self.step = folder, lost, step
        self.migration: dict[str, Any] = json.loads((folder / "migration.json").read_text())
        self.package: str = self.migration["package"]
        self.dags: dict[str, dict[str, Any]] = {dag["dag_id"]: dag for dag in self.migration["dags"]}
        self.repository: Any = None
        self.error = ""
        self.broken: dict[str, str] = {}
        """By DAG: what keeps its module from being imported, and where."""
        self.deprecated: list[str] = []
        self.has_airflow = importlib.util.find_spec("airflow") is not None
        self._no_airflow = NoAirflow()
        sys.meta_path.insert(0, self._no_airflow)
        sys.path.insert(0, str(folder))
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = self._warned
            try:
                self._load()
            except BaseException:
                self.error = traceback.format_exc()
        self.deprecated = sorted(set(self.deprecated))

    def _warned(self, message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        """Keep what Dagster calls deprecated; what others do (Python, of a user's text) is no matter of its API."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") == "warnings":
            frame = frame.f_back
        said_by = str(frame.f_globals.get("__name__", "")) if frame is not None else ""
        if not issubclass(category, DeprecationWarning | FutureWarning) or not said_by.startswith("dagster"):
            return
        if not str(message).startswith(OWN):
            self.deprecated.append(str(message))

    def _load(self) -> None:
        # By themselves first: while `load_from_defs_folder` imports them, Dagster keeps its warnings to itself, and one
        # that cannot be imported would stop all others.
        for dag_id, dag in self.dags.items():
            if dag_id in self.lost:
                self.broken[dag_id] = self.lost[dag_id]
            elif dag["module"]:
                self._import(dag_id, module_name(dag["module"]))
        for dag_id in self.broken:
            self.leave_out((self.folder / self.dags[dag_id]["module"]).parent)
        if SHARED in self.lost:
            raise ImportError(f"{self.package}.definitions: {self.lost[SHARED]}")
        with self.step(SHARED):
            self._load_all()

    def _import(self, dag_id: str, module: str) -> None:
        try:
            with self.step(dag_id):
                importlib.import_module(module)
        except BaseException as error:
            self.broken[dag_id] = self.said(error)

    def _load_all(self) -> None:
        (target,) = loadable_targets_from_loaded_module(importlib.import_module(f"{self.package}.definitions"))
        self.repository = repository_def_from_target_def(target.target_definition)
        if isinstance(target.target_definition, dg.Definitions):
            dg.Definitions.validate_loadable(target.target_definition)
        self.repository.load_all_definitions()

    def said(self, error: BaseException) -> str:
        """What an error comes to, and the last line of the project that led to it."""
        places = [(frame.filename, frame.lineno) for frame in reversed(traceback.extract_tb(error.__traceback__))]
        if isinstance(error, SyntaxError) and error.filename:
            places.insert(0, (error.filename, error.lineno))
        own = [(Path(name), line) for name, line in places if Path(name).is_relative_to(self.folder)]
        named = str(error) if isinstance(error, TooLong) else traceback.format_exception_only(error)[-1]
        text = named.strip().partition("\n")[0]
        return f"{text} ({own[0][0].relative_to(self.folder)}:{own[0][1]})" if own else text

    def leave_out(self, folder: Path) -> None:
        """Have the modules of a folder be empty ones to all that imports them from now on."""
        for path in (folder, *folder.rglob("*.py")):
            module = ModuleType(module_name(str(path.relative_to(self.folder))))
            module.__path__ = []
            sys.modules[module.__name__] = module

    def let_airflow_in(self) -> None:
        """For tasks that run the Airflow operator itself."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self._no_airflow]

    def module(self, dag_id: str) -> Any:
        """The module of a DAG, as loaded; None where there is none."""
        path = self.dags[dag_id]["module"]
        return sys.modules.get(module_name(path)) if path else None

    def compat(self, part: str) -> Any:
        """A part of the project's own runtime module, where the project has it."""
        return sys.modules.get(f"{self.package}.airflow_compat.{part}")

    def record(self) -> dict[str, Any]:
        """What was loaded, as plain values: keys are joined by "/"."""
        if self.error:
            return {"failed": self.error, "deprecated": self.deprecated, "broken": self.broken}
        graph, repository = self.repository.asset_graph, self.repository
        return {
            "failed": "",
            "broken": self.broken,
            "airflow": self.has_airflow,
            "deprecated": self.deprecated,
            "assets": {
                key.to_user_string(): {
                    "parents": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
                    "task": (graph.get(key).metadata or {}).get("airflow/task_id"),
                    "dag": (graph.get(key).metadata or {}).get("airflow/dag_id"),
                    "optional": self._optional(key),
                    "tries": tries(self.repository.assets_defs_by_key.get(key)),
                }
                for key in graph.get_all_asset_keys()
            },
            "external": self.external(),
            "graphs": {dag_id: found for dag_id in self.dags if (found := self.outcome_graph(dag_id))},
            "checks": {
                f"{key.asset_key.to_user_string()}:{key.name}": {
                    "asset": key.asset_key.to_user_string(),
                    "parents": sorted(p.to_user_string() for p in graph.get(key).parent_entity_keys),
                    "blocking": bool(graph.get(key).blocking),
                    "tries": tries(repository.asset_checks_defs_by_key.get(key)),
                }
                for key in graph.asset_check_keys
            },
            "jobs": {
                job.name: sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)
                for job in repository.get_all_jobs()
            },
            "schedules": {schedule.name: schedule.job_name for schedule in repository.schedule_defs},
            "sensors": {sensor.name: [t.job_name for t in sensor.targets] for sensor in repository.sensor_defs},
        }

    def outcome_graph(self, dag_id: str) -> dict[str, Any] | None:
        """The tasks of a DAG's AirflowGraph, where its module has one: what its runtime will go by."""
        values = vars(self.module(dag_id)).values() if self.module(dag_id) else ()
        graph = next((value for value in values if type(value).__name__ == "AirflowGraph"), None)
        if graph is None:
            return None
        return {
            "tasks": {
                task.task_id: {
                    "upstream": sorted(task.upstream),
                    "trigger_rule": task.trigger_rule,
                    "kind": task.kind,
                    "ignores_rules": task.ignore_downstream_trigger_rules,
                    "setup": task.is_setup,
                    "teardown": task.is_teardown,
                    "fails_run": task.on_failure_fail_dagrun,
                    "expand": expansion(task.expansion),
                    "groups": list(task.task_groups),
                    "tries": tries_by(task.rules),
                }
                for task in graph._tasks.values()
            },
            "groups": {group_id: expansion(group.expansion) for group_id, group in graph._groups.items()},
        }

    def external(self) -> dict[str, list[str]]:
        """The assets that stand for Airflow's own, by the URI or name of those."""
        found = {}
        graph = self.repository.asset_graph
        for key in graph.get_all_asset_keys():
            metadata = graph.get(key).metadata or {}
            for name in ("airflow/asset_uri", "airflow/asset_name"):
                if metadata.get(name):
                    found[str(metadata[name])] = list(key.path)
        return found

    def _optional(self, key: dg.AssetKey) -> bool:
        """Whether a run may leave the asset out: its task can end in a skip."""
        definition = self.repository.assets_defs_by_key.get(key)
        if definition is None or not definition.is_executable:
            return False
        node = definition.node_def
        return not isinstance(node, dg.OpDefinition) or not all(output.is_required for output in node.output_defs)


def module_name(path: str) -> str:
    """The name of a module or package by its path below the project's folder."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def expansion(found: Any) -> dict[str, Any] | None:
    """The names of what a task or group is expanded over; None where it is not, or where they are not known."""
    if found is None:
        return None
    return {"arguments": None if found.many is not None else sorted(found.arguments)}


def tries(definition: Any) -> dict[str, Any] | None:
    """How often an asset or check is tried and what it calls: by Dagster's policy, or by the runtime's `airflow_task`.

    None for what has no body of its own: what is external, and a graph.
    """
    if definition is None or not definition.is_executable or not isinstance(definition.node_def, dg.OpDefinition):
        return None
    op = definition.node_def
    rules = rules_of(op)
    found = tries_by(rules) if rules else {"retries": 0, "delay": 0.0, "timeout": None, "callbacks": []}
    if op.retry_policy is not None:
        found |= {"retries": op.retry_policy.max_retries, "delay": float(op.retry_policy.delay or 0)}
    return found


def rules_of(op: dg.OpDefinition) -> Any:
    """The rules that `airflow_task` has put around an op's function, which only its closure holds."""
    return next((cell.cell_contents for cell in rules_cells(getattr(op.compute_fn, "decorated_fn", None))), None)


def rules_cells(function: Any) -> Iterator[Any]:
    """The variables of a decorated function's closure that hold such rules."""
    while function is not None:
        for cell in getattr(function, "__closure__", None) or ():
            if type(cell.cell_contents).__name__ == "Rules":
                yield cell
        function = getattr(function, "__wrapped__", None)


def tries_by(rules: Any) -> dict[str, Any]:
    """What the runtime's rules of a task say."""
    called = [event for event, callbacks in rules.callbacks.items() if callbacks]
    delay, timeout = seconds(rules.retry_delay), seconds(rules.execution_timeout)
    return {"retries": rules.retries, "delay": delay, "timeout": timeout, "callbacks": called}


def seconds(value: dt.timedelta | float | None) -> float | None:
    return value.total_seconds() if isinstance(value, dt.timedelta) else value
