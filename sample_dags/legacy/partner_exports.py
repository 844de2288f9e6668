"""One export DAG per partner, made from a dictionary; the oldest factory in the house."""

import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator, get_current_context
from airflow.utils.task_group import TaskGroup

PARTNERS = {
    "roastery": {"schedule_interval": timedelta(days=1), "countries": ["DE"], "tags": ["partner"]},
    "importer": {"schedule_interval": "@daily", "countries": ["JP", "IT"]},
}


def shout(text):
    return text.upper()


def select_country(country, table="customers"):
    from airflow.providers.sqlite.hooks.sqlite import SqliteHook

    rows = SqliteHook("warehouse").get_records(
        "SELECT name FROM %s WHERE country = ? ORDER BY name" % table, parameters=(country,)
    )
    context = get_current_context()
    context["ti"].xcom_push(key="names", value=[name for (name,) in rows])
    return len(rows)


def create_dag(partner, schedule_interval, countries, **dag_kwargs):
    dag = DAG(
        dag_id=f"partner_export_{partner}",
        schedule_interval=schedule_interval,
        start_date=datetime(2024, 3, 1),
        catchup=False,
        default_args={"owner": "partners", "depends_on_past": False, "wait_for_downstream": False},
        user_defined_macros={"partner": partner, "shout": shout},
        **dag_kwargs,
    )
    with dag:
        with TaskGroup("select") as select:
            for country in countries:
                PythonOperator(
                    task_id=f"country_{country.lower()}",
                    python_callable=select_country,
                    op_kwargs={"country": country},
                )
        ids = [f"select.country_{c.lower()}" for c in countries]
        write = BashOperator(
            task_id="write",
            bash_command=(
                'echo \'{{ shout(partner) }} {{ macros.ds_format(ds, "%Y-%m-%d", "%d.%m.%Y") }} '
                "{{ ti.xcom_pull(task_ids=params.ids) | sum }}' | tee $EXPORT_DIR/partner_{{ partner }}.txt"
            ),
            params={"ids": ids},
            env={"EXPORT_DIR": os.environ["EXPORT_DIR"]},
            append_env=True,
        )
        select >> write
    return dag


for name, settings in PARTNERS.items():
    globals()["partner_export_" + name] = create_dag(name, **settings)
