"""Functions that are called around a task's tries: when, with what, and what becomes of what they raise."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.exceptions import AirflowSkipException
from migrator.runtime.compat.hooks import Hooks, run_if, skip_if
from migrator.runtime.compat.task import airflow_task

DAG = AirflowDag(dag_id="dag", airflow="3")


def run(hooks: Hooks, **rules: Any) -> tuple[list[str], dg.ExecuteInProcessResult]:
    """What happens around a task that returns 7, in order, and the run."""
    seen: list[str] = []

    def note(what: str) -> Any:
        return lambda *given: seen.append(" ".join([what, *map(str, given[1:])]))

    callbacks = {f"on_{event}_callback": note(event) for event in ("execute", "success", "skipped", "failure", "retry")}
    noted = Hooks(
        pre_execute=[note("before"), *hooks.pre_execute],
        post_execute=[note("after"), *hooks.post_execute],
        xcoms=hooks.xcoms,
    )

    @dg.asset
    def source() -> int:
        return 3

    @dg.asset(output_required=False)
    @airflow_task(dag=DAG, task_id="task", hooks=noted, **callbacks, **rules)
    def task(source: int) -> int:
        seen.append("task")
        return 7

    result = dg.materialize([source, task], raise_on_error=False)
    return seen, result


def raising(error: Exception) -> Any:
    def hook(*_: Any) -> None:
        raise error

    return hook


def test_they_stand_around_the_task_and_its_callback() -> None:
    seen, result = run(Hooks())
    assert seen == ["before", "execute", "task", "after 7", "success"]
    assert result.output_for_node("task") == 7


def test_one_before_the_task_keeps_it_from_beginning() -> None:
    seen, result = run(Hooks(pre_execute=[raising(AirflowSkipException("no"))]))
    assert seen == ["before", "skipped"]
    assert result.success
    seen, result = run(Hooks(pre_execute=[raising(ValueError("no"))]))
    assert seen == ["before", "failure"]
    assert not result.success


def test_one_after_the_task_takes_its_success_away() -> None:
    seen, result = run(Hooks(post_execute=[raising(AirflowSkipException("no"))]))
    assert seen == ["before", "execute", "task", "after 7", "skipped"]
    assert result.success
    assert not result.asset_materializations_for_node("task")
    assert run(Hooks(post_execute=[raising(ValueError("no"))]))[0][-1] == "failure"


def test_each_try_has_them() -> None:
    seen, _ = run(Hooks(pre_execute=[raising(ValueError("no"))]), retries=1, retry_delay=0)
    assert seen == ["before", "retry", "before", "failure"]


def test_what_is_pulled_is_a_parameter_of_the_task() -> None:
    pulled: list[int] = []
    run(
        Hooks(
            pre_execute=[lambda context: pulled.append(context["ti"].xcom_pull("source"))], xcoms={"source": "source"}
        )
    )
    assert pulled == [3]


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        (run_if(lambda _: 1), None),
        (run_if(lambda _: ""), "Task was skipped due to condition."),
        (run_if(lambda _: False, "never"), "never"),
        (run_if(lambda _: (False, "not now"), "never"), "not now"),
        (run_if(lambda _: (True, "not now")), None),
        (skip_if(lambda _: None), None),
        (skip_if(lambda _: (True, None), "always"), "always"),
    ],
)
def test_conditions(hook: Any, message: str | None) -> None:
    if message is None:
        hook({})
        return
    with pytest.raises(AirflowSkipException, match=message):
        hook({})


def test_they_need_the_dag() -> None:
    with pytest.raises(TypeError, match="hooks"):
        airflow_task(hooks=Hooks())
