from airflow.sdk import task


@task
def rated():
    from . import rates
    from .prices import gross

    return gross(rates.RATE)
