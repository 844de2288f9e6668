"""What is pulled from mapped tasks, by how many of their instances pushed something; who an instance is."""

from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator

ITEMS = {"nothing": [None, None], "one": [5], "one_of_three": [None, 6, None], "two_of_three": [1, None, 2]}


def shown(value):
    if value is None or isinstance(value, (str, int, dict)):
        return repr(value)
    return [repr(one) for one in value]


with DAG("mapped", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def same(item):
        return item

    @task(retries=1)
    def who(item, ti=None):
        if ti.map_index == 1 and ti.try_number == 1:
            raise ValueError("not yet")
        return f"{ti.map_index}: {item}, {ti.try_number}"

    instances = who.expand(item=["a", "b"])

    for name, items in ITEMS.items():
        mapped = same.override(task_id=name).expand(item=items)

        @task(task_id=f"argument_{name}")
        def argument(value):
            return shown(value)

        @task(task_id=f"pull_{name}")
        def pull(name, ti=None):
            return shown(ti.xcom_pull(task_ids=name))

        @task(task_id=f"pull_all_{name}")
        def pull_all(name, ti=None):
            return shown(ti.xcom_pull(task_ids=[name, "who"]))

        argument(mapped)
        [mapped, instances] >> pull_all(name)
        mapped >> pull(name)
        template = "{{ ti.xcom_pull(task_ids='" + name + "') }}"
        mapped >> BashOperator(task_id=f"bash_{name}", bash_command=f'echo "{template}"')

    @task(multiple_outputs=True)
    def both(ti=None):
        ti.xcom_push(key="pushed", value=1)
        return {"rows": 2, "label": "x"}

    @task
    def see(rows, label, ti=None):
        return [rows, label, ti.xcom_pull(task_ids="both", key="pushed")]

    @task
    def with_defaults(ti=None):
        missing = ti.xcom_pull(task_ids="both", key="missing", default=7)
        return [missing, list(ti.xcom_pull(task_ids=["both", "see"]))]

    outputs = both()
    see(outputs["rows"], outputs["label"]) >> with_defaults()
