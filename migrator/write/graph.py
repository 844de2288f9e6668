"""A DAG as an outcome graph: the runtime's AirflowGraph, its tasks and its job."""

from __future__ import annotations

from collections.abc import Sequence

from ..dagster_model import Asset, Graph, Job
from .module import Module
from .skeleton import limit_tag
from .text import in_docstring, key_literal, literal

GRAPH = "airflow_graph"
"""The module-level name of a DAG's graph."""


def add_graph(module: Module, graph: Graph, assets: Sequence[Asset], variables: dict[str, str]) -> None:
    """`airflow_graph = AirflowGraph(…)`, before its tasks."""
    arguments = [f"{name}={module.code(code)}" for name, code in graph.arguments]
    if arguments and arguments[0].startswith("dag_id="):
        arguments[0] = arguments[0].removeprefix("dag_id=")
    if owners := common_owners(assets):
        arguments.append(f"owners={literal(list(owners))}")
    if "intervals" in variables:
        arguments.append(f"partitions_def={variables['intervals']}")
    if assets and assets[0].io_manager:
        arguments.append(f"io_manager_key={literal(assets[0].io_manager)}")
    module.add(f"{GRAPH} = AirflowGraph({', '.join(arguments)})")
    for statement in graph.statements:
        module.add(module.code(statement))


def common_owners(assets: Sequence[Asset]) -> tuple[str, ...]:
    """The owners that all tasks have; none where they differ."""
    owners = {asset.owners for asset in assets}
    return next(iter(owners)) if len(owners) == 1 else ()


def description(text: str | None) -> list[str]:
    """The keyword that describes a definition, where its function has no docstring that does."""
    return [f"description={literal(text)}"] if text and not in_docstring(text) else []


def task_arguments(module: Module, asset: Asset, function: str, owners: tuple[str, ...]) -> list[str]:
    """The keywords of `@airflow_graph.task`, those that say something only; `owners` are the graph's."""
    flow = asset.flow
    assert flow is not None
    metadata = {k: v for k, v in asset.metadata if not k.startswith("airflow/")}
    return [
        *([f"task_id={literal(flow.task_id)}"] if flow.task_id != function else []),
        *([f"upstream={literal(list(flow.upstream))}"] if flow.upstream is not None else []),
        *([f"inputs={literal(dict(flow.inputs))}"] if flow.inputs else []),
        *(f"{name}={module.code(code)}" for name, code in flow.arguments),
        *([f"deps=[{', '.join(map(key_literal, asset.other_deps))}]"] if asset.other_deps else []),
        *description(asset.description),
        *([f"pool={literal(asset.pool)}"] if asset.pool else []),
        *([f"owners={literal(list(asset.owners))}"] if asset.owners != owners else []),
        *([f"kinds={literal(set(asset.kinds))}"] if asset.kinds else []),
        *([f"op_tags={literal(dict(asset.op_tags))}"] if asset.op_tags else []),
        *([f"metadata={literal(metadata)}"] if metadata else []),
    ]


def add_graph_job(module: Module, job: Job, variable: str) -> None:
    """The graph's own job, in which the tasks after a failed one still run."""
    tags = {k: v for k, v in job.tags if k != "airflow/dag_id"}
    tags |= dict([limit_tag(job)] if job.max_active_runs else [])
    arguments = [
        literal(job.name),
        *([f"description={literal(job.description)}"] if job.description else []),
        *([f"tags={literal(tags)}"] if tags else []),
        *([f"max_concurrent={job.max_concurrent}"] if job.max_concurrent else []),
        *([f"hooks={{{', '.join(map(module.code, job.hooks))}}}"] if job.hooks else []),
    ]
    module.add(f"{variable} = {GRAPH}.job({', '.join(arguments)})")
