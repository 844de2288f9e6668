"""Sensors of the runtime: what falls due, one run after another, runs without end, updates of assets."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import dagster as dg
import pytest

from migrator.runtime.compat import schedules, updates

UTC = timezone.utc
DAYS = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *", start="2026-01-01T00:00:00+0000", timezone="UTC", fmt="%Y-%m-%dT%H:%M:%S%z"
)
A, B, C = (dg.AssetKey([name]) for name in "abc")


@dg.op
def work(context: dg.OpExecutionContext) -> None:
    if "fail" in context.run.tags:
        raise ValueError("as asked")


@dg.job(partitions_def=DAYS)
def daily() -> None:
    work()


@dg.job
def plain() -> None:
    work()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def context(instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorEvaluationContext:
    return dg.build_sensor_context(instance=instance, cursor=cursor)


def requested(answer: schedules.Answer) -> list[dg.RunRequest]:
    return list(answer.run_requests or []) if isinstance(answer, dg.SensorResult) else []


def cursor_of(answer: schedules.Answer, before: str | None) -> str | None:
    return answer.cursor if isinstance(answer, dg.SensorResult) and answer.cursor else before


def test_the_cutover_must_be_known(instance: dg.DagsterInstance) -> None:
    with pytest.raises(ValueError, match="MIGRATION_CUTOVER is not set"):
        schedules.request_due(context(instance), DAYS, cutover="")


def test_history_is_not_replayed_and_nothing_is_asked_for_twice(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "now", lambda: at(2026, 3, 4, 12))
    answer = schedules.request_due(context(instance), DAYS, cutover="2026-03-03")
    assert [r.partition_key for r in requested(answer)] == ["2026-03-02T00:00:00+0000", "2026-03-03T00:00:00+0000"]
    assert [r.run_key for r in requested(answer)] == [r.partition_key for r in requested(answer)]
    again = schedules.request_due(context(instance, cursor_of(answer, None)), DAYS, cutover="2026-03-03")
    assert requested(again) == []


def test_many_missed_runs_come_in_portions(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "now", lambda: at(2026, 12, 1))
    found, cursor = 0, None
    for portion in (100, 100, 100, 34, 0):
        answer = schedules.request_due(context(instance, cursor), DAYS, cutover="2020-01-01")
        assert len(requested(answer)) == portion
        found, cursor = found + portion, cursor_of(answer, cursor)
    assert found == (at(2026, 12, 1) - at(2026, 1, 1)).days


def test_a_run_waits_for_the_success_of_the_one_before(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "now", lambda: at(2026, 3, 4, 12))

    def evaluate(cursor: str | None) -> tuple[list[str | None], str | None]:
        answer = schedules.request_due(context(instance, cursor), DAYS, cutover="2026-03-03", after_success_of="daily")
        return [r.partition_key for r in requested(answer)], cursor_of(answer, cursor)

    keys, cursor = evaluate(None)
    assert keys == ["2026-03-02T00:00:00+0000"]
    assert evaluate(cursor) == ([], cursor)
    daily.execute_in_process(partition_key=keys[0], instance=instance, tags={"fail": "yes"}, raise_on_error=False)
    assert evaluate(cursor) == ([], cursor)
    daily.execute_in_process(partition_key=keys[0], instance=instance)
    assert evaluate(cursor)[0] == ["2026-03-03T00:00:00+0000"]


def test_without_catchup_only_the_last_run_is_asked_for(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = schedules.Every(timedelta(minutes=7), start=at(2026, 1, 1), data_intervals=True)
    monkeypatch.setattr(schedules, "now", lambda: at(2026, 1, 1, 1))
    first = schedules.request_latest(context(instance), every)
    assert requested(first) == []
    monkeypatch.setattr(schedules, "now", lambda: at(2026, 1, 1, 2))
    (request,) = requested(schedules.request_latest(context(instance, cursor_of(first, None)), every))
    assert request.tags == {
        "airflow/logical_date": "2026-01-01T01:52:00+00:00",
        "airflow/data_interval_start": "2026-01-01T01:52:00+00:00",
        "airflow/data_interval_end": "2026-01-01T01:59:00+00:00",
    }


def test_continuously(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    def evaluate(cursor: str | None, moment: datetime) -> schedules.Answer:
        monkeypatch.setattr(schedules, "now", lambda: moment)
        return schedules.request_continuously(
            context(instance, cursor), "plain", cutover="2026-01-05", start=at(2026, 1, 1), end=at(2026, 2, 1)
        )

    first = evaluate(None, at(2026, 1, 6))
    (request,) = requested(first)
    assert request.tags["airflow/data_interval_start"] == "2026-01-05T00:00:00+00:00"
    assert request.tags["airflow/data_interval_end"] == "2026-01-06T00:00:00+00:00"
    run = instance.create_run_for_job(plain, status=dg.DagsterRunStatus.STARTED)
    assert requested(evaluate(cursor_of(first, None), at(2026, 1, 7))) == []
    instance.report_run_failed(run)
    (request,) = requested(evaluate(cursor_of(first, None), at(2026, 1, 7)))
    assert request.tags["airflow/data_interval_start"] == "2026-01-06T00:00:00+00:00"
    assert requested(evaluate(cursor_of(first, None), at(2026, 2, 2))) == []


class Updates:
    """A DAG that runs on updates, evaluated again and again."""

    def __init__(self, instance: dg.DagsterInstance, condition: updates.Condition, airflow: str = "3") -> None:
        self.instance, self.condition, self.airflow = instance, condition, airflow
        self.cursor: str | None = None
        self.evaluate()

    def evaluate(self) -> list[dg.RunRequest]:
        answer = updates.request_on_updates(context(self.instance, self.cursor), self.condition, airflow=self.airflow)
        self.cursor = cursor_of(answer, self.cursor)
        return requested(answer)

    def after(self, *keys: dg.AssetKey) -> int:
        for key in keys:
            self.instance.report_runless_asset_event(dg.AssetMaterialization(key))
        return len(self.evaluate())


def test_all_of_several_assets(instance: dg.DagsterInstance) -> None:
    """Several updates of one asset count once; all must be updated again before the next run."""
    waiting = Updates(instance, updates.AllOf([A, B]))
    assert [waiting.after(A), waiting.after(A), waiting.after(B), waiting.after()] == [0, 0, 1, 0]
    assert [waiting.after(B, B), waiting.after(A), waiting.after(A, B)] == [0, 1, 1]


def test_a_run_uses_up_the_updates_of_all_assets(instance: dg.DagsterInstance) -> None:
    waiting = Updates(instance, updates.AnyOf([updates.AllOf([A, B]), C]))
    assert [waiting.after(A), waiting.after(C), waiting.after(B), waiting.after(A)] == [0, 1, 0, 1]


def test_updates_before_the_first_evaluation_do_not_count(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization(A))
    waiting = Updates(instance, A)
    assert json.loads(waiting.cursor or "") != {"a": 0}
    assert [waiting.after(), waiting.after(A)] == [0, 1]


@pytest.mark.parametrize(("airflow", "kind"), [("2", "dataset_triggered"), ("3", "asset_triggered")])
def test_the_dates_of_a_run_that_updates_ask_for(instance: dg.DagsterInstance, airflow: str, kind: str) -> None:
    waiting = Updates(instance, A, airflow)
    instance.report_runless_asset_event(dg.AssetMaterialization(A))
    (request,) = waiting.evaluate()
    assert request.tags["airflow/run_type"] == kind
    assert bool(request.tags["airflow/logical_date"]) is (airflow == "2")
