"""An outcome graph's ops and how they are wired, as the one graph its assets come from."""

from __future__ import annotations

import inspect
import keyword
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha1
from typing import Any

import dagster as dg

from .graph_steps import Steps
from .graph_tasks import Task

RESERVED = frozenset(("context", "conf", "config", "meta", "arg_dict", "dict", "input_arg_dict", "output_arg_dict"))
RESERVED |= {"int", "str", "float", "bool", "input", "output", "type"}
"""Names that Dagster gives to nothing."""
RUN = "dag_run"


def build_assets(
    steps: Steps, key: dg.AssetKey, dag_asset: Mapping[str, Any], io_manager_key: str, common: Mapping[str, Any]
) -> dg.AssetsDefinition:
    """The assets of all tasks and of the DAG, computed by one graph."""
    return _Builder(steps, key, io_manager_key).assets(dag_asset, common)


class _Builder:
    def __init__(self, steps: Steps, key: dg.AssetKey, io_manager_key: str) -> None:
        self.steps, self.tasks, self.key, self.io_manager_key = steps, steps.tasks, key, io_manager_key
        self.names = _unique_names([task.task_id for task in self.tasks])
        # Names of ops and graphs are shared by all definitions of a code location.
        self.prefix = _identifier(steps.dag_id)
        if self.prefix != steps.dag_id:  # a.b and a_b are two DAGs
            self.prefix += f"_{sha1(steps.dag_id.encode(), usedforsecurity=False).hexdigest()[:6]}"
        deps = dict.fromkeys(dep for task in self.tasks for dep in task.deps)
        self.deps = {dep: f"dep_{number}" for number, dep in enumerate(deps)}

    def assets(self, dag_asset: Mapping[str, Any], common: Mapping[str, Any]) -> dg.AssetsDefinition:
        described = {self.names[task.task_id]: task.asset for task in self.tasks} | {RUN: dag_asset}

        def each(field: str) -> dict[str, Any]:
            return {name: asset[field] for name, asset in described.items() if asset.get(field) is not None}

        edges = {
            self.names[task.task_id]: {self.tasks[name].key for name in task.upstream} | set(task.deps)
            for task in self.tasks
        }
        edges[RUN] = {self.tasks[name].key for name in self.tasks.leaves()}
        return dg.AssetsDefinition.from_graph(
            self.graph(),
            keys_by_input_name={name: dep for dep, name in self.deps.items()},
            keys_by_output_name={**{self.names[task.task_id]: task.key for task in self.tasks}, RUN: self.key},
            internal_asset_deps=edges,
            descriptions_by_output_name=each("description"),
            metadata_by_output_name=each("metadata"),
            tags_by_output_name=each("tags"),
            owners_by_output_name=each("owners"),
            code_versions_by_output_name=each("code_version"),
            automation_conditions_by_output_name=each("automation_condition"),
            **common,
        )

    def graph(self) -> dg.GraphDefinition:
        outs = {name: dg.GraphOut() for name in [*self.names.values(), RUN]}
        ins = {name: dg.GraphIn() for name in self.deps.values()}

        def compose(**deps: Any) -> dict[str, Any]:
            outcomes: dict[str, Any] = {}
            assets: dict[str, Any] = {}
            for task in self.tasks.sorted():
                waiting = {_after(self.names[name]): outcomes[name] for name in self.tasks.waits_for(task)}
                external = {self.deps[dep]: deps[self.deps[dep]] for dep in task.deps}
                wire = self.wire_mapped if self.tasks.expansion(task) else self.wire_plain
                outcomes[task.task_id], assets[self.names[task.task_id]] = wire(task, {**waiting, **external})
            ends = [name for name in self.tasks.tasks if self.is_end(name)]
            assets[RUN] = self.run_op(ends)(**{_after(self.names[name]): outcomes[name] for name in ends})
            return assets

        parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ins]
        compose.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return dg.graph(name=f"{self.prefix}__tasks", ins=ins, out=outs)(compose)

    def is_end(self, name: str) -> bool:
        """Whether the last op needs a task's outcome: for the run's state, or as nothing else waits for it."""
        return name in self.tasks.leaves() or not any(name in self.tasks.waits_for(other) for other in self.tasks)

    def wire_plain(self, task: Task, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
        handles = self.op(task, "", self.plain(task), [*inputs], self.asset_outs(), own=True)(**inputs)
        return handles.outcome, handles.asset

    def wire_mapped(self, task: Task, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
        """Three ops: one yields the indexes of the instances, one runs each, one collects them."""
        indexes = {"indexes": dg.DynamicOut(int), "unexpanded": dg.Out()}
        expanded = self.op(task, "__expand", self.expander(task), [*inputs], indexes)(**inputs)
        each = self.op(task, "__each", self.instance(task), [*inputs, "map_index"], {"outcome": dg.Out()}, own=True)
        instances = expanded.indexes.map(lambda index: each(**inputs, map_index=index))
        collect = self.op(task, "", self.collector(task), ["unexpanded", "instances"], self.asset_outs())
        handles = collect(unexpanded=expanded.unexpanded, instances=instances.collect())
        return handles.outcome, handles.asset

    def asset_outs(self) -> dict[str, Any]:
        return {"outcome": dg.Out(), "asset": dg.Out(is_required=False, io_manager_key=self.io_manager_key)}

    def plain(self, task: Task) -> Callable[..., Iterator[Any]]:
        def compute(context: dg.OpExecutionContext, **inputs: Any) -> Iterator[Any]:
            outcomes = self.outcomes(task, inputs)
            yield from self.steps.task(task, context, outcomes, self.given(task, context, inputs))

        return compute

    def expander(self, task: Task) -> Callable[..., Iterator[Any]]:
        def compute(context: dg.OpExecutionContext, **inputs: Any) -> Iterator[Any]:
            yield from self.steps.expand(task, context, self.outcomes(task, inputs))

        return compute

    def instance(self, task: Task) -> Callable[..., Iterator[Any]]:
        def compute(context: dg.OpExecutionContext, map_index: int, **inputs: Any) -> Iterator[Any]:
            outcomes = self.outcomes(task, inputs)
            yield from self.steps.instance(task, context, outcomes, self.given(task, context, inputs), map_index)

        return compute

    def collector(self, task: Task) -> Callable[..., Iterator[Any]]:
        def compute(context: dg.OpExecutionContext, unexpanded: Any, instances: Any) -> Iterator[Any]:
            yield from self.steps.collect(task, context, unexpanded, instances)

        return compute

    def outcomes(self, task: Task, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: inputs[_after(self.names[name])] for name in self.tasks.waits_for(task)}

    def given(self, task: Task, context: dg.OpExecutionContext, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What the function gets from Dagster: its context, its config and its resources."""
        names = _dagster_parameters(task)
        return {name: context if name == _context_parameter(task) else inputs[name] for name in names}

    def op(
        self,
        task: Task,
        suffix: str,
        compute: Callable[..., Iterator[Any]],
        inputs: list[str],
        outs: Mapping[str, Any],
        *,
        own: bool = False,
    ) -> Any:
        """An op that computes by `compute`; with `own`, it has the resources and settings of the task's function."""
        annotations: dict[str, Any] = {"context": dg.OpExecutionContext}
        if own:
            annotations |= {
                name: kind for name, kind in _dagster_parameters(task).items() if name != _context_parameter(task)
            }
        external = [name for name in inputs if name in self.deps.values()]
        given = [name for name in inputs if name not in external]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [
            inspect.Parameter(name, kind, annotation=annotations.get(name, inspect.Parameter.empty))
            for name in [*annotations, *given]
        ]
        compute.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        compute.__annotations__ = annotations
        name = self.names[task.task_id] + suffix
        op = dg.op(
            name=f"{self.prefix}__{name}",
            description=task.asset["description"] if own else None,
            ins={**{name: dg.In() for name in given}, **{name: dg.In(dg.Nothing) for name in external}},
            out=dict(outs),
            **({key: value for key, value in task.op.items() if value is not None} if own else {}),
        )(compute)
        return op.alias(name)

    def run_op(self, ends: list[str]) -> Any:
        def compute(context: dg.OpExecutionContext, **inputs: Any) -> Iterator[Any]:
            outcomes = {name: inputs[_after(self.names[name])] for name in ends}
            yield from self.steps.run_state(context, self.key, outcomes)

        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        names = [_after(self.names[name]) for name in ends]
        parameters = [inspect.Parameter(name, kind) for name in ["context", *names]]
        compute.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        compute.__annotations__ = {}
        ins = {name: dg.In() for name in names}
        op = dg.op(name=f"{self.prefix}__{RUN}", ins=ins, out={RUN: dg.Out(dg.Nothing)})(compute)
        return op.alias(RUN)


def _dagster_parameters(task: Task) -> dict[str, Any]:
    """The parameters of a task's function that Dagster fills in, and their annotations."""
    ours = {*task.inputs, *task.all_of, *task.partial, *task.group_arguments}
    if task.expansion is not None:
        ours |= {*task.expansion.arguments}
    hints = typing.get_type_hints(task.function, include_extras=True)
    found = {}
    for name, parameter in inspect.signature(task.function).parameters.items():
        if name in ours or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if name in ("context", "_context", "_", "config") or _is_resource(hints.get(name)):
            found[name] = hints.get(name, inspect.Parameter.empty)
    return found


def _context_parameter(task: Task) -> str | None:
    first = next(iter(inspect.signature(task.function).parameters), None)
    return first if first in ("context", "_context", "_") else None


def _is_resource(annotation: Any) -> bool:
    if typing.get_origin(annotation) is typing.Annotated:  # dg.ResourceParam[…]
        return "resource_param" in annotation.__metadata__
    return isinstance(annotation, type) and issubclass(annotation, dg.ConfigurableResource)


def _after(name: str) -> str:
    return f"after_{name}"


def _identifier(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", text)


def _unique_names(task_ids: list[str]) -> dict[str, str]:
    """Names for ops: letters, digits and underscores, each once, none that Dagster or Python reserves."""
    found: dict[str, str] = {}
    taken = {*RESERVED, RUN}
    for task_id in task_ids:
        name = _identifier(task_id)
        while name in taken or keyword.iskeyword(name):
            name += "_"
        found[task_id] = name
        taken |= {name, f"{name}__expand", f"{name}__each"}
    return found
