"""Fetches the competitors' prices from whichever of three feeds answers, inside a scratch folder of its own.

The primary feed is down more often than not, and the mirror publishes on some days only: that is no incident as long
as the archive is there.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TriggerRule, setup, task, teardown
from airflow.sdk.exceptions import AirflowSkipException

SCRATCH = Path(os.environ["EXPORT_DIR"], "feeds")
PRICES = Path(os.environ["LANDING_DIR"], "competitors")

with DAG(
    dag_id="feed_failover",
    schedule="15 5 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "pricing"},
    tags=["pricing"],
) as dag:

    @setup
    def make_scratch() -> None:
        SCRATCH.mkdir(exist_ok=True)

    @teardown
    def drop_scratch() -> int:
        """Runs whatever became of the feeds; gives how many files they had left."""
        files = list(SCRATCH.iterdir())
        for file in files:
            file.unlink()
        SCRATCH.rmdir()
        return len(files)

    @task
    def primary() -> str:
        return PRICES.joinpath("primary.csv").read_text()

    @task
    def mirror(ds: str | None = None) -> str:
        file = PRICES / f"mirror-{ds}.csv"
        if not file.exists():
            raise AirflowSkipException(f"nothing was mirrored on {ds}")
        return file.read_text()

    archive = BashOperator(task_id="archive", bash_command=f"echo 'TEA-001;4.40' > {SCRATCH}/archive.csv && echo 1")
    announce = BashOperator(task_id="announce", bash_command="echo fetching {{ ds }}", trigger_rule=TriggerRule.ALWAYS)
    no_primary = BashOperator(
        task_id="no_primary", bash_command="echo the primary feed is down", trigger_rule=TriggerRule.ALL_FAILED
    )
    no_mirror = EmptyOperator(task_id="no_mirror", trigger_rule=TriggerRule.ALL_SKIPPED)
    answered = EmptyOperator(task_id="answered", trigger_rule=TriggerRule.ONE_DONE)
    complete = EmptyOperator(task_id="complete", trigger_rule=TriggerRule.NONE_SKIPPED)
    merge = BashOperator(
        task_id="merge",
        bash_command=f"cat {SCRATCH}/*.csv | tee {SCRATCH}.txt",
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
    )

    first, second = primary(), mirror()
    opened, closed = make_scratch(), drop_scratch()
    opened >> [first, second, archive] >> answered
    first >> [no_primary, announce]
    second >> no_mirror
    [second, archive] >> complete
    [first, archive] >> merge >> closed.as_teardown(setups=opened)
