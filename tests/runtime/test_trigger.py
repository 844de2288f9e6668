"""Runs of other DAGs that are asked for and waited for, in runs on a real instance."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import dagster as dg
import pytest
from pydantic import Field

from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.dates import LOGICAL_DATE_TAG, RUN_ID_TAG
from migrator.runtime.compat.params import AirflowParams, ParamValidationError, checked_conf
from migrator.runtime.compat.task import airflow_task
from migrator.runtime.compat.trigger import request_run, requested_runs

DATE = "2024-03-05T06:00:00+00:00"
other_dag = AirflowDag(dag_id="other", airflow="2")


def asking(**arguments: Any) -> dg.JobDefinition:
    """The job of a DAG whose one task asks for a run of the other."""

    @dg.asset(key=["own", "ask"], output_required=False)
    @airflow_task()
    def ask(context: dg.AssetExecutionContext) -> dict[str, str]:
        given = {name: value() if callable(value) else value for name, value in arguments.items()}
        return request_run(context, other_dag, ["own", "ask"], run_id="r", logical_date=DATE, **given)

    job = dg.define_asset_job("own", tags={"airflow/dag_id": "own"})
    return dg.Definitions(assets=[ask], jobs=[job]).resolve_job_def("own")


def other_job(*, fails: bool = False) -> dg.JobDefinition:
    @dg.op
    def work() -> None:
        if fails:
            raise ValueError("no")

    @dg.job(name="other", tags={"airflow/dag_id": "other"})
    def job() -> None:
        work()

    return job


def tick(instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    return requested_runs(context, other_dag, ["own", "ask"], params={"other_params": ["size"]})


def launch(instance: dg.DagsterInstance, request: dg.RunRequest, job: dg.JobDefinition) -> None:
    job.execute_in_process(instance=instance, tags=dict(request.tags), raise_on_error=False)


def state(job: dg.JobDefinition, instance: dg.DagsterInstance) -> str:
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    if not result.success:
        return "failed"
    return "success" if result.asset_materializations_for_node("own__ask") else "skipped"


def test_each_request_is_started_once(instance: dg.DagsterInstance) -> None:
    assert tick(instance).run_requests == []
    assert state(asking(conf={"size": 3, "more": 1}), instance) == "success"
    first = tick(instance)
    (request,) = first.run_requests or ()
    assert request.run_key == request.tags[RUN_ID_TAG] == "r"
    assert json.loads(request.tags["airflow/conf"]) == {"size": 3, "more": 1}
    assert request.run_config == {"resources": {"other_params": {"config": {"size": 3}}}}
    assert tick(instance, first.cursor).run_requests == []


class OtherParams(AirflowParams):
    size: int = Field(default=1, ge=1)
    name: str = "x"


def test_a_conf_that_the_other_dag_refuses_asks_for_nothing(instance: dg.DagsterInstance) -> None:
    for conf in ({"size": 0}, '{"size": "3"}', {"name": None}):
        assert state(asking(conf=lambda conf=conf: checked_conf(OtherParams, conf)), instance) == "failed"
    assert tick(instance).run_requests == []
    for conf in (None, '{"size": 2}', {"size": 2, "more": {}}):
        assert checked_conf(OtherParams, conf) == conf
    with pytest.raises(ParamValidationError, match=r"Invalid input for param size: .* greater than or equal to 1"):
        checked_conf(OtherParams, {"size": 0})


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [({}, "failed"), ({"skip_when_already_exists": True}, "skipped"), ({"reset": True}, "success")],
)
def test_a_run_that_is_there_already(arguments: dict[str, Any], ends: str, instance: dg.DagsterInstance) -> None:
    assert state(asking(conf={"day": 1}), instance) == "success"
    first = tick(instance)
    launch(instance, (first.run_requests or ())[0], other_job())
    assert state(asking(conf={"day": 2}, **arguments), instance) == ends
    again = tick(instance, first.cursor).run_requests or ()
    assert [json.loads(one.tags["airflow/conf"]) for one in again] == ([{"day": 1}] if ends == "success" else [])
    assert all(one.run_key != "r" and one.tags[LOGICAL_DATE_TAG] == DATE for one in again)


@pytest.mark.parametrize(
    ("fails", "arguments", "ends"),
    [
        (False, {}, "success"),
        (True, {}, "failed"),
        (True, {"allowed_states": ["success", "failed"], "failed_states": []}, "success"),
        (False, {"allowed_states": ["failed"], "failed_states": ["success"]}, "failed"),
    ],
)
def test_waiting_for_completion(
    fails: bool, arguments: dict[str, Any], ends: str, instance: dg.DagsterInstance
) -> None:
    """The sensor, in another thread, starts the run while the task waits."""
    stop = threading.Event()
    thread = threading.Thread(target=daemon, args=(instance, other_job(fails=fails), stop.is_set))
    thread.start()
    try:
        assert state(asking(wait_for_completion=True, poke_interval=0.05, **arguments), instance) == ends
    finally:
        stop.set()
        thread.join()


def daemon(instance: dg.DagsterInstance, job: dg.JobDefinition, stopped: Callable[[], bool]) -> None:
    cursor = None
    while not stopped():
        answer = tick(instance, cursor)
        cursor = answer.cursor
        for request in answer.run_requests or ():
            launch(instance, request, job)
        time.sleep(0.05)
