"""Functions decorated with Airflow 3's `@asset`: a DAG of one task that makes the asset."""

from __future__ import annotations

from ..airflow_model import AssetRef
from .api import Result, TaskView, rule
from .python import decorated_call, function_asset, task_decorator


@rule("@asset", "airflow.sdk.definitions.asset.decorators._AssetMainOperator")
def asset_decorator(view: TaskView) -> Result:
    """The asset is the decorated function itself.

    Its parameters `self` and `outlet_events` are given to it, and those that are called like an asset: what the
    runtime has of them is their name and URI. One that takes the whole `context` is left to a person.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/assets.html
    Dagster: https://docs.dagster.io/guides/build/assets/defining-assets
    """
    function, argument = view.task.function, view.task.argument("outlets")
    outlets = argument.value if argument is not None else None
    required = [p.name for p in function.parameters if p.default is None] if function is not None else []
    if not set(required) - {"outlet_events"}:
        return task_decorator(view)
    given = decorated_call(view)
    for name in required:
        asset = view.asset_named(name)
        if name == "self" and isinstance(outlets, list | tuple) and len(outlets) == 1:
            asset = outlets[0] if isinstance(outlets[0], AssetRef) else None
        if name != "outlet_events" and (asset is None or name == "context"):
            return view.manual("A2D202", f"The function of `@asset` takes `{name}`: an object of Airflow's")
        given.kwargs.update({name: asset} if name != "outlet_events" else {})
    return function_asset(view, given)
