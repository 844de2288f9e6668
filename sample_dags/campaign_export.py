"""Exports the target group of a campaign; marketing starts it by hand and fills in the form."""

from __future__ import annotations

import os
from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param


def choose_channel(params: dict, dag_run=None, **_) -> str:
    """Small target groups get a letter, unless the form says otherwise."""
    if params["channel"] != "auto":
        return params["channel"]
    return "letter" if params["limit"] <= 3 else "email"


with DAG(
    dag_id="campaign_export",
    schedule=None,
    start_date=datetime(2024, 1, 1),
    params={
        "country": Param("DE", type="string", enum=["DE", "JP", "IT"], description="Where the customers live"),
        "limit": Param(100, type="integer", minimum=1, maximum=10_000),
        "channel": Param("auto", enum=["auto", "email", "letter"]),
        "dry_run": Param(False, type="boolean", title="Only count"),
    },
    render_template_as_native_obj=False,
    default_args={"owner": "marketing"},
    tags=["marketing", "manual"],
) as dag:
    select_customers = SQLExecuteQueryOperator(
        task_id="select_customers",
        conn_id="warehouse",
        sql="""
            SELECT customer_id, name FROM customers
             WHERE country = '{{ params.country }}'
             ORDER BY lifetime_value DESC
             LIMIT {{ params.limit }}
        """,
    )
    channel = PythonOperator(task_id="choose_channel", python_callable=choose_channel)
    write_file = BashOperator(
        task_id="write_file",
        bash_command="""
            {% if params.dry_run %}
            echo "dry run: {{ ti.xcom_pull(task_ids='select_customers') | length }} customers"
            {% else %}
            {% set channel = ti.xcom_pull(task_ids='choose_channel') %}
            {% for customer_id, name in ti.xcom_pull(task_ids='select_customers') %}
            echo "{{ channel }};{{ name }}"{{ ' > "$TARGET"' if loop.first else ' >> "$TARGET"' }}
            {% endfor %}
            wc -l < "$TARGET" | tr -d ' '
            {% endif %}
        """,
        env={"TARGET": os.path.join(os.environ["EXPORT_DIR"], "campaign_{{ params.country }}.csv")},
        append_env=True,
    )
    [select_customers, channel] >> write_file
