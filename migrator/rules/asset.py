"""Functions decorated with Airflow 3's `@asset`: a DAG of one task that makes the asset."""

from __future__ import annotations

from .api import Result, TaskView, rule
from .python import task_decorator


@rule("@asset", "airflow.sdk.definitions.asset.decorators._AssetMainOperator")
def asset_decorator(view: TaskView) -> Result:
    """The asset is the decorated function itself.

    One that takes parameters, which stand for Airflow's own objects of
    the assets it reads, is left to a person.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/assets.html
    Dagster: https://docs.dagster.io/guides/build/assets/defining-assets
    """
    function = view.task.function
    required = [p.name for p in function.parameters if p.default is None] if function is not None else []
    if required:
        names = ", ".join(f"`{name}`" for name in required)
        return view.manual("A2D202", f"The function of `@asset` takes {names}: objects of Airflow's")
    return task_decorator(view)
