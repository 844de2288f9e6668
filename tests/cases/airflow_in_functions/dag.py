"""What functions use of Airflow: what has an equal, what needs Airflow beside Dagster, what does not work outside."""

from datetime import datetime

from airflow.exceptions import AirflowSkipException
from airflow.macros import ds_add
from airflow.models import Variable
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.sdk import DAG, BaseHook, get_current_context, task
from airflow.utils.file import mkdirs
from airflow.utils.weekday import WeekDay


def since(context) -> str:
    return context["ds"]


with DAG("airflow_in_functions", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def served() -> list:
        hook = SqliteHook("warehouse")
        limit = Variable.get("limit", default=10)
        return hook.get_records("SELECT * FROM orders WHERE day >= ? LIMIT ?", (since(get_current_context()), limit))

    @task
    def connection() -> str:
        return BaseHook.get_connection("shop").host

    @task
    def bucket() -> list:
        return S3Hook("aws").list_keys("landing")

    @task
    def folder() -> None:
        mkdirs("/tmp/landing", 0o755)

    @task
    def remember(rows: list) -> None:
        Variable.set("rows", len(rows))

    @task
    def working_day(day: str) -> str:
        if WeekDay.convert(day) > WeekDay.FRIDAY:
            raise AirflowSkipException("at the weekend")
        return day

    @task
    def day_before(day: str) -> str:
        return ds_add(day, -1)

    rows = served()
    remember(rows)
    rows >> [connection(), bucket(), folder(), working_day("{{ ds }}"), day_before("{{ ds }}")]
