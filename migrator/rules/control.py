"""Tasks that decide which tasks run after them: branches, short circuits, LatestOnlyOperator."""

from __future__ import annotations

from ..airflow_model import Value
from .api import Result, TaskView, rule
from .python import classic_call, decided, decorated_call
from .sensors import week_days
from .text import call

_PYTHON = "airflow.providers.standard.operators.python"
_STANDARD = "airflow.providers.standard.operators"


@rule(f"{_PYTHON}.BranchPythonOperator", decides=True)
def branch_python_operator(view: TaskView) -> Result:
    """The function names the tasks that run next; its other direct downstream tasks are skipped.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, classic_call(view), "branch")


@rule("@task.branch", decides=True)
def task_branch(view: TaskView) -> Result:
    """The decorated function names the tasks that run next; its other direct downstream tasks are skipped.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, decorated_call(view), "branch")


@rule(f"{_PYTHON}.ShortCircuitOperator", decides=True)
def short_circuit_operator(view: TaskView) -> Result:
    """Everything downstream is skipped when the function returns something false.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#shortcircuitoperator
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, classic_call(view), "short_circuit", _ignoring(view))


@rule("@task.short_circuit", decides=True)
def task_short_circuit(view: TaskView) -> Result:
    """Everything downstream is skipped when the decorated function returns something false.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#shortcircuitoperator
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return decided(view, decorated_call(view), "short_circuit", _ignoring(view))


@rule(f"{_STANDARD}.latest_only.LatestOnlyOperator", decides=True)
def latest_only_operator(view: TaskView) -> Result:
    """Its direct downstream tasks are skipped in every scheduled run but the latest.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/latest_only.html
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    return Result(view.text("pass"), returns="None", flow="latest_only")


@rule(f"{_STANDARD}.weekday.BranchDayOfWeekOperator", decides=True)
def branch_day_of_week_operator(view: TaskView) -> Result:
    """Which tasks run next depends on the day of the week, today's or the logical date's.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/datetime.html#branchdayofweekoperator
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    days = week_days(view.value("week_day"))
    if not days:
        return view.manual("A2D402", "Which days of the week it branches on is not known.")
    logical = any(view.literal(n, bool, False) for n in ("use_task_logical_date", "use_task_execution_day"))
    if logical:
        today = f'{view.airflow_context()}["logical_date"]'
    else:
        today = call(f"{view.library('datetime', 'datetime')}.now", f"{view.library('datetime', 'timezone')}.utc")
    return _choice(view, f"{today}.isoweekday() in {{{', '.join(map(str, sorted(days)))}}}")


def _choice(view: TaskView, condition: str) -> Result:
    """A branch between the tasks for a condition that holds and those for one that does not."""
    taken, other = view.code("follow_task_ids_if_true"), view.code("follow_task_ids_if_false")
    return Result(view.text(f"return {taken} if {condition} else {other}"), returns="Any", flow="branch")


def _ignoring(view: TaskView) -> tuple[tuple[str, str], ...]:
    value: Value = view.literal("ignore_downstream_trigger_rules", bool, True)
    return () if value else (("ignore_downstream_trigger_rules", "False"),)


_MEANING = {
    "BranchPythonVirtualenvOperator": "Its function names the tasks that run next",
    "BranchExternalPythonOperator": "Its function names the tasks that run next",
    "@task.branch_virtualenv": "Its function names the tasks that run next",
    "@task.branch_external_python": "Its function names the tasks that run next",
    "BranchSQLOperator": "The first value of its query says which of two lists of tasks runs next",
    "BranchDateTimeOperator": "Which tasks run next depends on whether the time lies between two bounds",
    "SubDagOperator": "It runs a DAG of its own as one task",
}


@rule(
    f"{_PYTHON}.BranchPythonVirtualenvOperator",
    f"{_PYTHON}.BranchExternalPythonOperator",
    "@task.branch_virtualenv",
    "@task.branch_external_python",
    f"{_STANDARD}.datetime.BranchDateTimeOperator",
    "airflow.providers.common.sql.operators.sql.BranchSQLOperator",
    "airflow.operators.subdag.SubDagOperator",
    fidelity="manual",
)
def decision(view: TaskView) -> Result:
    """A task that decides what runs after it is left to a person: the asset raises NotImplementedError.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching
    Dagster: https://docs.dagster.io/guides/build/ops/graphs
    """
    task = view.task
    name = f"@{task.decorator}" if task.decorator else task.name.rpartition(".")[2]
    below = sorted(edge.downstream for edge in view.dag.downstream(task.task_id))
    names = f" Directly downstream: {', '.join(below)}." if below else ""
    return view.manual("A2D402", f"{_MEANING[name]}.{names}")
