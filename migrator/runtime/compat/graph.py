"""An Airflow DAG as one graph of ops, whose tasks exchange how they ended: every trigger rule, in one run.

Dagster runs a step when the steps before it have succeeded; Airflow lets each task choose by its trigger rule. So here
each step hands on an outcome (success, failed, skipped, upstream_failed) and decides by those it gets. What comes out
is one asset a task, materialised when the task succeeds, with the DAG's own edges between them, and one asset for the
DAG, materialised when Airflow would call the run a success.

https://docs.dagster.io/guides/build/assets/defining-assets
https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#control-flow
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import dagster as dg

from .dag import AirflowDag
from .graph_ops import build_assets
from .graph_steps import VISIBLE_FAILURES, Steps
from .graph_tasks import Group, Task, Tasks, asset_keys
from .instance import pushes
from .mapping import Expansion
from .outcomes import Values
from .task import Around, Callbacks, Rules
from .tries import Seconds

Function = TypeVar("Function", bound=Callable[..., Any])


class AirflowGraph:
    """The tasks of one DAG.

        airflow_graph = AirflowGraph("nightly_load", airflow="2", group_name="nightly_load", owners=["team:ops"])

        @airflow_graph.task(retries=2, retry_delay=60)
        def load(context: dg.OpExecutionContext) -> int: ...

        @airflow_graph.task(upstream=["load"], trigger_rule="one_failed")
        def alert(context: dg.OpExecutionContext) -> None: ...

        assets = airflow_graph.assets()
        job = airflow_graph.job("nightly_load")

    `airflow_dag` is needed where a task has callbacks, hooks, a growing retry delay, or is a LatestOnlyOperator.
    `group_name`, `owners` and `tags` are given to every asset. `io_manager_key` is where the values of assets go. With
    `fail_fast`, the first task that fails stops the others, but for teardowns: those that have not begun are skipped,
    and what still runs counts as failed when it ends.
    """

    def __init__(
        self,
        dag_id: str,
        *,
        airflow: str = "2",
        airflow_dag: AirflowDag | None = None,
        group_name: str | None = None,
        owners: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        partitions_def: dg.PartitionsDefinition[Any] | None = None,
        backfill_policy: dg.BackfillPolicy | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        io_manager_key: str = "io_manager",
        allowed_classes: Sequence[str] = (),
        fail_fast: bool = False,
    ) -> None:
        self.dag_id, self.airflow, self.airflow_dag = dag_id, airflow, airflow_dag
        self.key = dg.AssetKey([dag_id])
        self._common: dict[str, Any] = {
            "group_name": group_name,
            "partitions_def": partitions_def,
            "backfill_policy": backfill_policy,
        }
        self._owners, self._tags, self._io_manager_key = list(owners), dict(tags or {}), io_manager_key
        self._dag_asset = {"description": description, "metadata": metadata, "owners": list(owners), "tags": tags}
        self._values = Values(airflow, allowed_classes)
        self._fail_fast = fail_fast
        self._tasks: dict[str, Task] = {}
        self._groups: dict[str, Group] = {}
        self._assets: dg.AssetsDefinition | None = None

    def xcom(self) -> dict[str, Any]:
        """A dict for what the task that runs pushes by key, which others get even where the task fails."""
        return pushes()

    def task(
        self,
        *,
        task_id: str | None = None,
        upstream: Sequence[str] | None = None,
        inputs: Mapping[str, str] | None = None,
        all_of: Mapping[str, str] | None = None,
        trigger_rule: str | None = None,
        kind: str = "plain",
        ignore_downstream_trigger_rules: bool = True,
        do_xcom_push: bool = True,
        is_setup: bool = False,
        is_teardown: bool = False,
        on_failure_fail_dagrun: bool = False,
        retries: int = 0,
        retry_delay: Seconds = 300,
        retry_exponential_backoff: bool | float = False,
        max_retry_delay: Seconds | None = None,
        execution_timeout: Seconds | None = None,
        on_execute_callback: Callbacks = None,
        on_success_callback: Callbacks = None,
        on_failure_callback: Callbacks = None,
        on_retry_callback: Callbacks = None,
        on_skipped_callback: Callbacks = None,
        hooks: Around | None = None,
        keyed: bool = False,
        multiple_outputs: bool = False,
        expand: Mapping[str, Any] | None = None,
        expand_kwargs: Any = None,
        partial: Mapping[str, Any] | None = None,
        task_groups: Sequence[str] = (),
        group_arguments: Mapping[str, str] | Sequence[str] = (),
        key: Any = None,
        deps: Sequence[Any] = (),
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Sequence[str] | set[str] = (),
        owners: Sequence[str] | None = None,
        code_version: str | None = None,
        automation_condition: dg.AutomationCondition[Any] | None = None,
        op_tags: Mapping[str, Any] | None = None,
        pool: str | None = None,
        required_resource_keys: set[str] | None = None,
    ) -> Callable[[Function], Function]:
        """Make a function a task. Its parameters: `context`, `inputs`, and resources and `config` by their annotations.

        What it waits for: `upstream`, the task's direct upstream tasks, that its `trigger_rule` is about; by default
        those of `inputs`, of `all_of`, of `expand`, and of its mapped group's `expand` if it has `group_arguments`.
        `inputs`: parameter -> task whose value it is; None where that task pushed nothing. `all_of`: parameter -> task
        of a mapped group, the values of all whose instances it is. `deps`: assets of others that must have been
        materialised.

        What it does: `kind` is "branch" (returns the tasks or task groups to go on with), "short_circuit" (returns
        whether to go on) or "latest_only" (what it returns is ignored); with `do_xcom_push=False` what it decides is no
        value of it. `keyed`: it returns a dict of what it pushes,
        its return value under "return_value". `task_groups`: the ids of the groups it is in, from the outermost.

        Mapping: `expand`, `expand_kwargs` and `partial` as in Airflow, over literals and `task_output(…)`; in a group
        of `mapped_task_group`, `group_arguments`: parameter -> argument of the group, or the names they share.

        A function that raises UnfinishedTaskError is one that a person has yet to write: no task after it runs,
        whatever its rule, and the run fails.

        The rest is as in Airflow and in `@dg.asset`.
        """

        def declare(function: Function) -> Function:
            name = task_id or function.__name__
            if name in self._tasks:
                raise ValueError(f"DAG {self.dag_id!r} has two tasks {name!r}")
            expansion = Expansion.of(expand, expand_kwargs, f"task {name!r}")
            default = [*(inputs or {}).values(), *(all_of or {}).values(), *(expansion.sources() if expansion else ())]
            for group in task_groups:
                if group_arguments and group in self._groups:
                    default += self._groups[group].expansion.sources()
            shared_names = {name: name for name in group_arguments}
            if isinstance(group_arguments, Mapping):
                shared_names = dict(group_arguments)
            callbacks = {
                "execute": on_execute_callback,
                "success": on_success_callback,
                "failure": on_failure_callback,
                "retry": on_retry_callback,
                "skipped": on_skipped_callback,
            }
            if self.airflow_dag is None and (
                retry_exponential_backoff or hooks or any(callbacks.values()) or kind == "latest_only"
            ):
                needing = "callbacks, hooks, growing retry delays and latest_only"
                raise TypeError(f"task {name!r}: {needing} need airflow_dag=")
            multiplier = 2.0 if retry_exponential_backoff is True else float(retry_exponential_backoff)
            dag = self.airflow_dag or AirflowDag(dag_id=self.dag_id, airflow=self.airflow)
            rules = Rules(dag, name, retries, retry_delay, multiplier, max_retry_delay, execution_timeout, callbacks)
            self._tasks[name] = Task(
                task_id=name,
                function=function,
                key=dg.AssetKey([self.dag_id, name]) if key is None else dg.AssetKey.from_coercible(key),
                upstream=tuple(dict.fromkeys(default if upstream is None else upstream)),
                inputs=dict(inputs or {}),
                all_of=dict(all_of or {}),
                trigger_rule=trigger_rule or ("all_done_setup_success" if is_teardown else "all_success"),
                kind=kind,
                ignore_downstream_trigger_rules=ignore_downstream_trigger_rules,
                do_xcom_push=do_xcom_push,
                is_setup=is_setup,
                is_teardown=is_teardown,
                on_failure_fail_dagrun=on_failure_fail_dagrun,
                rules=replace(rules, hooks=hooks),
                keyed=keyed,
                multiple_outputs=multiple_outputs,
                expansion=expansion,
                partial=dict(partial or {}),
                task_groups=tuple(task_groups),
                group_arguments=shared_names,
                deps=asset_keys(deps),
                asset={
                    "description": description or inspect.getdoc(function),
                    "metadata": {"airflow/dag_id": self.dag_id, "airflow/task_id": name, **(metadata or {})},
                    "tags": {**self._tags, **(tags or {}), **{f"dagster/kind/{one}": "" for one in kinds}},
                    "owners": self._owners if owners is None else list(owners),
                    "code_version": code_version,
                    "automation_condition": automation_condition,
                },
                op={"tags": op_tags, "pool": pool, "required_resource_keys": required_resource_keys},
            )
            return function

        return declare

    def mapped_task_group(
        self, group_id: str, *, expand: Mapping[str, Any] | None = None, expand_kwargs: Any = None
    ) -> None:
        """Have the tasks with this group among their `task_groups` expanded together: `group.expand(…)`."""
        expansion = Expansion.of(expand, expand_kwargs, f"task group {group_id!r}")
        if expansion is None:
            raise ValueError(f"task group {group_id!r} is expanded over nothing")
        self._groups[group_id] = Group(group_id, expansion)

    def assets(self) -> dg.AssetsDefinition:
        """One asset a task and the DAG's own asset, [dag_id]. Raises ValueError for what cannot be a DAG."""
        if self._assets is None:
            tasks = Tasks(self.airflow, dict(self._tasks), dict(self._groups), self._fail_fast)
            tasks.check()
            steps = Steps(self.dag_id, tasks, self._values, self.airflow_dag)
            self._assets = build_assets(steps, self.key, self._dag_asset, self._io_manager_key, self._common)
        return self._assets

    def job(
        self,
        name: str | None = None,
        *,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        max_concurrent: int | None = None,
        hooks: set[dg.HookDefinition] | None = None,
        config: Any = None,
    ) -> Any:
        """A job that runs the DAG; `max_concurrent` is Airflow's `max_active_tasks`.

        In it a failed task is a failed step, wherever the run is going to fail anyway; the steps after it still run.
        Materialised in another way, by hand or by automation, failed tasks are to be seen only by their assets'
        observations and by the run's state.
        """
        settings: dict[str, Any] = {"step_dependency_config": {"require_upstream_step_success": False}}
        if max_concurrent is not None:
            settings["max_concurrent"] = max_concurrent
        return dg.define_asset_job(
            name or self.dag_id,
            selection=dg.AssetSelection.assets(*self.assets().keys),
            description=description,
            tags={"airflow/dag_id": self.dag_id, **(tags or {})},
            executor_def=dg.multiprocess_executor.configured(settings, name=VISIBLE_FAILURES),
            hooks=hooks,
            config=config,
        )
