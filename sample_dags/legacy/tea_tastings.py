"""Daily tastings: the scores have to be in by two in the morning, and what has won is filed when they are."""

from datetime import datetime, timedelta

from airflow import DAG, Dataset
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

SCORES = Dataset("s3://teahouse/tastings/scores.csv")
TASTED = {"2024-03-04": {"Assam": 7, "Sencha": 9, "Keemun": 8}}


def collect_scores(ds, ti, **_):
    scores = TASTED[ds]
    if min(scores.values()) < 5:
        ti.xcom_push(key="veto", value="none")
    ti.xcom_push(key="best", value=max(scores, key=scores.get))
    return len(scores)


def rank(ti):
    best = ti.xcom_pull(task_ids="collect_scores", key="best")
    return ti.xcom_pull(task_ids="collect_scores", key="veto", default=best)


with DAG(
    "tea_tastings",
    schedule_interval="@daily",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "quality", "pool": "tasting_room"},
) as tastings:
    collected = PythonOperator(
        task_id="collect_scores",
        python_callable=collect_scores,
        outlets=[SCORES],
        sla=timedelta(hours=2),
        pool_slots=2,
    )
    ranked = PythonOperator(task_id="rank", python_callable=rank)
    published = BashOperator(
        task_id="publish",
        bash_command="echo best of {{ ds }}: {{ ti.xcom_pull(task_ids='rank') }}",
        sla=timedelta(hours=3),
    )
    collected >> ranked >> published

with DAG(
    "tasting_notes", schedule=[SCORES], start_date=datetime(2024, 3, 1), default_args={"owner": "quality"}
) as notes:
    BashOperator(task_id="file_notes", bash_command="echo filed")
