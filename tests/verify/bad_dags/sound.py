"""Nothing is wrong with this one, nor with its task that takes too long."""

import time

from airflow.sdk import dag, task


@dag(schedule=None)
def sound():
    @task
    def quick() -> int:
        return 1

    quick()


@dag(schedule=None)
def slow():
    @task
    def sleep() -> None:
        time.sleep(3600)

    sleep()


sound()
slow()
