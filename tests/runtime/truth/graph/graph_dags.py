"""DAGs with control flow that random DAGs do not have, for both lines of Airflow; test_graph_dags.py has them too."""

from __future__ import annotations

import datetime as dt

try:
    from airflow.sdk import DAG, setup, task, task_group, teardown
    from airflow.sdk.exceptions import AirflowSkipException
except ImportError:
    from airflow import DAG
    from airflow.decorators import setup, task, task_group, teardown
    from airflow.exceptions import AirflowSkipException
try:
    from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
except ImportError:
    from airflow.operators.latest_only import LatestOnlyOperator

START = {"start_date": dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), "catchup": False}


@task
def noted(value):
    return {"value": value if value is None or isinstance(value, (str, list)) else list(value)}


with DAG("branches", schedule=None, **START):

    @task.branch
    def to_group():
        return ["outer", "plain"]

    @task.branch
    def to_inner():
        return "outer2.inner"

    @task.branch
    def to_nothing():
        return None

    @task.branch
    def to_unknown():
        return "nowhere"

    @task.branch
    def to_joined():
        return "chosen"

    @task
    def step():
        return 1

    @task(trigger_rule="all_done")
    def join():
        return 1

    @task_group
    def outer():
        @task_group
        def inner():
            step.override(task_id="a")() >> step.override(task_id="b")()

        inner()
        step.override(task_id="c")()

    branch = to_group()
    branch >> outer()
    branch >> [
        step.override(task_id="plain")(),
        step.override(task_id="left_out")(),
        join.override(task_id="left_out_too")(),
    ]
    branch2 = to_inner()
    branch2 >> outer.override(group_id="outer2")()
    to_nothing() >> [step.override(task_id="n1")(), join.override(task_id="n2")()]
    to_unknown() >> step.override(task_id="u1")() >> join.override(task_id="u2")()
    joined, chosen, end = to_joined(), step.override(task_id="chosen")(), step.override(task_id="joined")()
    joined >> [chosen, end, step.override(task_id="other")()]
    chosen >> end

with DAG("short_circuits", schedule=None, **START):

    @task.short_circuit
    def stop():
        return []

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def stop_softly():
        return 0

    @task.short_circuit
    def go_on():
        return {"x": 1}

    @setup
    def prepare():
        return 1

    @teardown
    def clean():
        return 1

    prepared = prepare()
    stopped = stop()
    work = step.override(task_id="work")()
    prepared >> stopped >> work >> clean().as_teardown(setups=prepared)
    stopped >> join.override(task_id="hard")()
    stop_softly() >> step.override(task_id="soft1")() >> join.override(task_id="soft2")()
    go_on() >> step.override(task_id="on")()

with DAG("mapping", schedule=None, **START):

    @task
    def numbers():
        return [1, 2]

    @task
    def letters():
        return {"a": 1, "b": 2, "c": 3}

    @task
    def settings():
        return [{"x": 5}, {"x": 6, "y": 7}]

    @task
    def add(x, y=0, z=0):
        return f"{x}-{y}-{z}"

    def odd(value):
        if value % 2 == 0:
            raise AirflowSkipException("even")
        return value * 100

    listed = letters.override(task_id="listed")()
    crossed = add.partial(z=9).expand(x=numbers(), y=["p", "q"])
    noted.override(task_id="crossed_noted")(value=crossed)
    pairs = add.override(task_id="pairs").expand(x=letters())
    filtered = add.override(task_id="filtered").expand(x=numbers.override(task_id="n2")().map(odd))
    noted.override(task_id="filtered_noted", trigger_rule="all_done")(value=filtered)
    kwargs = add.override(task_id="kwargs").expand_kwargs(settings())
    literal_kwargs = add.override(task_id="literal_kwargs").expand_kwargs([{"x": 1}, {"x": 2, "z": 3}])
    n3, n4 = numbers.override(task_id="n3")(), settings.override(task_id="s2")()
    zipped = add.override(task_id="zipped").expand(x=n3.zip(n4))
    n5, n6 = numbers.override(task_id="n5")(), settings.override(task_id="s3")()
    joined_up = add.override(task_id="concatenated").expand(x=n5.concat(n6))
    again = add.override(task_id="again").expand(x=crossed)
    noted.override(task_id="again_noted")(value=again)

    @task
    def nothing():
        return None

    @task
    def text():
        return "abc"

    @task
    def empty():
        return []

    no_list = add.override(task_id="over_nothing").expand(x=nothing())
    no_text = add.override(task_id="over_text").expand(x=text())
    none = add.override(task_id="over_empty").expand(x=empty())
    noted.override(task_id="empty_noted", trigger_rule="all_done")(value=none)
    noted.override(task_id="empty_strict")(value=none)

with DAG("mapped_group", schedule=None, **START):

    @task
    def fail_on_two(value):
        if value == 2:
            raise ValueError(value)
        return value * 10

    @task(trigger_rule="one_failed")
    def any_failed():
        return "failed"

    @task(trigger_rule="all_done")
    def always_noted(value):
        return ["noted", value]

    @task_group
    def each(item, factor):
        made = fail_on_two(item)
        made >> any_failed()
        always_noted(made)
        return add.override(task_id="sum")(made, y=factor)

    source = numbers.override(task_id="source")()
    result = each.partial(factor=3).expand(item=source)
    noted.override(task_id="result_noted", trigger_rule="all_done")(value=result)

    @task_group
    def one(item):
        return add.override(task_id="only")(item)

    noted.override(task_id="one_noted")(value=one.expand(item=["x"]))

with DAG("latest", schedule="0 0 * * *", **START):
    LatestOnlyOperator(task_id="latest_only") >> [step.override(task_id="l1")(), join.override(task_id="l2")()]
