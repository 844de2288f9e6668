"""Airflow DAG `fx_rates` (fx_rates.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.

Fetch the day's rates, derive cross rates and publish one file for the reporting tools.
"""

import json
import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.task import airflow_task
from ..resources import HttpResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["fx_rates", "fetch_rates"],
    group_name="fx_rates",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:finance_data"],
    kinds={"python"},
    tags={"finance": "", "reference": ""},
    metadata={"airflow/dag_id": "fx_rates", "airflow/task_id": "fetch_rates"},
)
@airflow_task(multiple_outputs=True)
def fetch_rates(shop_api: HttpResource) -> Any:
    response = shop_api.using(method="GET").run("/rates")
    return response.json()


@dg.asset(
    key=["fx_rates", "split_rates"],
    ins={"payload": dg.AssetIn(["fx_rates", "fetch_rates"])},
    group_name="fx_rates",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:finance_data"],
    kinds={"python"},
    tags={"finance": "", "reference": ""},
    metadata={"airflow/dag_id": "fx_rates", "airflow/task_id": "split_rates"},
)
def split_rates(payload: Any) -> dict:
    major = {code: rate for code, rate in payload["rates"].items() if code in ("USD", "GBP")}
    return {
        "base": payload["base"],
        "major": major,
        "minor": {code: rate for code, rate in payload["rates"].items() if code not in major},
    }


@dg.asset(
    key=["fx_rates", "cross_rates"],
    ins={"split_rates": dg.AssetIn(["fx_rates", "split_rates"])},
    description="USD/GBP and back, rounded as the ledger keeps them.",
    group_name="fx_rates",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:finance_data"],
    kinds={"python"},
    tags={"finance": "", "reference": ""},
    metadata={"airflow/dag_id": "fx_rates", "airflow/task_id": "cross_rates"},
)
@airflow_task(multiple_outputs=True)
def cross_rates(split_rates: Any) -> dict:
    base = split_rates["base"]
    major = split_rates["major"]
    usd, gbp = major["USD"], major["GBP"]
    return {
        f"{base}USD": usd,
        f"{base}GBP": gbp,
        "USDGBP": round(gbp / usd, 6),
        "GBPUSD": round(usd / gbp, 6),
    }


@dg.asset(
    key=["fx_rates", "count_minor"],
    ins={"split_rates": dg.AssetIn(["fx_rates", "split_rates"])},
    group_name="fx_rates",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:finance_data"],
    kinds={"python"},
    tags={"finance": "", "reference": ""},
    metadata={"airflow/dag_id": "fx_rates", "airflow/task_id": "count_minor"},
)
def count_minor(split_rates: Any) -> int:
    minor = split_rates["minor"]
    return len(minor)


@dg.asset(
    key=["fx_rates", "publish"],
    ins={
        "crosses": dg.AssetIn(["fx_rates", "cross_rates"]),
        "minor_count": dg.AssetIn(["fx_rates", "count_minor"]),
    },
    group_name="fx_rates",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:finance_data"],
    kinds={"python"},
    tags={"finance": "", "reference": ""},
    metadata={"airflow/dag_id": "fx_rates", "airflow/task_id": "publish"},
)
def publish(context: dg.AssetExecutionContext, crosses: Any, minor_count: Any) -> Any:
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    folder = Path(os.environ["AIRFLOW_VAR_EXPORT_DIR"], "fx")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"rates_{ds_nodash}.json"
    target.write_text(json.dumps({"date": ds, "rates": crosses, "minor": minor_count}, sort_keys=True))
    return target.name


job = dg.define_asset_job(
    "fx_rates", selection=dg.AssetSelection.groups("fx_rates"), tags={"airflow/dag_id": "fx_rates"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="fx_rates_schedule")
