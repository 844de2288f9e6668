"""Airflow DAG `store_replenishment` (store_replenishment.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource

WEEKLY_DEMAND = {"berlin": {"TEA-001": 60, "MUG-010": 12}, "tokyo": {"TEA-001": 45, "POT-100": 6}}


def forecast(store: str, weeks: int = 1) -> dict[str, int]:
    return {sku: units * weeks for sku, units in WEEKLY_DEMAND[store].items()}


airflow_dag = AirflowDag(dag_id="store_replenishment", airflow="3", cron="0 22 * * 1-5", data_intervals=False)


@dg.asset(
    key=["store_replenishment", "inputs_ready"],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "inputs_ready"},
)
def inputs_ready() -> None:
    pass


@dg.asset(
    key=["store_replenishment", "forecasts.forecast_berlin"],
    deps=[["store_replenishment", "inputs_ready"]],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    kinds={"python"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "forecasts.forecast_berlin"},
)
def forecasts__forecast_berlin() -> dict:
    return forecast(store="berlin", weeks=1)


@dg.asset(
    key=["store_replenishment", "forecasts.forecast_tokyo"],
    deps=[["store_replenishment", "inputs_ready"]],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    kinds={"python"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "forecasts.forecast_tokyo"},
)
def forecasts__forecast_tokyo() -> dict:
    return forecast(store="tokyo", weeks=2)


@dg.asset(
    key=["store_replenishment", "quality.format.check_header"],
    deps=[["store_replenishment", "inputs_ready"]],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    kinds={"bash"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "quality.format.check_header"},
)
def quality__format__check_header() -> str:
    return run_bash("echo header-ok")


@dg.asset(
    key=["store_replenishment", "quality.volume.check_volume"],
    deps=[["store_replenishment", "quality.format.check_header"]],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    kinds={"bash"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "quality.volume.check_volume"},
)
def quality__volume__check_volume() -> str:
    return run_bash("echo volume-ok")


@dg.asset(
    key=["store_replenishment", "proposals_berlin.shortage"],
    ins={"demand": dg.AssetIn(["store_replenishment", "forecasts.forecast_berlin"])},
    group_name="store_replenishment",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    owners=["team:supply_chain"],
    kinds={"python"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "proposals_berlin.shortage"},
)
@airflow_task(multiple_outputs=True)
def proposals_berlin__shortage(demand: Any) -> dict:
    stock = {"TEA-001": 40, "MUG-010": 14}
    missing = {sku: units - stock.get(sku, 0) for sku, units in demand.items()}
    return {sku: units for sku, units in missing.items() if units > 0}


@dg.asset(
    key=["store_replenishment", "proposals_berlin.save"],
    ins={"missing": dg.AssetIn(["store_replenishment", "proposals_berlin.shortage"])},
    group_name="store_replenishment",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    owners=["team:supply_chain"],
    kinds={"python"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "proposals_berlin.save"},
)
def proposals_berlin__save(warehouse: SqliteResource, missing: Any) -> Any:
    store = "berlin"
    hook = warehouse
    hook.run("CREATE TABLE IF NOT EXISTS replenishment (store TEXT, sku TEXT, units INTEGER)")
    hook.run("DELETE FROM replenishment WHERE store = ?", parameters=(store,))
    for sku, units in sorted(missing.items()):
        hook.run("INSERT INTO replenishment VALUES (?, ?, ?)", parameters=(store, sku, units))
    return sum(missing.values())


@dg.asset(
    key=["store_replenishment", "proposals_tokyo.shortage"],
    ins={"demand": dg.AssetIn(["store_replenishment", "forecasts.forecast_tokyo"])},
    group_name="store_replenishment",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    owners=["team:supply_chain"],
    kinds={"python"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "proposals_tokyo.shortage"},
)
@airflow_task(multiple_outputs=True)
def proposals_tokyo__shortage(demand: Any) -> dict:
    stock = {"TEA-001": 0, "POT-100": 7}
    missing = {sku: units - stock.get(sku, 0) for sku, units in demand.items()}
    return {sku: units for sku, units in missing.items() if units > 0}


@dg.asset(
    key=["store_replenishment", "proposals_tokyo.save"],
    ins={"missing": dg.AssetIn(["store_replenishment", "proposals_tokyo.shortage"])},
    group_name="store_replenishment",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    owners=["team:supply_chain"],
    kinds={"python"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "proposals_tokyo.save"},
)
def proposals_tokyo__save(warehouse: SqliteResource, missing: Any) -> Any:
    store = "tokyo"
    hook = warehouse
    hook.run("CREATE TABLE IF NOT EXISTS replenishment (store TEXT, sku TEXT, units INTEGER)")
    hook.run("DELETE FROM replenishment WHERE store = ?", parameters=(store,))
    for sku, units in sorted(missing.items()):
        hook.run("INSERT INTO replenishment VALUES (?, ?, ?)", parameters=(store, sku, units))
    return sum(missing.values())


@dg.asset(
    key=["store_replenishment", "lock_planning"],
    deps=[
        ["store_replenishment", "forecasts.forecast_berlin"],
        ["store_replenishment", "forecasts.forecast_tokyo"],
        ["store_replenishment", "proposals_berlin.save"],
        ["store_replenishment", "proposals_tokyo.save"],
    ],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "lock_planning"},
)
def lock_planning() -> None:
    pass


@dg.asset(
    key=["store_replenishment", "announce_planning"],
    deps=[["store_replenishment", "quality.volume.check_volume"]],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "announce_planning"},
)
def announce_planning() -> None:
    pass


@dg.asset(
    key=["store_replenishment", "pick_list"],
    ins={
        "proposals_berlin__save": dg.AssetIn(["store_replenishment", "proposals_berlin.save"]),
        "proposals_tokyo__save": dg.AssetIn(["store_replenishment", "proposals_tokyo.save"]),
    },
    deps=[["store_replenishment", "announce_planning"], ["store_replenishment", "lock_planning"]],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    kinds={"bash"},
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "pick_list"},
)
def pick_list(
    context: dg.AssetExecutionContext, proposals_berlin__save: Any, proposals_tokyo__save: Any
) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="pick_list",
        xcoms={
            "proposals_berlin.save": proposals_berlin__save,
            "proposals_tokyo.save": proposals_tokyo__save,
        },
    )
    return run_bash(
        airflow.render(
            "echo {{ ti.xcom_pull(task_ids='proposals_berlin.save') + ti.xcom_pull(task_ids='proposals_tokyo.save') }}"
        )
    )


@dg.asset(
    key=["store_replenishment", "truck_list"],
    deps=[["store_replenishment", "announce_planning"], ["store_replenishment", "lock_planning"]],
    group_name="store_replenishment",
    owners=["team:supply_chain"],
    tags={"logistics": "", "retail": ""},
    metadata={"airflow/dag_id": "store_replenishment", "airflow/task_id": "truck_list"},
)
def truck_list() -> None:
    pass


job = dg.define_asset_job(
    "store_replenishment",
    selection=dg.AssetSelection.groups("store_replenishment"),
    tags={"airflow/dag_id": "store_replenishment"},
)
schedule = dg.ScheduleDefinition(
    name="store_replenishment_schedule", job=job, cron_schedule="0 22 * * 1-5", execution_timezone="UTC"
)
