"""Replenishment proposals per store: forecasts and stock are compared, the shortage goes to the warehouse."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Label, TaskGroup, chain, cross_downstream, task, task_group

STORES = ("berlin", "tokyo")
WEEKLY_DEMAND = {"berlin": {"TEA-001": 60, "MUG-010": 12}, "tokyo": {"TEA-001": 45, "POT-100": 6}}
ON_HAND = {"berlin": {"TEA-001": 40, "MUG-010": 14}, "tokyo": {"TEA-001": 0, "POT-100": 7}}


def forecast(store: str, weeks: int = 1) -> dict[str, int]:
    return {sku: units * weeks for sku, units in WEEKLY_DEMAND[store].items()}


with DAG(
    dag_id="store_replenishment",
    schedule="0 22 * * 1-5",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"owner": "supply-chain"},
    tags=["logistics", "retail"],
) as dag:
    ready = EmptyOperator(task_id="inputs_ready")

    with TaskGroup("forecasts", tooltip="Expected demand per store") as forecasts:
        for store in STORES:
            PythonOperator(
                task_id=f"forecast_{store}",
                python_callable=forecast,
                op_args=[store],
                op_kwargs={"weeks": 2 if store == "tokyo" else 1},
            )

    with TaskGroup("quality", prefix_group_id=True) as quality:
        with TaskGroup("format"):
            header = BashOperator(task_id="check_header", bash_command="echo header-ok")
        with TaskGroup("volume"):
            volume = BashOperator(task_id="check_volume", bash_command="echo volume-ok")
        header >> Label("readable") >> volume

    @task_group(default_args={"retries": 1})
    def proposals(store: str):
        """Compare demand and stock of one store."""

        @task
        def shortage(demand: dict[str, int], stock: dict[str, int]) -> dict[str, int]:
            missing = {sku: units - stock.get(sku, 0) for sku, units in demand.items()}
            return {sku: units for sku, units in missing.items() if units > 0}

        @task
        def save(store: str, missing: dict[str, int]) -> int:
            hook = SqliteHook("warehouse")
            hook.run("CREATE TABLE IF NOT EXISTS replenishment (store TEXT, sku TEXT, units INTEGER)")
            hook.run("DELETE FROM replenishment WHERE store = ?", parameters=(store,))
            for sku, units in sorted(missing.items()):
                hook.run("INSERT INTO replenishment VALUES (?, ?, ?)", parameters=(store, sku, units))
            return sum(missing.values())

        demand = dag.get_task(f"forecasts.forecast_{store}").output
        return save(store, shortage(demand, ON_HAND[store]))

    planned = [proposals.override(group_id=f"proposals_{store}")(store) for store in STORES]

    lock = EmptyOperator(task_id="lock_planning")
    announce = EmptyOperator(task_id="announce_planning")
    pick_list = BashOperator(
        task_id="pick_list",
        bash_command=(
            "echo {{ ti.xcom_pull(task_ids='proposals_berlin.save') + ti.xcom_pull(task_ids='proposals_tokyo.save') }}"
        ),
    )
    truck_list = EmptyOperator(task_id="truck_list")

    chain(ready, [forecasts, quality], [lock, announce])
    planned >> Label("approved") >> lock
    cross_downstream([lock, announce], [pick_list, truck_list])
