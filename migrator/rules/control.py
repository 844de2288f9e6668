"""Tasks that decide which tasks run after them."""

from __future__ import annotations

from .api import Result, TaskView, rule

_PYTHON = "airflow.providers.standard.operators.python"
_FUNCTION = "Its function names the tasks that run next; its other direct downstream tasks are skipped"
_CONDITION = "Everything downstream is skipped when its function returns something false"
_MEANING = {
    "BranchPythonOperator": _FUNCTION,
    "BranchPythonVirtualenvOperator": _FUNCTION,
    "BranchExternalPythonOperator": _FUNCTION,
    "@task.branch": _FUNCTION,
    "@task.branch_virtualenv": _FUNCTION,
    "@task.branch_external_python": _FUNCTION,
    "ShortCircuitOperator": _CONDITION,
    "@task.short_circuit": _CONDITION,
    "BranchSQLOperator": "The first value of its query says which of two lists of tasks runs next",
    "BranchDateTimeOperator": "Which tasks run next depends on whether the time lies between two bounds",
    "BranchDayOfWeekOperator": "Which tasks run next depends on the day of the week",
    "LatestOnlyOperator": "Its direct downstream tasks are skipped in every scheduled run but the latest",
    "SubDagOperator": "It runs a DAG of its own as one task",
}


@rule(
    f"{_PYTHON}.BranchPythonOperator",
    f"{_PYTHON}.BranchPythonVirtualenvOperator",
    f"{_PYTHON}.BranchExternalPythonOperator",
    f"{_PYTHON}.ShortCircuitOperator",
    "@task.branch",
    "@task.branch_virtualenv",
    "@task.branch_external_python",
    "@task.short_circuit",
    "airflow.providers.common.sql.operators.sql.BranchSQLOperator",
    "airflow.providers.standard.operators.datetime.BranchDateTimeOperator",
    "airflow.providers.standard.operators.weekday.BranchDayOfWeekOperator",
    "airflow.providers.standard.operators.latest_only.LatestOnlyOperator",
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
