"""Hourly rollup of the web server's access logs, mostly in shell."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task

LANDING_DIR = os.environ["LANDING_DIR"]

with DAG(
    dag_id="web_log_rollup",
    schedule="5 * * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "web-platform", "retries": 1, "retry_delay": timedelta(minutes=1)},
    tags=["web"],
) as dag:
    count_requests = BashOperator(
        task_id="count_requests",
        # The last line of standard output is what downstream tasks see.
        bash_command="echo counting $LOG_FILE in $(basename $PWD); wc -l < $LOG_FILE | tr -d ' '",
        env={"LOG_FILE": "access_{{ logical_date.strftime('%H') }}.log"},
        append_env=True,
        cwd=LANDING_DIR + "/web/{{ ds }}",
    )
    count_errors = BashOperator(
        task_id="count_errors",
        bash_command=(
            f"cd {LANDING_DIR}/web/{{{{ ds }}}} && "
            "awk '$4 >= 500' access_{{ logical_date.strftime('%H') }}.log | wc -l | tr -d ' '"
        ),
    )
    archive = BashOperator(
        task_id="archive_previous_hour",
        # Exit code 99 marks the task as skipped: nothing to archive is not an error.
        bash_command=(
            "file={{ params.landing_dir }}/web/{{ ds }}/"
            "access_{{ macros.datetime.strftime(logical_date - macros.timedelta(hours=1), '%H') }}.log; "
            '[ -f "$file" ] || exit 99; gzip -c "$file" > {{ params.export_dir }}/$(basename "$file").gz'
        ),
        params={"landing_dir": LANDING_DIR, "export_dir": os.environ["EXPORT_DIR"]},
        skip_on_exit_code=99,
    )

    @task.bash(env={"LC_ALL": "C"}, append_env=True)
    def busiest_client(ds: str | None = None) -> str:
        clients = f"cut -d' ' -f1 {LANDING_DIR}/web/{ds}/*.log"
        return f"{clients} | sort | uniq -c | sort -rn | awk 'NR == 1 {{print $2}}'"

    @task
    def error_rate(requests: str, errors: str, client: str) -> dict[str, object]:
        return {"rate": round(int(errors) / int(requests), 3), "busiest": client}

    count_requests >> count_errors >> archive
    error_rate(count_requests.output, count_errors.output, busiest_client())
