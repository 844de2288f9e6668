"""Tasks that tell of the assets they update, tasks that ask why they run, and what only Airflow's database knows."""

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, AssetAlias, Metadata, task

ORDERS = Asset("orders")
LAKE = Asset("lake", uri="s3://lake/orders")
SHARDS = Asset("shards")
FOUND = AssetAlias("found")


@task(outlets=[ORDERS])
def load(outlet_events=None):
    outlet_events[ORDERS].extra = {"rows": 3}


@task(outlets=[LAKE])
def copy(ti=None):
    yield Metadata(LAKE, {"by": ti.task_id})
    return "copied"


@task(outlets=[SHARDS])
def shard(number, outlet_events=None):
    outlet_events[SHARDS].extra = {"number": number}


@task(outlets=[FOUND])
def find(outlet_events=None):
    outlet_events[FOUND].add(Asset("new"))


@task(outlets=[ORDERS])
def load_regions(outlet_events=None):
    outlet_events[ORDERS].add_partitions(["north", "south"])


@task(outlets=[LAKE], do_xcom_push=False)
def copy_quietly():
    yield Metadata(LAKE, {})


with DAG("updates", schedule=None, start_date=datetime(2024, 1, 1)):
    load() >> [copy(), copy_quietly(), find(), load_regions()]
    shard.expand(number=[1, 2])


@task
def why(triggering_asset_events=None):
    return {asset.name: [event.extra for event in events] for asset, events in triggering_asset_events.items()}


@task
def since(triggering_asset_events=None):
    return [events[0].source_run_id for events in triggering_asset_events.values()]


@task
def values_of_sources(triggering_asset_events=None):
    return [events[0].source_task_instance.xcom_pull() for events in triggering_asset_events.values()]


@task(inlets=[ORDERS, Asset.ref(name="lake"), Asset("elsewhere")])
def last(inlet_events=None):
    runs = [event.source_dag_run.run_id for event in inlet_events[LAKE]]
    return [*runs, inlet_events[ORDERS][-1].extra, len(inlet_events.for_asset(name="elsewhere"))]


@task(inlets=[SHARDS])
def last_shard(inlet_events=None):
    return inlet_events[SHARDS][-1].extra


with DAG("updated", schedule=ORDERS | LAKE, start_date=datetime(2024, 1, 1)):
    why()
    since()
    values_of_sources()
    last()
    last_shard()
    BashOperator(task_id="how_many", bash_command="echo {{ triggering_asset_events | length }}")

with DAG("shards_updated", schedule=[SHARDS], start_date=datetime(2024, 1, 1)):
    why.override(task_id="why_shards")()
    BashOperator(task_id="how_many", bash_command="echo {{ triggering_asset_events | length }}")
