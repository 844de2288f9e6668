"""Nightly ERP extract, written for Airflow 1.10 and moved along since.

start -> extract_<entity> -> check_<entity> -> publish -> end
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.hooks.sqlite_hook import SqliteHook
from airflow.models import Variable
from airflow.operators.bash_operator import BashOperator
from airflow.operators.check_operator import CheckOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import PythonOperator

ENTITIES = ["customers", "products"]
EXPORT_DIR = Variable.get("export_dir", default_var="/var/exports")

default_args = {
    "owner": "erp",
    "depends_on_past": False,
    "start_date": datetime(2024, 3, 1),
    "email": ["erp-team@teahouse.example"],
    "email_on_failure": False,
    "email_on_retry": False,
    "retries": 1,
    "retry_delay": timedelta(minutes=5),
}


def extract(entity, **kwargs):
    """Copy one entity to a table that carries the day it was taken."""
    day = kwargs["execution_date"].strftime("%Y-%m-%d")
    hook = SqliteHook(sqlite_conn_id="warehouse")
    hook.run(f"CREATE TABLE IF NOT EXISTS erp_{entity} AS SELECT '' AS day, * FROM {entity} WHERE 0")
    hook.run(f"DELETE FROM erp_{entity} WHERE day = ?", parameters=(day,))
    hook.run(f"INSERT INTO erp_{entity} SELECT ?, * FROM {entity}", parameters=(day,))
    count = hook.get_first(f"SELECT COUNT(*) FROM erp_{entity} WHERE day = ?", parameters=(day,))[0]
    kwargs["ti"].xcom_push(key="row_count", value=count)


def publish(**context):
    counts = context["task_instance"].xcom_pull(task_ids=["extract_%s" % e for e in ENTITIES], key="row_count")
    return {"day": context["ds"], "next": str(context["next_ds"]), "rows": sum(counts)}


dag = DAG(
    "erp_nightly_load",
    default_args=default_args,
    schedule_interval="0 1 * * *",
    catchup=True,
    max_active_runs=1,
)

start = DummyOperator(task_id="start", dag=dag)
end = DummyOperator(task_id="end", dag=dag)

publish_task = PythonOperator(task_id="publish", python_callable=publish, provide_context=True, dag=dag)

for entity in ENTITIES:
    extract_task = PythonOperator(
        task_id="extract_%s" % entity,
        python_callable=extract,
        op_kwargs={"entity": entity},
        provide_context=True,
        dag=dag,
    )
    check_task = CheckOperator(
        task_id="check_%s" % entity,
        conn_id="warehouse",
        sql="SELECT COUNT(*) FROM erp_%s WHERE day = '{{ ds }}'" % entity,
        dag=dag,
    )
    start.set_downstream(extract_task)
    extract_task.set_downstream(check_task)
    publish_task.set_upstream(check_task)

marker = BashOperator(
    task_id="write_marker",
    bash_command="echo {{ execution_date }} {{ next_ds }} > {{ params.folder }}/erp_{{ ds_nodash }}.done",
    params={"folder": EXPORT_DIR},
    dag=dag,
)

publish_task >> marker >> end
