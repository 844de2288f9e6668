"""One step of an outcome graph: it runs a task, or does not, and says what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import dagster as dg

from .branches import is_latest
from .exceptions import AirflowException, UnfinishedTaskError
from .graph_tasks import Task, Tasks
from .instance import Instances, collecting
from .mapping import is_mappable
from .outcomes import UNMAPPED, Instance, Outcome, Values
from .rules import FAILED, SKIPPED, SUCCESS
from .task import check_outputs
from .verdicts import Verdicts

VISIBLE_FAILURES = "airflow_outcomes"
"""The name of the executor under which a failed step does not hold up the steps after it."""


@dataclass(frozen=True)
class Attempt:
    """What one try of a task came to."""

    instance: Instance
    value: Any = None
    metadata: Mapping[str, Any] | None = None
    error: Exception | None = None


@dataclass(frozen=True)
class Steps:
    """Runs the tasks of one DAG."""

    dag_id: str
    tasks: Tasks
    values: Values
    dag: Any = None
    """The AirflowDag, where something asks for it."""

    @cached_property
    def verdicts(self) -> Verdicts:
        return Verdicts(self.tasks)

    def task(
        self, task: Task, context: dg.OpExecutionContext, outcomes: Mapping[str, Outcome], given: Mapping[str, Any]
    ) -> Iterator[Any]:
        """The step of a task that is not mapped: its outcome and, if it succeeded, its asset."""
        attempt = self._attempt(task, context, outcomes, given, None)
        yield dg.Output(Outcome((attempt.instance,)), "outcome")
        if attempt.instance.state == SUCCESS:
            yield dg.Output(attempt.value, "asset", metadata=attempt.metadata)
        self._show_failure(task, context, attempt)

    def expand(self, task: Task, context: dg.OpExecutionContext, outcomes: Mapping[str, Outcome]) -> Iterator[Any]:
        """The step that decides how many instances a mapped task has."""
        found = self.verdicts.before_expansion(task, outcomes, lambda name: self.values.returned(outcomes[name]))
        if self._stopped(task, context):
            found = Instance(SKIPPED)
        for index in range(found) if isinstance(found, int) else ():
            yield dg.DynamicOutput(index, mapping_key=str(index), output_name="indexes")
        yield dg.Output(None if isinstance(found, int) else found, "unexpanded")

    def instance(
        self,
        task: Task,
        context: dg.OpExecutionContext,
        outcomes: Mapping[str, Outcome],
        given: Mapping[str, Any],
        map_index: int,
    ) -> Iterator[Any]:
        """The step of one instance of a mapped task."""
        attempt = self._attempt(task, context, outcomes, given, map_index)
        yield dg.Output(attempt.instance, "outcome")
        self._show_failure(task, context, attempt)

    def collect(
        self, task: Task, context: dg.OpExecutionContext, unexpanded: Instance | None, instances: Sequence[Instance]
    ) -> Iterator[Any]:
        """The step that makes one outcome of a mapped task's instances, and one asset of their values."""
        if unexpanded is not None:
            self.observe(context, task.key, unexpanded, task.task_id)
            yield dg.Output(Outcome((unexpanded,)), "outcome")
            return
        outcome = Outcome(tuple(sorted(instances, key=lambda instance: instance.map_index)), expanded=True)
        yield dg.Output(outcome, "outcome")
        states = {instance.state for instance in outcome.instances}
        if SUCCESS in states and states <= {SUCCESS, SKIPPED}:
            yield dg.Output(self.values.all(outcome, keyed=task.keyed), "asset")

    def run_state(
        self, context: dg.OpExecutionContext, key: dg.AssetKey, outcomes: Mapping[str, Outcome]
    ) -> Iterator[Any]:
        """The last step: fails where Airflow would call the run failed."""
        failed = [
            name
            for name in self.tasks.leaves()
            if any(instance.state not in (SUCCESS, SKIPPED) for instance in outcomes[name].instances)
        ] or [name for name, outcome in outcomes.items() if outcome.unfinished]
        self.observe(context, key, Instance(FAILED if failed else SUCCESS))
        if failed:
            raise dg.Failure(f"the DAG run failed: {', '.join(failed)}", allow_retries=False)
        yield dg.Output(None, "dag_run")

    def observe(
        self, context: dg.OpExecutionContext, key: dg.AssetKey, instance: Instance, task_id: str | None = None
    ) -> None:
        """Note a state in the event log, on the asset: Dagster itself knows neither skipped nor upstream_failed."""
        metadata: dict[str, Any] = {"airflow/dag_id": self.dag_id, "airflow/state": instance.state}
        if task_id is not None:
            metadata |= {"airflow/task_id": task_id, "airflow/map_index": instance.map_index}
            metadata["airflow/try_number"] = context.retry_number + 1
        partition = context.partition_key if context.has_partition_key else None
        context.log_event(dg.AssetObservation(asset_key=key, partition=partition, metadata=metadata))

    def _attempt(
        self,
        task: Task,
        context: dg.OpExecutionContext,
        outcomes: Mapping[str, Outcome],
        given: Mapping[str, Any],
        map_index: int | None,
    ) -> Attempt:
        instance = self.verdicts.before(task, outcomes, map_index)
        if self._stopped(task, context):
            instance = Instance(SKIPPED, UNMAPPED if map_index is None else map_index)
        attempt = Attempt(instance) if instance else self._try(task, context, outcomes, given, map_index)
        if instance is None and attempt.error is None and self._stopped(task, context):
            error = AirflowException("another task has failed, which fails those that run (fail_fast)")
            attempt = Attempt(replace(attempt.instance, state=FAILED), error=error)
        self.observe(context, task.key, attempt.instance, task.task_id)
        return attempt

    def _stopped(self, task: Task, context: dg.OpExecutionContext) -> bool:
        """Whether another task has failed that stops this one, in a DAG with `fail_fast`.

        Like Airflow, one instance of a mapped task does not stop the others.
        """
        if not self.tasks.fail_fast or task.is_teardown:
            return False
        logs = context.instance.all_logs(context.run_id, of_type=dg.DagsterEventType.ASSET_OBSERVATION)
        events = (log.dagster_event for log in logs)
        noted = (event.asset_observation_data.asset_observation.metadata for event in events if event is not None)
        states = (
            (one["airflow/state"].value, one["airflow/task_id"].value) for one in noted if "airflow/task_id" in one
        )
        return any(state == FAILED and task_id != task.task_id for state, task_id in states)

    def _try(
        self,
        task: Task,
        context: dg.OpExecutionContext,
        outcomes: Mapping[str, Outcome],
        given: Mapping[str, Any],
        map_index: int | None,
    ) -> Attempt:
        """One try. Lets RetryRequested through: Dagster tries again."""
        index = UNMAPPED if map_index is None else map_index
        stored: dict[str, str] = {}

        def arguments() -> dict[str, Any]:
            return {**given, **self.arguments(task, outcomes, map_index)}

        def run() -> Attempt:
            result = task.function(**arguments())
            if task.kind == "latest_only":
                result = sorted(self.tasks.downstream[task.task_id]) if is_latest(self.dag, context) else []
            value, metadata = _unwrapped(result)
            skips = self._skips(task, value.get("return_value") if task.keyed else value)
            if not task.do_xcom_push or (skips and map_index is None and self.tasks.airflow == "3"):
                # Airflow 3 ends such a task before it pushes what is returned; what it pushed itself stays.
                value = {key: item for key, item in value.items() if key != "return_value"} if task.keyed else None
            if task.multiple_outputs:
                check_outputs(value.get("return_value") if task.keyed else value)
            pushed = self.values.store(value, keyed=task.keyed)
            if map_index is None and not skips and self.tasks.is_source(task.task_id):
                _check_mappable(value["return_value"] if task.keyed else value)
            since = self.verdicts.ready(task, outcomes, map_index) if skips else 0.0
            if self.tasks.airflow != "3":  # it pushes before what comes after the task may still fail or skip it
                stored.update(pushed)
            return Attempt(Instance(SUCCESS, index, pushed, skips, since=since), value, metadata)

        with collecting() as pushed:
            try:
                outputs = list(task.rules.run(run, context, arguments, lambda attempt: attempt.value))
            except dg.RetryRequested:
                raise
            except Exception as error:
                context.log.exception(f"task {task.task_id} failed")
                unfinished = isinstance(error.__cause__, UnfinishedTaskError)
                kept = self.values.storable(pushed) | stored
                return Attempt(Instance(FAILED, index, kept, unfinished=unfinished), error=error)
        if not outputs:
            return Attempt(Instance(SKIPPED, index, self.values.storable(pushed) | stored))
        attempt: Attempt | None = outputs[0].value
        # There is none after sys.exit(0), which is a success in Airflow 2.
        return attempt or Attempt(Instance(SUCCESS, index, self.values.storable(pushed)))

    def arguments(self, task: Task, outcomes: Mapping[str, Outcome], map_index: int | None) -> dict[str, Any]:
        """The values a task is called with: pulled ones, those it is expanded over, fixed ones."""
        found: dict[str, Any] = dict(task.partial)
        for name, other in task.inputs.items():
            # There is no outcome for a task that waits for nothing: nothing is pushed yet.
            found[name] = self.pulled(task, self.tasks[other], outcomes[other], map_index) if task.waits else None
        for name, other in task.all_of.items():
            keyed = self.tasks[other].keyed
            found[name] = self.values.instances(outcomes[other], keyed=keyed) if task.waits else Instances()
        expansion = self.tasks.expansion(task)
        if expansion is None or map_index is None:
            return found
        values = expansion.values(lambda name: self.values.returned(outcomes[name]), map_index)
        if self.tasks.group(task):
            values = {name: values[argument] for name, argument in task.group_arguments.items()}
        return found | values

    def pulled(self, task: Task, other: Task, outcome: Outcome, map_index: int | None) -> Any:
        """The value a task, or one instance of it, gets from another task."""
        if self.tasks.expansion(other) is None:
            return self.values.one(outcome.instances[0], keyed=other.keyed)
        if map_index is not None and self.tasks.share_index(task, other):
            own = outcome.at(map_index)
            return self.values.one(own[0], keyed=other.keyed) if own else None
        found = self.values.instances(outcome, keyed=other.keyed)
        if self.tasks.airflow != "3":
            return found or None
        if other.expansion is not None:
            return found
        return found[0] if len(found) == 1 else found or None  # from a mapped group, Airflow 3.3 unpacks a single value

    def _skips(self, task: Task, value: Any) -> frozenset[str]:
        """The tasks that a branch or a short circuit skips."""
        if task.kind == "plain":
            return frozenset()
        if task.kind == "short_circuit":
            return frozenset() if value else self.tasks.skippable(task)
        if value is None and self.tasks.airflow == "1":
            raise AirflowException("a branch of Airflow 1 has to name the task to go on with")
        chosen = [] if value is None else [value] if isinstance(value, str) else list(value)
        followed: set[str] = set()
        for name in chosen:
            roots = self.tasks.roots(name)
            if not roots and name not in self.tasks.tasks:
                raise AirflowException(f"'branch_task_ids' must contain only valid task_ids. Invalid: {name!r}")
            followed |= roots or {name}
        followed |= {below for name in followed for below in self.tasks.below[name]}
        return self.tasks.downstream[task.task_id] - followed

    def _show_failure(self, task: Task, context: dg.OpExecutionContext, attempt: Attempt) -> None:
        """Let the step of a failed task fail, where nothing is held up by that and the run fails anyway."""
        fails_run = self.tasks.fails_run(task) or attempt.instance.unfinished
        if attempt.error is not None and fails_run and context.job_def.executor_def.name == VISIBLE_FAILURES:
            raise dg.Failure(str(attempt.error) or type(attempt.error).__name__, allow_retries=False) from attempt.error


def _unwrapped(result: Any) -> tuple[Any, Mapping[str, Any] | None]:
    """The value and the metadata of what a task's function returned."""
    if isinstance(result, dg.Output | dg.MaterializeResult):
        return getattr(result, "value", None), result.metadata
    return result, None


def _check_mappable(value: Any) -> None:
    """Airflow fails a task that others are expanded over and that returns nothing to expand over."""
    if value is None:
        raise AirflowException("did not push XCom for task mapping")
    if not is_mappable(value):
        raise AirflowException(f"unmappable return type {type(value).__name__!r}")
