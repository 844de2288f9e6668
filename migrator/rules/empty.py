"""Tasks that do nothing but hold a place in the graph."""

from __future__ import annotations

from .api import Result, TaskView, rule


@rule(
    "airflow.providers.standard.operators.empty.EmptyOperator",
    "airflow.providers.openlineage.operators.empty.EmptyOperator",
)
def empty_operator(view: TaskView) -> Result:
    """An asset that does nothing and keeps the task's place between its neighbours.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/index.html
    Dagster: https://docs.dagster.io/guides/build/assets/defining-assets
    """
    return Result(view.text("pass"), returns="None")
