"""Airflow DAG `tea_auction` (tea_auction.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `bid` is mapped; `open_offer` is mapped; 3 more
tasks likewise.
"""

import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.callbacks import call_back
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.hooks import Hooks, run_if, skip_if
from ...airflow_compat.mapping import task_output
from ..resources import TeaAuctionParams

HOUSES = ("mombasa", "colombo")

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 8 * * 2",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def tell_office(context) -> None:
    """Both outcomes of a run are written to the auction office's log."""
    OFFICE = Path(os.environ["EXPORT_DIR"], "auction")
    OFFICE.mkdir(exist_ok=True)
    with (OFFICE / "office.log").open("a") as file:
        file.write(f"{context['dag_run'].state} {context['ds']}\n")


def check_office(context) -> None:
    """Nobody bids on a day on which the office is closed."""
    OFFICE = Path(os.environ["EXPORT_DIR"], "auction")
    if (OFFICE / f"closed_{context['ds_nodash']}").exists():
        raise AirflowSkipException(f"the office is closed on {context['ds']}")


def check_budget(context, spent: int) -> None:
    if spent > context["params"]["budget"]:
        raise ValueError(f"{spent} is more than the budget of {context['params']['budget']}")


airflow_dag = AirflowDag(dag_id="tea_auction", airflow="3", cron="0 8 * * 2", data_intervals=False)

airflow_graph = AirflowGraph(
    "tea_auction",
    airflow="3",
    airflow_dag=airflow_dag,
    group_name="tea_auction",
    tags={"purchasing": "", "mapping": ""},
    owners=["team:purchasing"],
    partitions_def=intervals,
)


@airflow_graph.task(pool="auction_desk", kinds={"python"})
def mombasa() -> list:
    return [{"lot": "BP1-7", "grade": 3, "price": 120}, {"lot": "PF1-2", "grade": 1, "price": 80}]


@airflow_graph.task(pool="auction_desk", kinds={"python"})
def colombo() -> list:
    return [{"lot": "OP-11", "grade": 4, "price": 210}]


@airflow_graph.task(
    hooks=Hooks(pre_execute=[check_office]),
    expand={"lot": task_output("mombasa").concat(task_output("colombo"))},
    pool="auction_desk",
    kinds={"python"},
)
def bid(context: dg.OpExecutionContext, tea_auction_params: TeaAuctionParams, lot: Any) -> Any:
    airflow = airflow_dag.context(context, task_id="bid", params=tea_auction_params.model_dump())
    least = 2
    airflow["lot_name"] = lot["lot"]
    if lot["grade"] < least:
        raise AirflowSkipException(f"{lot['lot']} is not good enough")
    return lot["price"] + 10


@airflow_graph.task(pool="auction_desk", kinds={"python"})
def sealed_offers() -> list:
    return []


@airflow_graph.task(
    expand={"offer": task_output("sealed_offers")},
    pool="auction_desk",
    kinds={"python"},
)
def open_offer(offer: Any) -> Any:
    return offer["price"]


@airflow_graph.task(
    inputs={"bids": "bid", "offers": "open_offer"},
    trigger_rule="all_done",
    hooks=Hooks(post_execute=[check_budget], params="tea_auction_params"),
    pool="auction_desk",
    kinds={"python"},
)
def spent(tea_auction_params: TeaAuctionParams, bids: Any, offers: Any) -> Any:
    return sum(bids) + sum(offers or [])


@airflow_graph.task(
    inputs={"amount": "spent"},
    kind="branch",
    pool="auction_desk",
    kinds={"python"},
)
def payment(amount: Any) -> Any:
    return "by_letter_of_credit" if amount > 300 else "in_cash"


@airflow_graph.task(
    upstream=["payment"],
    pool="auction_desk",
    kinds={"python"},
)
def by_letter_of_credit() -> str:
    return "credit"


@airflow_graph.task(
    upstream=["payment"],
    pool="auction_desk",
    kinds={"python"},
)
def in_cash() -> str:
    return "cash"


@airflow_graph.task(
    upstream=["by_letter_of_credit", "in_cash"],
    inputs={
        "by_letter_of_credit": "by_letter_of_credit",
        "in_cash": "in_cash",
        "bid": "bid",
        "colombo": "colombo",
        "mombasa": "mombasa",
        "open_offer": "open_offer",
        "payment": "payment",
        "sealed_offers": "sealed_offers",
        "spent": "spent",
    },
    trigger_rule="none_failed_min_one_success",
    hooks=Hooks(
        pre_execute=[skip_if(lambda context: not context["ti"].xcom_pull(task_ids="spent"))],
        xcoms={"spent": "spent"},
        params="tea_auction_params",
    ),
    multiple_outputs=True,
    pool="auction_desk",
    kinds={"python"},
)
def settle(
    context: dg.OpExecutionContext,
    tea_auction_params: TeaAuctionParams,
    by_letter_of_credit: Any,
    in_cash: Any,
    bid: Any,
    colombo: Any,
    mombasa: Any,
    open_offer: Any,
    payment: Any,
    sealed_offers: Any,
    spent: Any,
) -> dict:
    airflow = airflow_dag.context(
        context,
        task_id="settle",
        xcoms={
            "bid": bid,
            "by_letter_of_credit": by_letter_of_credit,
            "colombo": colombo,
            "in_cash": in_cash,
            "mombasa": mombasa,
            "open_offer": open_offer,
            "payment": payment,
            "sealed_offers": sealed_offers,
            "spent": spent,
        },
        params=tea_auction_params.model_dump(),
    )
    ti = airflow["ti"]
    paid = [by_letter_of_credit, in_cash]
    lots = [len(listed) for listed in ti.xcom_pull(task_ids=[*HOUSES])]
    return {"paid": [way for way in paid if way], "lots": lots}


@airflow_graph.task(
    upstream=["colombo", "mombasa"],
    hooks=Hooks(
        pre_execute=[run_if(lambda context: context["params"]["paper_trail"], "nobody asked for paper")],
        params="tea_auction_params",
    ),
    pool="auction_desk",
    kinds={"python"},
)
def print_catalogue(tea_auction_params: TeaAuctionParams) -> None:
    print("printing")


@airflow_graph.task(
    upstream=["settle"],
    inputs={"spent": "spent", "settle": "settle"},
    pool="auction_desk",
    kinds={"bash"},
)
def file_report(
    context: dg.OpExecutionContext, tea_auction_params: TeaAuctionParams, spent: Any, settle: Any
) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="file_report",
        xcoms={"spent": spent, "settle": settle},
        multiple_outputs=["settle"],
        params=tea_auction_params.model_dump(),
    )
    return run_bash(
        airflow.render(Path(__file__).with_name("auction_report.sh").read_text()),
        env={"REPORT_DIR": str(Path(os.environ["EXPORT_DIR"], "auction"))},
        append_env=True,
    )


assets = airflow_graph.assets()

job = airflow_graph.job("tea_auction")
schedule = dg.build_schedule_from_partitioned_job(job, name="tea_auction_schedule")


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, monitored_jobs=[job])
def tea_auction_on_success(context: dg.RunStatusSensorContext) -> None:
    call_back(context, airflow_dag, tell_office, params=TeaAuctionParams().model_dump())


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.FAILURE, monitored_jobs=[job])
def tea_auction_on_failure(context: dg.RunStatusSensorContext) -> None:
    call_back(context, airflow_dag, tell_office, params=TeaAuctionParams().model_dump())
