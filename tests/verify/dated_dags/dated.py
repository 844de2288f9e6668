"""What each run says of its dates, by three kinds of schedules."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, CronTriggerTimetable

SCHEDULES = {
    "at_six": "0 6 * * *",
    "every_five_hours": timedelta(hours=5),
    "of_a_week": CronTriggerTimetable("0 6 * * *", timezone="UTC", interval=timedelta(days=7)),
}

for name, schedule in SCHEDULES.items():
    with DAG(name, schedule=schedule, start_date=datetime(2020, 1, 1), end_date=datetime(2035, 1, 1), catchup=True):
        BashOperator(
            task_id="say", bash_command="echo {{ run_id }} {{ data_interval_start }} {{ data_interval_end }} {{ ds }}"
        )
