"""DAGs that tell of the assets (datasets) they update, and DAGs that run because of that, on Airflow 3.

The test makes of it what Airflow 2 understands.
"""

from datetime import datetime, timezone

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.sdk import Asset, Metadata, task

START = datetime(2024, 3, 1, tzinfo=timezone.utc)
ORDERS = Asset("s3://lake/orders")
ITEMS = Asset("s3://lake/items")
PRICES = Asset("s3://lake/prices")


@task(outlets=[ORDERS])
def orders(run_id=None, outlet_events=None):
    outlet_events[ORDERS].extra = {"rows": 3, "of": {"day": "monday"}}
    outlet_events[ORDERS].extra["by"] = run_id.partition("__")[0]
    return "orders"


def _items(**context):
    context["outlet_events"][ITEMS].extra["rows"] = len(context["ti"].task_id)
    context["outlet_events"][ORDERS].extra.update(again=[1, 2, None])


@task(outlets=[PRICES, ITEMS])
def prices(ti=None):
    yield Metadata(PRICES, {"rows": 5})
    yield "not looked at"
    yield Metadata(PRICES, {"of": ti.task_id})
    return 7


with DAG("produce", schedule=None, start_date=START):
    items = PythonOperator(task_id="items", python_callable=_items, outlets=[ITEMS, ORDERS])
    orders() >> items >> prices()

with DAG("produce_in_branches", schedule=None, start_date=START):

    @task.branch
    def choose():
        return "orders_too"

    @task(outlets=[ORDERS])
    def orders_too(outlet_events=None):
        outlet_events[ORDERS].extra = {"rows": 1}

    @task(outlets=[ORDERS])
    def left_out(outlet_events=None):
        outlet_events[ORDERS].extra = {"rows": 0}

    choose() >> [orders_too(), left_out()]

with DAG("produce_by_rules", schedule=None, start_date=START):

    @task(outlets=[ORDERS], trigger_rule="all_done")
    def in_any_case(outlet_events=None):
        outlet_events[ORDERS].extra = {"rows": 2}

    BashOperator(task_id="fails", bash_command="exit 1", outlets=[ORDERS]) >> in_any_case()


def triggering(triggering_asset_events):
    """What can be compared of the events; Airflow 3 has them in any order."""
    found = {}
    for asset, events in triggering_asset_events.items():
        rows = [
            [e.extra, e.source_dag_id, e.source_task_id, e.source_map_index, e.timestamp.year > 2023] for e in events
        ]
        assert [e.asset.uri for e in triggering_asset_events[asset]] == [asset.uri] * len(events)
        found[asset.uri] = sorted(rows, key=lambda row: str(row[1:]))
    return found, triggering_asset_events[ITEMS]


TEMPLATE = """{% for asset, events in triggering_asset_events.items() if 'prices' in asset.uri -%}
{{ asset.uri }} {{ events | length }} {{ (events | last).extra['rows'] }} {{ (events | first).source_task_id }}
{%- endfor %} {{ triggering_asset_events | length }}"""

with DAG("consume", schedule=[ORDERS, PRICES], start_date=START):
    PythonOperator(task_id="triggering", python_callable=triggering)
    BashOperator(task_id="in_a_template", bash_command=f'echo "{TEMPLATE}"')
