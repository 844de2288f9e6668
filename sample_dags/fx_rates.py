"""Exchange rates for the finance mart, in TaskFlow style with several outputs from one task."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import Variable, dag, get_current_context, task


@dag(
    schedule="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"owner": "finance-data", "retries": 1, "retry_delay": timedelta(minutes=2)},
    tags=["finance", "reference"],
)
def fx_rates():
    """Fetch the day's rates, derive cross rates and publish one file for the reporting tools."""

    @task
    def fetch_rates() -> dict:
        response = HttpHook(method="GET", http_conn_id="shop_api").run("/rates")
        return response.json()

    @task(multiple_outputs=True)
    def split_rates(payload: dict) -> dict:
        major = {code: rate for code, rate in payload["rates"].items() if code in ("USD", "GBP")}
        return {
            "base": payload["base"],
            "major": major,
            "minor": {code: rate for code, rate in payload["rates"].items() if code not in major},
        }

    @task
    def cross_rates(base: str, major: dict[str, float]) -> dict[str, float]:
        """USD/GBP and back, rounded as the ledger keeps them."""
        usd, gbp = major["USD"], major["GBP"]
        return {
            f"{base}USD": usd,
            f"{base}GBP": gbp,
            "USDGBP": round(gbp / usd, 6),
            "GBPUSD": round(usd / gbp, 6),
        }

    @task
    def count_minor(minor: dict[str, float]) -> int:
        return len(minor)

    @task
    def publish(crosses: dict[str, float], minor_count: int) -> str:
        context = get_current_context()
        folder = Path(Variable.get("export_dir"), "fx")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"rates_{context['ds_nodash']}.json"
        target.write_text(json.dumps({"date": context["ds"], "rates": crosses, "minor": minor_count}, sort_keys=True))
        return target.name

    parts = split_rates(fetch_rates())
    publish(cross_rates(parts["base"], parts["major"]), count_minor(parts["minor"]))


fx_rates()
