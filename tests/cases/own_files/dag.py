"""Tasks that read what lies beside the DAG file, by paths made from `__file__`."""

import csv
import json
import os
from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, BaseOperator, task
from team.queries import query

HERE = Path(__file__).resolve().parent
BASE = os.path.dirname(os.path.abspath(__file__))
RATES = HERE / "conf" / "rates.csv"
ABOVE = os.path.join(BASE, "..", "elsewhere.txt")


def rates(path):
    with open(path) as file:
        return {row["currency"]: float(row["rate"]) for row in csv.DictReader(file)}


class CountLines(BaseOperator):
    """Pushes what it found by key, too."""

    def __init__(self, *, name, **kwargs):
        super().__init__(**kwargs)
        self.name = name

    def execute(self, context):
        lines = (HERE / "conf" / self.name).read_text().splitlines()
        context["ti"].xcom_push(key="first", value=lines[0])
        return len(lines)


class HiveQuery(BaseOperator):
    """Names a template file, as operators of providers do."""

    template_fields = ("hql",)
    template_ext = (".hql",)

    def __init__(self, *, hql, **kwargs):
        super().__init__(**kwargs)
        self.hql = hql

    def execute(self, context):
        return self.hql


@task
def limits(ds=None):
    return json.loads((HERE / "conf" / "limits.json").read_text())[ds[:4]]


@task
def names(folder):
    return sorted(os.listdir(folder))


@task
def statement(table):
    return query("totals.sql").format(table=table)


@task
def first_line(ti=None):
    return ti.xcom_pull(task_ids="count", key="first")


@task
def above():
    return Path(__file__).name, os.path.exists(ABOVE)


with DAG("own_files", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    PythonOperator(task_id="rates", python_callable=rates, op_args=[RATES])
    script = BashOperator(task_id="script", bash_command=f"python {HERE}/scripts/total.py {{{{ ds }}}}")
    BashOperator(task_id="inside", bash_command="python total.py 2 && echo $CONF", cwd=f"{BASE}/scripts", env={"CONF": BASE}, append_env=True)
    CountLines(task_id="count", name="rates.csv") >> first_line()
    HiveQuery(task_id="hive", hql="queries/daily.hql")
    limits()
    names(HERE / "conf")
    statement("sales")
    above()
    names.override(task_id="nowhere")(HERE / "later")
