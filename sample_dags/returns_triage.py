"""Sorts the day's returns: small ones are refunded at once, large ones go to a person."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Label, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowSkipException

REVIEW_LIMIT = 500.0


@dag(
    schedule="0 8 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "customer-care"},
    tags=["returns"],
)
def returns_triage():
    @task
    def read_returns(ds: str | None = None) -> list[dict[str, str]]:
        file = Path(os.environ["LANDING_DIR"], "returns", f"{ds}.csv")
        if not file.exists():
            raise AirflowSkipException(f"no returns on {ds}")
        with file.open(newline="") as lines:
            return list(csv.DictReader(lines))

    @task.branch
    def choose_route(returns: list[dict[str, str]]) -> str:
        largest = max(float(line["amount"]) for line in returns)
        return "open_review" if largest > REVIEW_LIMIT else "refund_all"

    @task
    def refund_all(returns: list[dict[str, str]]) -> float:
        return round(sum(float(line["amount"]) for line in returns), 2)

    @task
    def open_review(returns: list[dict[str, str]]) -> list[str]:
        return [line["return_id"] for line in returns if float(line["amount"]) > REVIEW_LIMIT]

    @task(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    def report(returns: list[dict[str, str]], refunded: float | None, reviews: list[str] | None) -> dict:
        return {"returns": len(returns), "refunded": refunded, "reviews": reviews}

    returns = read_returns()
    route = choose_route(returns)
    refunded, reviews = refund_all(returns), open_review(returns)
    route >> Label("small amounts") >> refunded
    route >> Label("needs a person") >> reviews
    report(returns, refunded, reviews) >> EmptyOperator(task_id="done")


returns_triage()
