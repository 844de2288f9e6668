"""Tasks that decide which tasks run after them: branches, short circuits, LatestOnlyOperator."""

from __future__ import annotations

from dataclasses import replace

from ..airflow_model import Value
from .api import Result, TaskView, rule
from .python import classic_call, decided, decorated_call, in_this_environment
from .sensors import week_days
from .text import call, has, pushes

_PYTHON = "airflow.providers.standard.operators.python"
_STANDARD = "airflow.providers.standard.operators"


@rule(f"{_PYTHON}.BranchPythonOperator", decides="branch")
def branch_python_operator(view: TaskView) -> Result:
    """The function names the tasks that run next; its other direct downstream tasks are skipped.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, classic_call(view), "branch")


@rule("@task.branch", decides="branch")
def task_branch(view: TaskView) -> Result:
    """The decorated function names the tasks that run next; its other direct downstream tasks are skipped.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, decorated_call(view), "branch")


@rule(f"{_PYTHON}.ShortCircuitOperator", decides="short_circuit")
def short_circuit_operator(view: TaskView) -> Result:
    """Everything downstream is skipped when the function returns something false.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#shortcircuitoperator
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, classic_call(view), "short_circuit", _ignoring(view))


@rule("@task.short_circuit", decides="short_circuit")
def task_short_circuit(view: TaskView) -> Result:
    """Everything downstream is skipped when the decorated function returns something false.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#shortcircuitoperator
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, decorated_call(view), "short_circuit", _ignoring(view))


@rule(f"{_STANDARD}.latest_only.LatestOnlyOperator", decides="latest_only")
def latest_only_operator(view: TaskView) -> Result:
    """Its direct downstream tasks are skipped in every scheduled run but the latest.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/latest_only.html
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return Result(view.text("pass"), returns="None", flow="latest_only")


@rule(f"{_STANDARD}.weekday.BranchDayOfWeekOperator", decides="branch")
def branch_day_of_week_operator(view: TaskView) -> Result:
    """Which tasks run next depends on the day of the week, today's or the logical date's.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/datetime.html#branchdayofweekoperator
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    days = week_days(view.value("week_day"))
    if not days:
        return view.manual("A2D402", "Which days of the week it branches on is not known.")
    names = ("use_task_logical_date", "use_task_execution_day")
    today = _moment(view, names) or _now(view, view.dag.timezone)
    return _choice(view, f"{today}.isoweekday() in {{{', '.join(map(str, sorted(days)))}}}")


@rule(f"{_STANDARD}.datetime.BranchDateTimeOperator", decides="branch")
def branch_date_time_operator(view: TaskView) -> Result:
    """Which tasks run next depends on whether the time, now or the logical date, lies between two bounds.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/datetime.html#branchdatetimeoperator
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    now = _moment(view, ("use_task_logical_date", "use_task_execution_date")) or _now(view, "UTC")
    zone = view.dag.timezone
    bounds = (view.code("target_lower"), view.code("target_upper"))
    named = {} if zone == "UTC" else {"timezone": repr(zone)}
    return _choice(view, call(view.compat("branches", "within"), now, *bounds, **named))


@rule("airflow.providers.common.sql.operators.sql.BranchSQLOperator", decides="branch")
def branch_sql_operator(view: TaskView) -> Result:
    """The first value of a query, true or false, says which of two lists of tasks runs next.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/_api/airflow/providers/common/sql/operators/sql/index.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    resource = view.connection("conn_id", None, "default_conn_id")
    if has(view, "database"):
        resource = call(f"{resource}.using", database=view.code("database"))
    view.drop("retry_on_failure", "Only checks look at it.")
    view.unsupported("hook_params", "The hook's own parameters are not set on the resource.")
    parameters = view.code("parameters") if has(view, "parameters") else ""
    row = call(f"{resource}.get_first", view.template("sql"), parameters)
    found = _choice(view, call(view.compat("branches", "truth"), row))
    return replace(found, kinds=("sql",), flow_arguments=(("do_xcom_push", "False"),))  # it never pushes what it chose


@rule(
    f"{_PYTHON}.BranchPythonVirtualenvOperator",
    f"{_PYTHON}.BranchExternalPythonOperator",
    fidelity="approximate",
    decides="branch",
)
def branch_elsewhere_operator(view: TaskView) -> Result:
    """The function names the tasks that run next; it runs in the project's own environment.

    Differs: no other environment is made or used: the function runs in the process of the asset, with the packages and
        the Python of the project.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#branchpythonvirtualenvoperator
    Dagster: https://docs.dagster.io/deployment/code-locations
    """
    in_this_environment(view)
    return decided(view, classic_call(view), "branch")


@rule("@task.branch_virtualenv", "@task.branch_external_python", fidelity="approximate", decides="branch")
def task_branch_elsewhere(view: TaskView) -> Result:
    """The decorated function names the tasks that run next; it runs in the project's own environment.

    Differs: no other environment is made or used: the function runs in the process of the asset, with the packages and
        the Python of the project.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#branchpythonvirtualenvoperator
    Dagster: https://docs.dagster.io/deployment/code-locations
    """
    in_this_environment(view)
    return decided(view, decorated_call(view), "branch")


@rule(f"{_STANDARD}.branch.BaseBranchOperator", fidelity="bridged", decides="branch")
def base_branch_operator(view: TaskView) -> Result:
    """A branch operator of the user's own: its `choose_branch` names the tasks that run next.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return replace(view.bridge("choose_branch"), flow="branch")


def _moment(view: TaskView, names: tuple[str, ...]) -> str | None:
    """The logical date, where one of these arguments asks for it."""
    wanted = [view.literal(name, bool, False) for name in names]
    return view.logical_date(moment=True) if any(wanted) else None


def _now(view: TaskView, zone: str) -> str:
    """The time of the day in a time zone."""
    if zone == "UTC":
        return call(f"{view.library('datetime', 'datetime')}.now", f"{view.library('datetime', 'timezone')}.utc")
    zoned = call(view.library("zoneinfo", "ZoneInfo"), repr(zone))
    return call(f"{view.library('datetime', 'datetime')}.now", zoned)


def _choice(view: TaskView, condition: str) -> Result:
    """A branch between the tasks for a condition that holds and those for one that does not."""
    taken, other = view.code("follow_task_ids_if_true"), view.code("follow_task_ids_if_false")
    arguments = () if pushes(view) else (("do_xcom_push", "False"),)
    body = view.text(f"return {taken} if {condition} else {other}")
    return Result(body, returns="Any", flow="branch", flow_arguments=arguments)


def _ignoring(view: TaskView) -> tuple[tuple[str, str], ...]:
    value: Value = view.literal("ignore_downstream_trigger_rules", bool, True)
    return () if value else (("ignore_downstream_trigger_rules", "False"),)


@rule("airflow.operators.subdag.SubDagOperator", fidelity="manual")
def sub_dag_operator(view: TaskView) -> Result:
    """A DAG that runs as one task, which Airflow 3 no longer has, is left to a person.

    Airflow: https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/dags.html#subdags
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    view.manual("A2D402", "It runs a DAG of its own as one task: make its tasks a task group.")
