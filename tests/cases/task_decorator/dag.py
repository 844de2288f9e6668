"""Airflow 3: TaskFlow with values passed on, several outputs, a context parameter and a coroutine."""

import asyncio

import pendulum
from airflow.sdk import dag, task


@dag(schedule="0 5 * * *", start_date=pendulum.datetime(2024, 1, 1, tz="UTC"), catchup=False)
def task_decorator():
    @task
    def extract(day: str) -> list[int]:
        """Read one day's amounts."""
        return [len(day), 2, 3]

    @task(multiple_outputs=True, retries=2)
    def summarise(amounts: list[int]) -> dict[str, int]:
        return {"total": sum(amounts), "count": len(amounts)}

    @task
    def report(total: int, count: int, ds=None, prefix: str = "day"):
        # The average of nothing is nothing.
        average = total / count if count else 0
        return f"{prefix} {ds}: {average}"

    @task
    async def ping(text: str) -> str:
        await asyncio.sleep(0)
        return text.upper()

    summary = summarise(extract("{{ ds }}"))
    ping(report(summary["total"], summary["count"]))


task_decorator()
