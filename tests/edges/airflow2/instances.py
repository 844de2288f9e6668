"""What tasks of a mapped group, and tasks after it, pull: from all instances, from their own, from others."""

from datetime import datetime

from airflow import DAG
from airflow.decorators import task, task_group
from airflow.operators.bash import BashOperator

with DAG("instances", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def start():
        return 8

    @task
    def one(item):
        return item

    @task
    def found(own, ti=None):
        everything = ti.xcom_pull(task_ids="group.one")
        same = ti.xcom_pull(task_ids="group.one", map_indexes=ti.map_index)
        some = ti.xcom_pull(task_ids="group.one", map_indexes=[2, 0, 7])
        return [own, list(everything), same, list(some), ti.xcom_pull(task_ids="group.one", map_indexes=9, default=5)]

    @task
    def after(ti=None):
        third = ti.xcom_pull(task_ids="group.one", map_indexes=2)
        unmapped = ti.xcom_pull(task_ids="start", map_indexes=-1)
        nothing = ti.xcom_pull(task_ids="start", map_indexes=0, default=6)
        return [list(ti.xcom_pull(task_ids="group.one")), third, unmapped, nothing]

    @task_group
    def group(item):
        own = one(item)
        everything, same = "ti.xcom_pull(task_ids='group.one')", "ti.xcom_pull('group.one', map_indexes=ti.map_index)"
        shown = BashOperator(task_id="shown", bash_command=f"echo '{{{{ {everything} }}}} {{{{ {same} }}}}'")
        own >> shown >> found(own)

    start() >> group.expand(item=[1, None, 3]) >> after()
