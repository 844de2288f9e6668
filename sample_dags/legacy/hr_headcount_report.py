"""Weekly headcount mail to the department heads."""

import json
import os
from datetime import datetime, timedelta

from airflow.models import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.email_operator import EmailOperator
from airflow.operators.python_operator import PythonOperator

HEADCOUNT = {"stores": 41, "logistics": 12, "office": 9}

args = {
    "owner": "people-analytics",
    "start_date": datetime(2024, 1, 1),
    "retries": 0,
    "sla": timedelta(hours=2),
}


def write_headcount(ds, prev_ds, templates_dict, **kwargs):
    path = os.path.join(os.environ["EXPORT_DIR"], "headcount_%s.json" % ds)
    with open(path, "w") as f:
        json.dump({"week": ds, "before": str(prev_ds), "title": templates_dict["title"], "heads": HEADCOUNT}, f)
    return sum(HEADCOUNT.values())


with DAG("hr_headcount_report", default_args=args, schedule_interval="@weekly", catchup=False) as dag:
    write = PythonOperator(
        task_id="write_headcount",
        python_callable=write_headcount,
        templates_dict={"title": "Week of {{ ds }} ({{ yesterday_ds_nodash }} closed)"},
        provide_context=True,
    )
    remember = BashOperator(
        task_id="remember",
        bash_command="echo {{ prev_ds }}/{{ ds }}/{{ next_ds }}/{{ tomorrow_ds_nodash }}",
    )
    mail = EmailOperator(
        task_id="mail_heads",
        to="heads@teahouse.example",
        subject="Headcount {{ ds }}",
        html_content="<b>{{ ti.xcom_pull(task_ids='write_headcount') }}</b> people",
    )

    write >> [remember, mail]
