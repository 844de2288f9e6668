"""What a store has to do in the morning depends on the weekday, the hour, its stock and the season."""

from __future__ import annotations

from datetime import datetime, time

from airflow.providers.common.sql.operators.sql import BranchSQLOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.datetime import BranchDateTimeOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import ShortCircuitOperator
from airflow.providers.standard.operators.weekday import BranchDayOfWeekOperator
from airflow.sdk import DAG, TaskGroup, task

with DAG(
    dag_id="market_day",
    schedule="0 6 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "stores"},
    tags=["stores"],
) as dag:
    weekday = BranchDayOfWeekOperator(
        task_id="weekday",
        week_day={"Tuesday", "Friday"},
        follow_task_ids_if_true="open_stall",
        follow_task_ids_if_false="stay_inside",
        use_task_logical_date=True,
    )
    open_stall = BashOperator(task_id="open_stall", bash_command="echo market on {{ ds }}")
    stay_inside = EmptyOperator(task_id="stay_inside")
    staffed = EmptyOperator(task_id="staffed", trigger_rule="none_failed_min_one_success")
    weekday >> [open_stall, stay_inside] >> staffed

    early = BranchDateTimeOperator(
        task_id="early",
        target_lower=time(5),
        target_upper=time(9),
        follow_task_ids_if_true=["bake"],
        follow_task_ids_if_false=["reheat"],
        use_task_logical_date=True,
    )
    early >> [BashOperator(task_id="bake", bash_command="echo baking"), EmptyOperator(task_id="reheat")]

    enough = BranchSQLOperator(
        task_id="enough_products",
        conn_id="warehouse",
        sql="SELECT COUNT(*) >= 3 FROM products",
        follow_task_ids_if_true="display.fill_shelves",
        follow_task_ids_if_false="order_more",
    )

    with TaskGroup("display") as display:
        fill = BashOperator(task_id="fill_shelves", bash_command="echo filled")
        fill >> BashOperator(task_id="photograph", bash_command="echo done")
    enough >> [fill, EmptyOperator(task_id="order_more")]

    with TaskGroup("tills") as tills:
        EmptyOperator(task_id="count")
        EmptyOperator(task_id="seal")

    @task.branch
    def which_tills(ds_nodash: str | None = None) -> str:
        """A whole group of tasks, or one of them that stands beside it."""
        return "tills" if int(ds_nodash or 0) % 2 else "tills_closed"

    which_tills() >> [tills, EmptyOperator(task_id="tills_closed")]

    in_season = ShortCircuitOperator(
        task_id="in_season",
        python_callable=lambda logical_date: logical_date.month in (6, 7, 8),
        ignore_downstream_trigger_rules=False,
    )
    ice_cream = EmptyOperator(task_id="ice_cream")
    clean_up = BashOperator(task_id="clean_up", bash_command="echo clean", trigger_rule="all_done")
    in_season >> ice_cream >> clean_up

    @task.short_circuit
    def is_leap_day(ds: str | None = None) -> bool:
        return bool(ds and ds.endswith("02-29"))

    is_leap_day() >> BashOperator(task_id="celebrate", bash_command="echo once in four years")
