"""XCom values, templates and shell commands come out as in real Airflow runs of truth/dags, in Dagster runs here."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pendulum
import pytest
from tables import BASH, NATIVE, TEMPLATES, XCOM_VALUES

from migrator.runtime.compat.bash import run_bash
from migrator.runtime.compat.context import AirflowContext
from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.exceptions import AirflowException, AirflowSkipException
from migrator.runtime.compat.serde import from_json, to_json
from migrator.runtime.compat.xcom import xcom_round_trip

from .conftest import Truth, tried


def test_pushing(truth: Truth) -> None:
    """What Airflow cannot push cannot be stored here."""
    ours = {name: tried(lambda v=value: to_json(v, truth.airflow)) for name, value in XCOM_VALUES.items()}
    assert {name for name, answer in ours.items() if answer.startswith("!")} == refused(truth)


def refused(truth: Truth) -> set[str]:
    """The values that fail the task that pushes them."""
    answers = [*truth.seen("pushed").items(), *truth.functions["sent"].items()]
    return {name for name, answer in answers if answer.startswith("!")}


def test_pulling(truth: Truth) -> None:
    """Everything that could be pushed is pulled as Airflow pulls it."""
    pulled = truth.seen("pulled")
    values = {name: value for name, value in XCOM_VALUES.items() if name not in refused(truth)}
    ours = {name: tried(lambda v=value: xcom_round_trip(v, truth.airflow)) for name, value in values.items()}
    assert ours == {name: pulled[name] for name in values}


def test_allowed_classes() -> None:
    """The user's own classes come back where they are allowed, as with Airflow's option."""
    text = to_json({"a": XCOM_VALUES["dataclass"]}, "3")
    with pytest.raises(ImportError, match="allowed_classes"):
        from_json(text, "3", ["other.*"])
    assert from_json(text, "3", ["tables.*"]) == {"a": XCOM_VALUES["dataclass"]}
    own = xcom_round_trip(XCOM_VALUES["own serialiser"], "2", ["tables.OwnSerialiser"])
    assert repr(own) == "OwnSerialiser((1, 2))" or repr(own) == "OwnSerialiser([1, 2])"


def backwards(text: str) -> str:
    return text[::-1]


def dag_of(truth: Truth, dag_id: str, **options: Any) -> AirflowDag:
    zone = "Asia/Tokyo" if dag_id == "tokyo" else "UTC"
    return AirflowDag(
        dag_id=dag_id,
        airflow=truth.airflow,
        timezone=zone,
        cron="0 0 * * *" if dag_id == "tokyo" else "0 6 * * *",
        data_intervals=truth.airflow == "2" or dag_id == "intervals",
        params={"p": "pv", "n": 3},
        start_date=pendulum.datetime(2024, 1, 1, tz=zone),
        description="About templates",
        owner="ann",
        tags=["a"],
        user_defined_macros={"shout": lambda text: text + "!", "GREETING": "hello", "ds": "hidden"},
        user_defined_filters={"backwards": backwards},
        render_template_as_native_obj=dag_id == "native",
        **options,
    )


def partitions_of(dag: AirflowDag) -> dg.TimeWindowPartitionsDefinition:
    return dg.TimeWindowPartitionsDefinition(
        cron_schedule=dag.cron,
        start=dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc),
        timezone=str(dag.timezone),
        fmt="%Y-%m-%dT%H:%M:%S%z",
        end_offset=0 if dag.data_intervals else 1,
    )


def in_dagster(
    dag: AirflowDag,
    function: Callable[[AirflowContext], Any],
    key: str | None,
    tags: dict[str, str],
    instance: dg.DagsterInstance | None = None,
) -> Any:
    """Call a function with the context of the task `render` in a real Dagster run."""
    partitions = partitions_of(dag)
    seen = []

    @dg.asset(partitions_def=partitions if key else None)
    def render(context: dg.AssetExecutionContext) -> None:
        airflow = dag.context(
            context,
            "render",
            xcoms={
                "source": {"return_value": {"rows": [1, 2]}, "extra": [1, 2]},
                "other": "o",
                "nothing": None,
                "many": {"a": 1},
            },
            keyed=["source"],
            multiple_outputs=["many"],
            retries=2,
        )
        seen.append(function(airflow))

    tags = {"airflow/dag_id": dag.dag_id, **tags}
    assert dg.materialize([render], partition_key=key, tags=tags, instance=instance).success
    return seen[0]


RUNS = [
    ("daily", "scheduled", "2024-03-05T06:00:00+0000", {}),
    ("daily", "manual", None, {"airflow/logical_date": "2024-03-07T10:11:12+00:00"}),
    ("tokyo", "scheduled", "2024-03-05T00:00:00+0900", {}),
    ("native", "scheduled", "2024-03-05T06:00:00+0000", {}),
    ("intervals", "scheduled", "2024-03-05T06:00:00+0000", {}),
]
SUCCEEDED_BEFORE = {"manual": ["2024-03-05T06:00:00+0000", "2024-03-04T06:00:00+0000"]}
ABSENT = {
    "{{ conf.get('core', 'dags_folder') is string }}",
}
"""Templates on what has no counterpart; they fail here."""
OTHER = {
    "{{ self }}",  # prints the template's address
    "{{ prev_start_date_success }}",  # the real time; see test_previous_success
}
SAME_ERROR = {
    ("! VariableNotFound", "! KeyError"),
    ("! VariableNotFound", "! AirflowRuntimeError"),
    ("! JSONDecodeError", "! AirflowRuntimeError"),
}


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(("dag_id", "run_type", "key", "tags"), RUNS, ids=[f"{r[0]}-{r[1]}" for r in RUNS])
def test_templates(truth: Truth, dag_id: str, run_type: str, key: str | None, tags: dict[str, str]) -> None:
    if dag_id == "intervals" and truth.airflow == "2":
        pytest.skip("only Airflow 3 has two kinds of cron timetables")
    expected = truth.seen(f"{dag_id}-{run_type}")
    table = {text: text for text in NATIVE} if dag_id == "native" else TEMPLATES

    def render(airflow: AirflowContext) -> dict[str, str]:
        return {name: tried(lambda v=value: airflow.render(v)) for name, value in table.items()}

    with dg.DagsterInstance.ephemeral() as instance:
        for former in SUCCEEDED_BEFORE.get(run_type, []):
            in_dagster(dag_of(truth, dag_id), str, former, {}, instance)
        ours = in_dagster(dag_of(truth, dag_id), render, key, {"airflow/conf": '{"c": 1}', **tags}, instance)
    different = {
        name: (ours[name], expected[name])
        for name in table
        if ours[name] != expected[name]
        and name not in OTHER | ABSENT
        and (ours[name], expected[name]) not in SAME_ERROR
    }
    assert different == {}


NOT_HERE = {"conf", "inlet_events"}
NOT_HERE_3 = {"inlet_events", "task_state_store"}


@pytest.mark.parametrize(("dag_id", "run_type", "key", "tags"), RUNS[:2], ids=["scheduled", "manual"])
def test_names(truth: Truth, dag_id: str, run_type: str, key: str | None, tags: dict[str, str]) -> None:
    """A callable with **kwargs gets the same variables, but for those that have no counterpart."""
    theirs = set(truth.seen(f"names-{dag_id}-{run_type}"))
    ours = in_dagster(dag_of(truth, dag_id), lambda airflow: set(airflow.as_kwargs()), key, tags)
    assert theirs - ours == (NOT_HERE_3 if truth.airflow == "3" else NOT_HERE)
    assert ours - theirs == set()


def test_bash(truth: Truth, tmp_path: Path) -> None:
    record = truth.runs["bash", "scheduled"]
    states = {task["task_id"]: task["state"] for task in record["tasks"]}
    values = {row["task_id"]: row["value"] for row in record["xcoms"]}
    dag = AirflowDag(dag_id="bash", airflow=truth.airflow, cron="0 0 * * *", data_intervals=truth.airflow == "2")
    seen: dict[str, tuple[str, Any]] = {}

    @dg.asset(partitions_def=partitions_of(dag))
    def bash(context: dg.AssetExecutionContext) -> None:
        for number, case in enumerate(BASH):
            task_id = f"b{number}"
            arguments = {k: v for k, v in case.items() if k not in ("bash_command", "stdin")}
            airflow = dag.context(context, task_id)
            try:
                value = run_bash(airflow.render(case["bash_command"]), airflow=airflow, **arguments)
                seen[task_id] = ("success", value)
            except AirflowSkipException:
                seen[task_id] = ("skipped", None)
            except AirflowException:
                seen[task_id] = ("failed", None)

    assert dg.materialize([bash], partition_key="2024-03-05T00:00:00+0000").success
    expected = {task_id: (state, values.get(task_id)) for task_id, state in states.items()}
    assert {k: (BASH[int(k[1:])], v, expected[k]) for k, v in seen.items() if v != expected[k]} == {}
    assert len(seen) == len(BASH)
