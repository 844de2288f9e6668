"""Every way of mapping tasks and groups, and what is made of the instances."""

from datetime import datetime
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowSkipException

with DAG("mapping", schedule=None, start_date=datetime(2024, 1, 1)):

    @task
    def numbers() -> list[int]:
        return [1, 2, 3]

    @task
    def letters():
        return ["a", "b"]

    @task
    def nothing():
        return []

    @task
    def kwargs_list():
        return [{"one": 1, "other": 2}, {"one": 3, "other": 4}]

    @task
    def add(one, other=10):
        return one + other

    @task
    def join(number, letter):
        return f"{number}{letter}"

    @task
    def total(values):
        return sum(values)

    @task
    def picky(number):
        if number == 2:
            raise AirflowSkipException("two")
        return number

    @task(trigger_rule="all_done")
    def report(values):
        return list(values)

    n, chars = numbers(), letters()
    # cross product
    join.expand(number=n, letter=chars)
    # literal + output
    join.override(task_id="literal").partial(letter="z").expand(number=[1, 2])
    # expand_kwargs literal and output
    added = add.expand_kwargs([{"one": 1, "other": 2}, {"one": 5}])
    add.override(task_id="by_task").expand_kwargs(kwargs_list())
    total(added)
    # zip
    @task
    def pair(two):
        return list(two)
    pair.expand(two=n.zip(chars))
    pair.override(task_id="longest").expand(two=n.zip(chars, fillvalue="-"))
    # map with lambda and function
    def half(x):
        if x == 2:
            raise AirflowSkipException("no")
        return x / 2
    @task
    def show(x):
        return x
    show.expand(x=n.map(half))
    show.override(task_id="by_lambda").expand(x=n.map(lambda v: v * 2))
    show.override(task_id="concat").expand(x=n.concat(chars))
    # keys
    # skips
    report(picky.expand(number=n))
    total.override(task_id="skipped_total")(picky.override(task_id="picky2").expand(number=n))
    # zero
    total.override(task_id="total_of_nothing")(add.override(task_id="add_nothing").expand(one=nothing()))
    # classic
    BashOperator.partial(task_id="classic", env={"DAY": "{{ ds_nodash if ds_nodash is defined else 'x' }}"}).expand(bash_command=["echo 1", "echo {{ task.task_id }}"])
    BashOperator.partial(task_id="by_env", bash_command="echo $X {{ dag.dag_id }}").expand(env=[{"X": "1"}, {"X": "2"}])
    def greet(name, punct="!"):
        return f"hi {name}{punct}"
    PythonOperator.partial(task_id="op", python_callable=greet).expand(op_args=[["a"], ["b"]])
    PythonOperator.partial(task_id="op_kw", python_callable=greet).expand(op_kwargs=[{"name": "a"}, {"name": "b", "punct": "?"}])
    PythonOperator.partial(task_id="op_out", python_callable=greet).expand(op_args=n.map(lambda v: [v]))
    BashOperator.partial(task_id="chained", map_index_template="{{ task.bash_command }}").expand(bash_command=chars.map(lambda c: f"echo {c}"))
    @task(map_index_template="{{ my_name }}")
    def named(x):
        get_current_context()["my_name"] = f"n{x}"
        return x
    named.expand(x=n)
    # indices
    @task
    def index(x, ti=None):
        return ti.map_index
    index.expand(x=n)
    # groups
    @task_group
    def g(x, y="k"):
        a = show.override(task_id="a")(x)
        b = add.override(task_id="b")(a, 5)
        return b
    done = g.expand(x=n)
    total.override(task_id="total_g")(done)
    @task_group
    def gk(one, other):
        add.override(task_id="sum")(one, other)
    gk.expand_kwargs([{"one": 1, "other": 2}, {"one": 3, "other": 4}])
    @task_group
    def gp(x, y):
        BashOperator(task_id="echo", bash_command="echo {{ ti.map_index }}")
        add.override(task_id="c")(x, y)
    gp.partial(y=3).expand(x=[1, 2])
    @task_group
    def gi(x):
        a = show.override(task_id="a")(x)
        pulls = "{{ ti.xcom_pull(task_ids='gi.a') }} {{ ti.xcom_pull(task_ids='gi.a', map_indexes=ti.map_index) }}"
        a >> BashOperator(task_id="all", bash_command=f"echo {pulls}")
    gi.expand(x=[1, 2])
