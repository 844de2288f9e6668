"""DAGs whose first failure stops all other tasks."""

from datetime import datetime

from airflow.sdk import DAG, setup, task, teardown

START = datetime(2024, 1, 1)

with DAG("beside_others", schedule=None, start_date=START, fail_fast=True):

    @task
    def a():
        return 1

    @task
    def b():
        raise ValueError("b")

    @task
    def c():
        return 3

    @task
    def z(value):
        return value

    z(a())
    b() >> c()

with DAG("before_the_last", schedule=None, start_date=START, fail_fast=True):

    @task
    def good():
        return 1

    @task
    def bad():
        raise ValueError("bad")

    @task
    def last():
        return 3

    good() >> bad() >> last()

with DAG("torn_down", schedule=None, start_date=START, fail_fast=True):

    @setup
    def up():
        return 1

    @teardown
    def down():
        return 2

    @task
    def work():
        raise ValueError("work")

    @task
    def after():
        return 3

    begin = up()
    begin >> work() >> after() >> down().as_teardown(setups=[begin])

with DAG("among_instances", schedule=None, start_date=START, fail_fast=True):

    @task
    def listed():
        return [1, 2, 3]

    @task
    def one(number):
        if number == 2:
            raise ValueError("two")
        return number

    @task
    def total(numbers):
        return sum(numbers)

    @task
    def other(number):
        return number

    numbers = listed()
    total(one.expand(number=numbers))
    other.expand(number=numbers)

with DAG("after_retries", schedule=None, start_date=START, fail_fast=True, default_args={"retries": 1}):

    @task
    def flaky(ti=None):
        if ti.try_number == 1:
            raise ValueError("once")
        return 1

    @task
    def never():
        raise ValueError("never")

    @task
    def at_the_end(value):
        return value

    at_the_end(flaky())
    never()
