"""The I/O manager hands values on through real Dagster runs of every kind."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from migrator.runtime.compat.exceptions import XComNotFound
from migrator.runtime.compat.xcom import XComIOManager

daily = dg.DailyPartitionsDefinition("2024-01-01")
hourly = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 * * * *", start="2024-01-01T00:00:00+0000", fmt="%Y-%m-%dT%H:%M:%S%z"
)
VALUE = {1: (Decimal("1.10"), "a"), "nested": [(1, 2)]}


@dg.asset(key=["sales", "extract"])
def extract() -> Any:
    return VALUE


@dg.asset(key=["sales", "load"], ins={"extract": dg.AssetIn(["sales", "extract"])})
def load(extract: Any) -> str:
    return repr(extract)


@dg.asset
def nothing() -> Any:
    return None


@dg.asset
def of_nothing(nothing: Any) -> str:
    return repr(nothing)


@dg.asset
def bytes_of() -> Any:
    return b"ab"


def materialize(tmp_path: Path, *assets: Any, airflow: str = "2", **options: Any) -> dg.ExecuteInProcessResult:
    manager = XComIOManager(airflow=airflow, base_dir=str(tmp_path / "xcom"))
    return dg.materialize(list(assets), resources={"io_manager": manager}, **options)


@pytest.mark.parametrize(
    ("airflow", "seen"),
    [
        ("1", "{'1': [Decimal('1.1'), 'a'], 'nested': [[1, 2]]}"),
        ("2", "{'1': [Decimal('1.1'), 'a'], 'nested': [[1, 2]]}"),
        ("3", "{'1': (Decimal('1.1'), 'a'), 'nested': [(1, 2)]}"),
    ],
)
def test_values(tmp_path: Path, airflow: str, seen: str) -> None:
    result = materialize(tmp_path, extract, load, airflow=airflow)
    assert result.output_for_node("sales__load") == seen
    (stored,) = (tmp_path / "xcom").rglob("extract.json")
    assert json.loads(stored.read_text())["run_id"] == result.run_id


def test_nothing_pushed(tmp_path: Path) -> None:
    """None is nothing pushed, and takes away what an earlier run left."""
    assert materialize(tmp_path, nothing, of_nothing).output_for_node("of_nothing") == "None"

    @dg.asset(name="nothing")
    def something() -> Any:
        return 5

    materialize(tmp_path, something)
    assert materialize(tmp_path, nothing, of_nothing).output_for_node("of_nothing") == "None"


def test_what_airflow_cannot_push(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="bytes"):
        materialize(tmp_path, bytes_of)


def test_loading_alone(tmp_path: Path) -> None:
    """A later run loads what an earlier one left; what was never made is an error, not None."""
    with pytest.raises(XComNotFound, match="materialise it first"):
        materialize(tmp_path, extract, load, selection=[load])
    materialize(tmp_path, extract)
    result = materialize(tmp_path, extract, load, selection=[load])
    assert result.output_for_node("sales__load") == "{'1': [Decimal('1.1'), 'a'], 'nested': [[1, 2]]}"


def test_overwritten_by_another_run(tmp_path: Path) -> None:
    """Another run between two steps of this one: loud, not the other run's value."""

    @dg.asset(deps=[extract])
    def intruder() -> None:
        materialize(tmp_path, extract)

    @dg.asset(ins={"value": dg.AssetIn(["sales", "extract"])}, deps=[intruder])
    def late(value: Any) -> None: ...

    result = materialize(tmp_path, extract, intruder, late, raise_on_error=False)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_key == "late"
    assert "was overwritten by run" in failure.step_failure_data.error_display_string


@dg.asset(partitions_def=daily)
def of_day(context: dg.AssetExecutionContext) -> Any:
    return {"day": context.partition_key}


@dg.asset(partitions_def=daily)
def same_day(of_day: Any) -> Any:
    return of_day


@dg.asset(
    partitions_def=daily,
    ins={"of_day": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=0))},
)
def two_days(of_day: Any) -> Any:
    return of_day


@dg.asset
def all_days(of_day: Any) -> Any:
    return of_day


@dg.asset(partitions_def=hourly)
def of_hour() -> Any:
    return 1


@dg.asset(partitions_def=hourly)
def same_hour(of_hour: Any) -> Any:
    return of_hour + 1


def test_partitions(tmp_path: Path) -> None:
    instance = dg.DagsterInstance.ephemeral()
    for day in ("2024-01-01", "2024-01-02"):
        result = materialize(tmp_path, of_day, same_day, partition_key=day, instance=instance)
        assert result.output_for_node("same_day") == {"day": day}
    result = materialize(tmp_path, of_day, two_days, selection=[two_days], partition_key="2024-01-02")
    assert result.output_for_node("two_days") == {
        "2024-01-01": {"day": "2024-01-01"},
        "2024-01-02": {"day": "2024-01-02"},
    }
    result = materialize(tmp_path, of_hour, same_hour, partition_key="2024-01-01T05:00:00+0000")
    assert result.output_for_node("same_hour") == 2


def test_range_of_partitions(tmp_path: Path) -> None:
    """One run for several partitions: the value is that of each of them."""
    tags = {"dagster/asset_partition_range_start": "2024-01-01", "dagster/asset_partition_range_end": "2024-01-03"}

    @dg.asset(partitions_def=daily, backfill_policy=dg.BackfillPolicy.single_run())
    def spanning(context: dg.AssetExecutionContext) -> Any:
        return len(context.partition_keys)

    @dg.asset(partitions_def=daily, backfill_policy=dg.BackfillPolicy.single_run())
    def after_spanning(spanning: Any) -> Any:
        return spanning

    result = materialize(tmp_path, spanning, after_spanning, tags=tags)
    assert result.output_for_node("after_spanning") == dict.fromkeys(("2024-01-01", "2024-01-02", "2024-01-03"), 3)


def test_between_ops(tmp_path: Path) -> None:
    """Ops inside a graph hand on whatever they like: Airflow has no such thing."""

    @dg.op
    def first() -> Any:
        return b"bytes"

    @dg.op
    def second(value: Any) -> Any:
        return len(value)

    @dg.graph_asset
    def graph() -> Any:
        return second(first())

    result = materialize(tmp_path, graph)
    assert json.loads((tmp_path / "xcom" / "graph.json").read_text())["value"] == "5"
    assert result.success


def make_job() -> dg.JobDefinition:
    defs = dg.Definitions(
        assets=[extract, load, nothing, of_nothing],
        jobs=[dg.define_asset_job("everything", executor_def=dg.multiprocess_executor)],
        resources={"io_manager": XComIOManager(airflow="3")},
    )
    return defs.resolve_job_def("everything")


def test_in_processes_of_their_own(instance: dg.DagsterInstance) -> None:
    """With a process for each step; without base_dir the values are in the instance's storage."""
    with dg.execute_job(dg.reconstructable(make_job), instance=instance) as result:
        assert result.success
    folder = Path(instance.storage_directory()) / "xcom"
    assert json.loads((folder / "sales" / "load.json").read_text())["value"] == json.dumps(
        "{'1': (Decimal('1.1'), 'a'), 'nested': [(1, 2)]}"
    )
    assert json.loads((folder / "of_nothing.json").read_text())["value"] == json.dumps("None")
    defs = dg.Definitions(assets=[extract, load], resources={"io_manager": XComIOManager(airflow="3")})
    assert defs.load_asset_value(dg.AssetKey(["sales", "extract"]), instance=instance)["nested"] == [(1, 2)]


def test_retry_from_failure(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that continues a failed one loads what the failed one made."""
    monkeypatch.setenv("BREAK", "1")
    with dg.execute_job(dg.reconstructable(make_fragile_job), instance=instance) as result:
        assert not result.success
        run_id = result.run_id
    monkeypatch.delenv("BREAK")
    options = dg.ReexecutionOptions.from_failure(run_id, instance)
    with dg.execute_job(dg.reconstructable(make_fragile_job), instance=instance, reexecution_options=options) as result:
        assert result.success


@dg.asset
def fragile(nothing: Any) -> None:
    assert "BREAK" not in os.environ


def make_fragile_job() -> dg.JobDefinition:
    defs = dg.Definitions(
        assets=[nothing, fragile],
        jobs=[dg.define_asset_job("fragile_job", executor_def=dg.in_process_executor)],
        resources={"io_manager": XComIOManager()},
    )
    return defs.resolve_job_def("fragile_job")
