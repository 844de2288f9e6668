"""The weekly tea auctions: lots of two houses are graded, bid for and, once another run has paid for them, shipped."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

OFFICE = Path(os.environ["EXPORT_DIR"], "auction")
PRICING_PYTHON = os.environ.get("PRICING_PYTHON", sys.executable)
HOUSES = ("mombasa", "colombo")


def tell_office(context) -> None:
    """Both outcomes of a run are written to the auction office's log."""
    OFFICE.mkdir(exist_ok=True)
    with (OFFICE / "office.log").open("a") as file:
        file.write(f"{context['dag_run'].state} {context['ds']}\n")


def check_office(context) -> None:
    """Nobody bids on a day on which the office is closed."""
    if (OFFICE / f"closed_{context['ds_nodash']}").exists():
        raise AirflowSkipException(f"the office is closed on {context['ds']}")


def check_budget(context, spent: int) -> None:
    if spent > context["params"]["budget"]:
        raise ValueError(f"{spent} is more than the budget of {context['params']['budget']}")


@dag(
    schedule="0 8 * * 2",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    params={"budget": Param(500, type="integer", minimum=0), "paper_trail": False},
    on_success_callback=tell_office,
    on_failure_callback=[tell_office],
    default_args={"owner": "purchasing", "pool": "auction_desk"},
    tags=["purchasing", "mapping"],
)
def tea_auction():
    @task
    def mombasa() -> list[dict[str, object]]:
        return [{"lot": "BP1-7", "grade": 3, "price": 120}, {"lot": "PF1-2", "grade": 1, "price": 80}]

    @task
    def colombo() -> list[dict[str, object]]:
        return [{"lot": "OP-11", "grade": 4, "price": 210}]

    @task
    def sealed_offers() -> list[dict[str, object]]:
        return []

    @task(map_index_template="{{ lot_name }}", pool_slots=2, pre_execute=check_office)
    def bid(lot: dict[str, object], least: int) -> int:
        get_current_context()["lot_name"] = lot["lot"]
        if lot["grade"] < least:
            raise AirflowSkipException(f"{lot['lot']} is not good enough")
        return lot["price"] + 10

    @task
    def open_offer(offer: dict[str, object]) -> int:
        return offer["price"]

    @task(trigger_rule="all_done", post_execute=check_budget)
    def spent(bids: list[int], offers: list[int]) -> int:
        return sum(bids) + sum(offers or [])

    @task.branch_external_python(python=PRICING_PYTHON)
    def payment(amount: int) -> str:
        return "by_letter_of_credit" if amount > 300 else "in_cash"

    @task
    def by_letter_of_credit() -> str:
        return "credit"

    @task
    def in_cash() -> str:
        return "cash"

    @task.run_if(lambda context: context["params"]["paper_trail"], "nobody asked for paper")
    @task
    def print_catalogue() -> None:
        print("printing")

    @task.skip_if(lambda context: not context["ti"].xcom_pull(task_ids="spent"))
    @task(trigger_rule="none_failed_min_one_success")
    def settle(ti=None) -> dict[str, object]:
        paid = ti.xcom_pull(task_ids=["by_letter_of_credit", "in_cash"])
        lots = [len(listed) for listed in ti.xcom_pull(task_ids=[*HOUSES])]
        return {"paid": [way for way in paid if way], "lots": lots}

    lots = [mombasa(), colombo()]
    bids = bid.partial(least=2).expand(lot=lots[0].concat(lots[1]))
    total = spent(bids, open_offer.expand(offer=sealed_offers()))
    settled = settle()
    payment(total) >> [by_letter_of_credit(), in_cash()] >> settled
    print_catalogue() << lots
    settled >> BashOperator(
        task_id="file_report",
        bash_command="scripts/auction_report.sh",
        env={"REPORT_DIR": str(OFFICE)},
        append_env=True,
    )


tea_auction()

with DAG(
    dag_id="tea_shipping",
    schedule="0 12 * * 2",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "purchasing"},
    tags=["purchasing", "cross-dag"],
):
    TriggerDagRunOperator(
        task_id="pay",
        trigger_dag_id="tea_payment",
        conf={"week": "{{ ds }}"},
        wait_for_completion=True,
        poke_interval=30,
        allowed_states=["success"],
    ) >> BashOperator(task_id="ship", bash_command="echo shipped the tea of {{ ds }}")

with DAG(
    dag_id="tea_payment",
    schedule=None,
    start_date=datetime(2024, 3, 1),
    default_args={"owner": "purchasing"},
    tags=["purchasing"],
):
    BashOperator(task_id="transfer", bash_command="echo paid for {{ dag_run.conf.get('week', 'nothing') }}")
