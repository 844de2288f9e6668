"""A task ends in Dagster as it ends in Airflow: skipped, failed for good, timed out, tried again."""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTimeout,
)
from migrator.runtime.compat.task import airflow_task
from migrator.runtime.compat.tries import backoff, time_limit

DAG = AirflowDag(dag_id="dag", airflow="2", cron="0 6 * * *")
DAG_3 = AirflowDag(dag_id="dag", airflow="3", cron="0 6 * * *", data_intervals=False)


def log(line: str) -> None:
    """Noted in a file, for steps may run in processes of their own."""
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(line + "\n")


def notes() -> list[str]:
    path = Path(os.environ["NOTES"])
    return path.read_text().split() if path.exists() else []


@pytest.fixture(autouse=True)
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))


def helper() -> None:
    raise AirflowSkipException("deep inside")


@dg.asset(output_required=False)
@airflow_task()
def skipped(context: dg.AssetExecutionContext) -> list[int]:
    helper()
    return [1]


@dg.asset
def after_skipped(skipped: list[int]) -> list[int]:
    log("after_skipped")
    return skipped


@dg.asset(deps=[skipped])
def ordered_after_skipped() -> None:
    log("ordered_after_skipped")


@dg.asset(output_required=False)
@airflow_task()
def kept() -> list[int]:
    """Nothing is skipped here."""
    return [1]


@dg.asset
def after_kept(kept: list[int]) -> list[int]:
    log(f"after_kept:{kept}".replace(" ", ""))
    return kept


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=3))
@airflow_task()
def fails_for_good() -> None:
    log("try")
    raise AirflowFailException("no")


@dg.asset
@airflow_task(retries=2, retry_delay=0)
def fails_always() -> None:
    log("try")
    raise ValueError("the reason")


@dg.asset
@airflow_task(retries=2, retry_delay=0)
def succeeds_second(context: dg.AssetExecutionContext) -> int:
    log(f"try{context.retry_number}")
    if context.retry_number == 0:
        raise ValueError
    return 5


@dg.asset
@airflow_task(retries=1, retry_delay=0, execution_timeout=0.3)
def too_slow() -> None:
    log("try")
    try:
        time.sleep(20)
    except Exception:
        log("swallowed")


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
@airflow_task(execution_timeout=timedelta(milliseconds=300))
def too_slow_for_dagster() -> None:
    log("try")
    time.sleep(20)


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=3))
@airflow_task()
def sensor_gives_up() -> None:
    log("try")
    raise AirflowSensorTimeout("too long")


@dg.asset(output_required=False)
@airflow_task(retries=0)
def fails_always_here(context: dg.AssetExecutionContext) -> None:
    raise ValueError("the reason")


IN_PROCESSES = [
    skipped,
    after_skipped,
    ordered_after_skipped,
    kept,
    after_kept,
    fails_for_good,
    succeeds_second,
    too_slow,
]


def make_job() -> dg.JobDefinition:
    defs = dg.Definitions(
        assets=IN_PROCESSES, jobs=[dg.define_asset_job("everything", executor_def=dg.multiprocess_executor)]
    )
    return defs.resolve_job_def("everything")


def run(*assets: Any) -> dg.ExecuteInProcessResult:
    return dg.materialize(list(assets), raise_on_error=False)


def materialised(result: Any) -> set[str]:
    events = result.all_events if hasattr(result, "all_events") else result.all_node_events
    return {event.asset_key.to_user_string() for event in events if event.is_step_materialization}


def test_skip() -> None:
    """What depends on a skipped asset, by value or by order, is skipped, and the run succeeds."""
    result = run(skipped, after_skipped, ordered_after_skipped, kept, after_kept)
    assert result.success
    assert materialised(result) == {"kept", "after_kept"}
    assert notes() == ["after_kept:[1]"]
    skips = {event.step_key for event in result.all_events if event.is_step_skipped}
    assert skips == {"after_skipped", "ordered_after_skipped"}


@pytest.mark.parametrize(
    ("asset", "tries", "message"),
    [
        (fails_for_good, 1, "AirflowFailException: no"),
        (fails_always, 3, "the reason"),
        (too_slow, 2, "AirflowTaskTimeout"),
        (too_slow_for_dagster, 2, "AirflowTaskTimeout"),
        (sensor_gives_up, 1, "AirflowSensorTimeout: too long"),
    ],
)
def test_failures(asset: dg.AssetsDefinition, tries: int, message: str) -> None:
    result = run(asset)
    assert not result.success
    assert notes() == ["try"] * tries
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert message in str(failure.step_failure_data.error_display_string)


def test_second_try() -> None:
    result = run(succeeds_second)
    assert result.success
    assert notes() == ["try0", "try1"]
    assert result.output_for_node("succeeds_second") == 5


def test_in_processes_of_their_own(instance: dg.DagsterInstance) -> None:
    """The same with a process for each step, which is how Dagster runs jobs by default."""
    with dg.execute_job(dg.reconstructable(make_job), instance=instance) as result:
        assert not result.success
        assert materialised(result) == {"kept", "after_kept", "succeeds_second"}
        skips = {event.step_key for event in result.all_events if event.is_step_skipped}
        assert skips == {"after_skipped", "ordered_after_skipped"}
        failures = {event.step_key for event in result.all_events if event.is_step_failure}
        assert failures == {"fails_for_good", "too_slow"}
    assert notes().count("try") == 1 + 2


def test_op_and_check() -> None:
    @dg.op
    @airflow_task(retries=1, retry_delay=0)
    def an_op(context: dg.OpExecutionContext) -> int:
        if context.retry_number == 0:
            raise ValueError
        return 4

    @dg.job
    def a_job() -> None:
        an_op()

    assert a_job.execute_in_process().output_for_node("an_op") == 4

    @dg.asset
    def checked() -> None: ...

    @dg.asset_check(asset=checked)
    @airflow_task(retries=1, retry_delay=0)
    def is_good(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        log("check")
        if len(notes()) == 1:
            raise ValueError
        return dg.AssetCheckResult(passed=True)

    result = dg.materialize([checked, is_good])
    assert [e.passed for e in result.get_asset_check_evaluations()] == [True]
    assert notes() == ["check", "check"]


def test_signature_is_kept() -> None:
    """Inputs, resources, configuration and descriptions reach Dagster as if there were no decorator."""

    class Store(dg.ConfigurableResource[Any]):
        name: str

    class Options(dg.Config):
        size: int = 3

    @dg.asset(ins={"orders": dg.AssetIn(["raw", "orders"])})
    @airflow_task()
    def summary(context: dg.AssetExecutionContext, config: Options, store: Store, orders: list[int]) -> int:
        """Sums."""
        return sum(orders) + config.size + len(store.name)

    assert set(summary.keys_by_input_name.values()) == {dg.AssetKey(["raw", "orders"])}
    assert "store" in summary.required_resource_keys

    @dg.asset(key=["raw", "orders"])
    def orders() -> list[int]:
        return [1, 2]

    result = dg.materialize([orders, summary], resources={"store": Store(name="ab")})
    assert result.output_for_node("summary") == 8


def test_refused_functions() -> None:
    def generator() -> Any:
        yield 1

    async def asynchronous() -> None: ...

    for function in (generator, asynchronous):
        with pytest.raises(TypeError, match="generator or async"):
            airflow_task()(function)
    with pytest.raises(TypeError, match="dag="):
        airflow_task(retry_exponential_backoff=True)


@pytest.mark.parametrize(
    ("dag", "code", "succeeds"), [(DAG, 0, True), (DAG, None, True), (DAG, 1, False), (DAG_3, 0, False)]
)
def test_exit(dag: AirflowDag, code: int | None, succeeds: bool) -> None:
    @dg.asset
    @airflow_task(dag=dag, task_id="leaves", retries=1, retry_delay=0)
    def leaves() -> None:
        log("try")
        sys.exit(code)

    assert run(leaves).success == succeeds
    assert len(notes()) == (1 if succeeds else 2)


def test_backoff_waits_as_airflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each retry is asked for with Airflow's own delay; see test_functions for the formula."""

    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"))
    @airflow_task(
        dag=DAG, task_id="unsteady", retries=3, retry_delay=0.01, retry_exponential_backoff=True, max_retry_delay=0.05
    )
    def unsteady() -> None:
        raise ValueError

    result = dg.materialize([unsteady], partition_key="2024-03-05", raise_on_error=False)
    waits = [e.step_retry_data.seconds_to_wait for e in result.all_events if e.event_type_value == "STEP_UP_FOR_RETRY"]
    key = "dag#unsteady#2024-03-05 00:00:00+00:00"
    assert waits == [backoff(0.01, 2.0, key, n, 0.05) for n in (1, 2, 3)]


@pytest.mark.parametrize("dag", [DAG, DAG_3])
def test_callbacks(dag: AirflowDag) -> None:
    def note(event: str) -> Any:
        def callback(context: Any) -> None:
            error = type(context["exception"]).__name__ if context.get("exception") else "-"
            log(f"{event}:{context['ti'].task_id}:{context['ti'].try_number}:{error}")

        return callback

    def broken(context: Any) -> None:
        raise RuntimeError

    callbacks = {
        "on_execute_callback": note("execute"),
        "on_success_callback": [note("success")],
        "on_failure_callback": [broken, note("failure")],
        "on_retry_callback": note("retry"),
        "on_skipped_callback": note("skipped"),
    }

    def made(name: str, function: Any, **options: Any) -> Any:
        decorated = airflow_task(dag=dag, task_id=name, retries=1, retry_delay=0, **callbacks)(function)
        return dg.asset(name=name, output_required=False)(decorated)

    def fine() -> int:
        return 1

    def bad() -> None:
        raise ValueError

    def never() -> None:
        raise AirflowFailException

    run(made("fine", fine), made("bad", bad), made("skips", helper), made("never", never))
    seen = {name: [n for n in notes() if f":{name}:" in n] for name in ("fine", "bad", "skips", "never")}
    assert seen == {
        "fine": ["execute:fine:1:-", "success:fine:1:-"],
        "bad": ["execute:bad:1:-", "retry:bad:1:ValueError", "execute:bad:2:-", "failure:bad:2:ValueError"],
        "skips": ["execute:skips:1:-", "skipped:skips:1:-"] + (["success:skips:1:-"] if dag.airflow == "2" else []),
        "never": ["execute:never:1:-", "failure:never:1:AirflowFailException"],
    }


def test_direct_call() -> None:
    """Called in a unit test, the function yields its output or raises its error."""
    (output,) = kept()
    assert output.value == [1]
    assert list(skipped(dg.build_asset_context())) == []
    with pytest.raises(ValueError, match="the reason"):
        list(fails_always_here(dg.build_asset_context()))


def test_time_limit() -> None:
    with time_limit(5):
        pass
    with pytest.raises(AirflowTaskTimeout), time_limit(0.05):
        time.sleep(5)
    with pytest.raises(AirflowTaskTimeout), time_limit(0):
        pass
    assert not issubclass(AirflowTaskTimeout, Exception)
    assert issubclass(AirflowSkipException, AirflowException)
