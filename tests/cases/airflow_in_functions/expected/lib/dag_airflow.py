"""From dag.py."""

from airflow.exceptions import AirflowSkipException
from airflow.models import Variable
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.utils.file import mkdirs
from airflow.utils.weekday import WeekDay


def bucket() -> list:
    return S3Hook("aws").list_keys("landing")


def folder() -> None:
    mkdirs("/tmp/landing", 0o755)


def remember(rows: list) -> None:
    Variable.set("rows", len(rows))


def working_day(day: str) -> str:
    if WeekDay.convert(day) > WeekDay.FRIDAY:
        raise AirflowSkipException("at the weekend")
    return day
