"""DAGs that tell of the assets (datasets) they update, and DAGs that run because of that, on Airflow 3.

The test makes of it what Airflow 2 understands.
"""

from datetime import datetime, timezone

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.sdk import Asset, Metadata, TaskGroup, task

START = datetime(2024, 3, 1, tzinfo=timezone.utc)
END = datetime(2024, 3, 4, 6, tzinfo=timezone.utc)
ORDERS = Asset("s3://lake/orders")
ITEMS = Asset("s3://lake/items")
PRICES = Asset("s3://lake/prices")
DAILY = Asset("s3://lake/daily")


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


# It has ended, so the scheduler makes no run of its own.
with DAG("produce_daily", schedule="0 6 * * *", start_date=START, end_date=END, catchup=False), TaskGroup("today"):
    BashOperator(task_id="daily", bash_command="echo {{ ds }}", outlets=[DAILY])


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


def source(triggering_asset_events):
    ((event,),) = triggering_asset_events.values()
    run = event.source_dag_run
    dates = [str(date) for date in (run.logical_date, run.data_interval_start, run.data_interval_end)]
    kind = [run.run_type == "scheduled", run.state == "success", run.start_date <= event.timestamp, run.conf]
    return [event.source_run_id, event.source_task_id, run.dag_id, run.run_id, *dates, *kind]


with DAG("consume_daily", schedule=[DAILY], start_date=START):
    PythonOperator(task_id="source", python_callable=source)
    BashOperator(
        task_id="as_documented",
        bash_command="echo {{ (triggering_asset_events.values() | first | first).source_dag_run.data_interval_start }}",
    )


@task(inlets=[ORDERS, DAILY])
def look_back(*, inlets, inlet_events=None):
    rows = [[e.extra, e.source_dag_id, e.source_task_id, e.source_map_index] for e in inlet_events[ORDERS]]
    some = [[e.extra for e in found] for found in (inlet_events[ORDERS][1:3], inlet_events[0][:-4], inlet_events[1])]
    last, ids = inlet_events[inlets[0]][-1], [e.source_run_id for e in inlet_events[ORDERS]]
    return [rows, some, last.extra, ids, len(inlet_events[DAILY]), [inlet.uri for inlet in inlets]]


def not_an_inlet(inlet_events):
    return len(inlet_events[PRICES])


with DAG("look_back", schedule=None, start_date=START):
    look_back()
    PythonOperator(task_id="not_an_inlet", python_callable=not_an_inlet, inlets=[ORDERS])
    BashOperator(
        task_id="in_a_template",
        bash_command="echo {{ inlet_events.for_asset(uri='s3://lake/orders')[-1].extra }} {{ inlet_events | length }}",
        inlets=[ORDERS],
    )
