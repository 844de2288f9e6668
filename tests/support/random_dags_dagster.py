"""Random DAGs as outcome graphs, and what becomes of them in Dagster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from migrator.runtime.compat.exceptions import AirflowFailException, AirflowSkipException
from migrator.runtime.compat.graph import AirflowGraph
from migrator.runtime.compat.mapping import task_output
from support.random_dags import act, inputs_of

States = dict[tuple[str, int], str]


def build(spec: Mapping[str, Any], airflow: str) -> AirflowGraph:
    graph = AirflowGraph(spec["dag_id"], airflow=airflow)

    def argument(expand: Mapping[str, Any]) -> Any:
        return expand["literal"] if "literal" in expand else task_output(expand["task"])

    if spec["group"]:
        graph.mapped_task_group("group", expand={"item": argument(spec["group"])})
    for task in spec["tasks"]:
        teardown = task["teardown"]
        graph.task(
            task_id=task["id"],
            upstream=task["upstream"],
            inputs={name: name for name in inputs_of(spec, task)},
            trigger_rule=task["rule"],
            kind=task["kind"],
            ignore_downstream_trigger_rules=task["ignore"],
            is_setup=task["setup"],
            is_teardown=bool(teardown),
            on_failure_fail_dagrun=bool(teardown) and task["fail_run"],
            retries=task["retries"],
            retry_delay=0,
            expand={"item": argument(task["expand"])} if task["expand"] else None,
            task_groups=["group"] if task["in_group"] else [],
            group_arguments={"item": "item"} if task["in_group"] else (),
        )(_function(task))
    return graph


def _function(task: Mapping[str, Any]) -> Any:
    mapped = task["expand"] or task["in_group"]

    def function(context: dg.OpExecutionContext, **values: Any) -> Any:
        item = values.pop("item") if mapped else None
        key = context.get_mapping_key()
        return act(
            task,
            map_index=-1 if key is None else int(key),
            try_number=context.retry_number + 1,
            item=([item] if task["in_group"] else item) if mapped else [],
            saw=values,
            skip=AirflowSkipException,
            fail=AirflowFailException,
        )

    return function


def run(graph: AirflowGraph, instance: dg.DagsterInstance, **options: Any) -> tuple[str, States, dict[str, Any]]:
    """The run's state, those of the task instances, and the values of the assets by task."""
    definitions = dg.Definitions(assets=[graph.assets()], jobs=[graph.job()])
    job = definitions.resolve_job_def(graph.dag_id)
    result = job.execute_in_process(instance=instance, raise_on_error=False, **options)
    states = states_of(result.all_events)
    return "success" if result.success else "failed", states, values_of(graph, result)


def states_of(events: Iterable[dg.DagsterEvent]) -> States:
    """The states of task instances, as the event log has them."""
    found: States = {}
    for event in events:
        if event.event_type_value == "ASSET_OBSERVATION":
            noted: dict[str, Any] = {
                key: value.value for key, value in event.asset_observation_data.asset_observation.metadata.items()
            }
            if "airflow/task_id" in noted:
                found[noted["airflow/task_id"], noted["airflow/map_index"]] = noted["airflow/state"]
    return found


def values_of(graph: AirflowGraph, result: Any) -> dict[str, Any]:
    """What the tasks that were materialised returned."""
    keys = {task_id: task.key for task_id, task in graph._tasks.items()}
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    return {task_id: result.asset_value(key) for task_id, key in keys.items() if key in made}
