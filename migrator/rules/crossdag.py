"""Tasks that wait for other DAGs, or start them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

from ..airflow_model import Function, Value
from .api import OtherDag, Result, TaskView, rule
from .sensors import poll_text, skips_on_failure, times_out_finally
from .text import call, rendered_unless, seconds, unless

_STANDARD = "airflow.providers.standard"


@rule(f"{_STANDARD}.sensors.external_task.ExternalTaskMarker", fidelity="approximate")
def external_task_marker(view: TaskView) -> Result:
    """An asset that does nothing, as in Airflow, where the marker matters to clearing only.

    Differs: Clearing this task does not clear the marked task of the other DAG; materialise that asset again by hand.
    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/howto/operator/external_task_sensor.html
    Dagster: https://docs.dagster.io/guides/build/assets/defining-assets
    """
    reason = "It says what is cleared together with this task; in Dagster, assets are materialised again by choice."
    for name in ("external_dag_id", "external_task_id", "logical_date", "execution_date", "recursion_depth"):
        view.drop(name, reason)
    return Result(view.text("pass"), returns="None")


@rule(f"{_STANDARD}.sensors.external_task.ExternalTaskSensor")
def external_task_sensor(view: TaskView) -> Result:
    """Depends on the other DAG's assets, and polls the Dagster instance for its run at the right logical date.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/howto/operator/external_task_sensor.html
    Dagster: https://docs.dagster.io/guides/build/assets/passing-data-between-assets
    """
    other = _other(view, "external_dag_id", "waits for")
    tasks, together = _tasks(view, other)
    if view.given("poll_interval") and not view.given("poke_interval"):
        view.unsupported("poll_interval", "It is looked at every minute; `poke_interval` is the argument's name today.")
    view.drop("poll_interval", "`poke_interval` counts.")
    view.drop("check_existence", "What it waits for is in the project.")
    view.value("soft_fail")
    done = call(
        view.compat("crossdag", "other_dag_done"),
        view.context(),
        view.other_dag_name(other.dag_id),
        _dates(view),
        tasks=f"[{', '.join(repr(list(other.tasks[t])) for t in tasks)}]" if tasks else None,
        together="True" if together else None,
        allowed_states=_states(view, "allowed_states"),
        skipped_states=_states(view, "skipped_states"),
        failed_states=_states(view, "failed_states"),
        soft_fail=unless(view, "soft_fail", False),
    )
    if not view.depend_on(other.dag_id, tasks) and other.dag_id != view.dag.dag_id:
        view.differs(f"Its asset does not depend on those of `{other.dag_id}`, which wait for this DAG; it only polls.")
    return Result(
        view.text(poll_text(view, "poke_until", f"lambda: {done}")),
        returns="None",
        may_skip=skips_on_failure(view) or view.given("skipped_states"),
        may_fail_finally=times_out_finally(view),
    )


def _other(view: TaskView, argument: str, does: str) -> OtherDag:
    """The DAG that an argument names. Gives up where it is not known or not in the project."""
    dag_id = view.value(argument)
    if not isinstance(dag_id, str) or "{{" in dag_id or "{%" in dag_id:
        _give_up(view, f"Which DAG it {does} is only known when it runs.")
    found = view.other_dag(dag_id)
    if found is None:
        _give_up(view, f"It {does} the DAG `{dag_id}`, which is not among those that were converted.")
    if not found.tasks:
        _give_up(view, f"It {does} the DAG `{dag_id}`, which has no tasks.")
    return found


def _give_up(view: TaskView, why: str) -> NoReturn:
    view.manual("A2D408", why)


def _tasks(view: TaskView, other: OtherDag) -> tuple[tuple[str, ...], bool]:
    """The tasks it waits for, none where it is the whole DAG; and whether their states count together only."""
    group = view.value("external_task_group_id")
    one, several = view.value("external_task_id"), view.value("external_task_ids")
    if group is not None:
        tasks = other.groups.get(group, ()) if isinstance(group, str) else ()
        if not tasks:
            _give_up(view, f"It waits for a task group that `{other.dag_id}` is not known to have.")
        # Airflow 3 counts the runs whose group's tasks all have one of the states, Airflow 2 the tasks.
        return tasks, view.dag.airflow == "3"
    wanted = [one] if one is not None else several or []
    if not isinstance(wanted, list | tuple | set) or not all(isinstance(t, str) for t in wanted):
        _give_up(view, f"Which tasks of `{other.dag_id}` it waits for is only known when it runs.")
    tasks = tuple(sorted(wanted) if isinstance(wanted, set) else wanted)
    for task_id in tasks:
        if task_id not in other.tasks:
            _give_up(view, f"It waits for the task `{task_id}`, which `{other.dag_id}` is not known to have.")
    for task_id in sorted({*tasks} & other.mapped):
        view.differs(
            f"It waits for all instances of the mapped task `{task_id}`; Airflow, which counts them, goes on only "
            "where there is one."
        )
    return tasks, False


def _dates(view: TaskView) -> str:
    """The logical date, or dates, of the other DAG's run."""
    function, delta = view.value("execution_date_fn"), view.value("execution_delta")
    if function is not None:
        if not isinstance(function, Function):
            _give_up(view, "The function that gives the date it waits for is not known.")
        if view.dag.airflow == "1" and len(function.parameters) > 1:
            _give_up(view, "`execution_date_fn` takes the whole context, as only Airflow 1.10 gives it.")
        return view.call_function(function, [view.logical_date(moment=True)], {}, True)
    date = view.logical_date()
    if isinstance(delta, timedelta) and delta < timedelta():
        return f"{date} + {view.expression(-delta)}"
    return f"{date} - {view.code('execution_delta')}" if delta else date


def _states(view: TaskView, name: str) -> str | None:
    """States as a list of texts; None where none are given."""
    value = view.value(name)
    if not value or (value == ["success"] and name == "allowed_states"):
        return None
    found = [_state(item) for item in value] if isinstance(value, list | tuple | set | frozenset) else []
    if not found or not all(found):
        _give_up(view, f"`{name}` is not known.")
    return repr(sorted(found) if isinstance(value, set | frozenset) else found)


def _state(value: Value) -> str:
    """`"success"` and `TaskInstanceState.SUCCESS`, which are the same to Airflow."""
    path = getattr(value, "path", None)
    if isinstance(path, str) and ("State." in path):
        return path.rpartition(".")[2].lower()
    return value if isinstance(value, str) else ""


@rule(f"{_STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator", fidelity="approximate", keyed=True)
def trigger_dag_run_operator(view: TaskView) -> Result:
    """Asks for a run of the other DAG's job, which a sensor beside the asset starts; its value is the run's id.

    Differs: The run is started by the sensor, once that is switched on, and not by the task itself.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/trigger_dag_run.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    other = _other(view, "trigger_dag_id", "starts")
    if view.value("python_callable") is not None:
        _give_up(view, "`python_callable` decides about the run, as only Airflow 1.10 has it.")
    _left_out(view)
    waits = view.literal("wait_for_completion", bool, False)
    own = repr(list(_key(view)))
    request = call(
        view.compat("trigger", "request_run"),
        view.context(),
        view.other_dag_name(other.dag_id),
        own,
        conf=_conf(view, other),
        run_id=rendered_unless(view, "trigger_run_id", None),
        logical_date=_logical_date(view),
        reset=unless(view, "reset_dag_run", False),
        skip_when_already_exists=rendered_unless(view, "skip_when_already_exists", False),
        wait_for_completion="True" if waits else None,
        poke_interval=seconds(view, "poke_interval", 60) if waits else None,
        allowed_states=_states(view, "allowed_states") if waits else None,
        failed_states=_failed_states(view) if waits else None,
    )
    for name in () if waits else ("poke_interval", "allowed_states", "failed_states", "deferrable"):
        view.drop(name, "It only matters with `wait_for_completion`.")
    if waits and view.value("deferrable", False):
        view.differs("It waits in place and keeps its slot, where Airflow defers to the triggerer and frees it.")
    view.sensor(other.job, _sensor(view, other, own))
    skips = view.value("skip_when_already_exists", False) is not False
    return Result(
        view.text(f"return {request}"),
        returns="dict[str, str]",
        may_skip=skips,
        may_fail_finally=view.dag.airflow == "3",
    )


def _conf(view: TaskView, other: OtherDag) -> str | None:
    """What the run gets, once it is what the other DAG's params may be."""
    conf = rendered_unless(view, "conf", None)
    if other.checked_params is None:
        return conf
    params = view.library("@resources", other.checked_params)
    return call(view.compat("params", "checked_conf"), params, conf or "None")


def _key(view: TaskView) -> Sequence[str]:
    own = view.other_dag(view.dag.dag_id)
    return own.tasks[view.task.task_id] if own is not None else (view.dag.dag_id, view.task.task_id)


def _left_out(view: TaskView) -> None:
    view.drop("openlineage_inject_parent_info", "It adds nothing unless OpenLineage listens to Airflow.")
    view.drop("note", "Airflow shows it with the run.")
    if view.value("run_after") is not None:
        view.unsupported("run_after", "The run starts at once.")
    if view.value("fail_when_dag_is_paused", False) is not False:
        view.unsupported("fail_when_dag_is_paused", "Whether the sensor is switched on is not looked at.")


def _logical_date(view: TaskView) -> str | None:
    """The run's date; None for the moment it is asked for, as by default."""
    name = "logical_date" if view.task.argument("logical_date") is not None else "execution_date"
    argument = view.task.argument(name)
    if argument is None or (argument.value is None and view.dag.airflow != "3"):
        view.value(name)
        return None
    return view.template(name)


def _failed_states(view: TaskView) -> str | None:
    """An empty list is no state at all, where no list is Airflow's default."""
    return "[]" if view.value("failed_states") in ([], ()) else _states(view, "failed_states")


def _sensor(view: TaskView, other: OtherDag, own: str) -> str:
    params = None
    if other.params is not None:
        resource, names = other.params
        params = f"{{{resource!r}: {list(names)!r}}}"
    if other.partitioned:
        view.differs(
            f"The run is about the partition of `{other.dag_id}` that begins at its logical date, or else the last one "
            "before; its dates are that partition's."
        )
    name = view.compat("trigger", "requested_runs")
    partitioned = "True" if other.partitioned else None
    constant = view.other_dag_name(other.dag_id)
    return f"return {call(name, 'context', constant, own, partitioned=partitioned, params=params)}"
