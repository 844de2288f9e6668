"""A DAG's own callbacks: what is called when a run has succeeded or failed.

https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/callbacks.html
https://docs.dagster.io/guides/automate/run-status-sensors
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from .crossdag import RunLog
from .dag import DAG_STATES, AirflowDag

log = logging.getLogger(__name__)


def call_back(
    context: dg.RunStatusSensorContext,
    dag: AirflowDag,
    *callbacks: Callable[[Any], Any],
    params: Mapping[str, Any] | None = None,
) -> None:
    """Call the callbacks with the Airflow context of the run that has ended, and a `reason` in it.

    `ti` is the first task that failed, or the last one of a run in which none did. Like Airflow, logs what a callback
    raises and goes on.
    """
    instance, run = context.instance, context.dagster_run
    record = instance.get_run_record_by_id(run.run_id)
    assert record is not None  # it is what the sensor was called for
    tasks = RunLog(instance, record)
    states = {key.path[-1]: tasks.state(key) for key in tasks.steps if list(key.path[:1]) == [dag.dag_id] != key.path}
    failed = [task_id for task_id, state in states.items() if state == "failed"]
    task_id = (failed or [*list(states)[-1:], ""])[0]
    airflow = dag.context_of_run(instance, record, task_id, params=params)
    airflow.dag_run.state = DAG_STATES[run.status]
    airflow.ti.state = states.get(task_id) or airflow.dag_run.state
    succeeded = run.status == dg.DagsterRunStatus.SUCCESS
    called = airflow.including(reason="success" if succeeded else "task_failure")
    for callback in callbacks:
        try:
            callback(called)
        except Exception:
            log.exception("callback %s of %s failed", callback, dag.dag_id)
