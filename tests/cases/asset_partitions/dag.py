"""Runs that are about partitions of assets (Airflow 3.3): at the ticks of a cron, and what waits for such updates."""

from datetime import datetime, timezone

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import (
    DAG,
    Asset,
    AssetAlias,
    CronPartitionTimetable,
    DayWindow,
    FanOutMapper,
    Param,
    PartitionedAssetTimetable,
    PartitionedAtRuntime,
    RollupMapper,
    StartOfDayMapper,
    StartOfHourMapper,
    asset,
    task,
)

START = datetime(2026, 3, 1, 2, tzinfo=timezone.utc)
SALES = Asset("sales")
REGIONS = Asset(name="regions", uri="s3://lake/regions")
STOCK = Asset("stock")
REPORT = "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }}"


@task(outlets=[SALES])
def about(partition_key, partition_date, dag_run=None, run_id=None):
    named = f"{dag_run.run_type.value}__{dag_run.run_after.isoformat()}__{partition_key}"
    return [partition_key, str(partition_date), dag_run.partition_key, dag_run.data_interval_start, named in run_id]


with DAG("hourly", schedule=CronPartitionTimetable("0 * * * *", timezone="UTC"), start_date=START):
    about() >> BashOperator(task_id="report", bash_command=REPORT)

with DAG(
    "the_day_before",
    schedule=CronPartitionTimetable("0 0 * * *", timezone="Asia/Tokyo", run_offset=-1, key_format="%Y-%m-%d"),
    start_date=START,
    end_date=datetime(2026, 4, 10, 12, tzinfo=timezone.utc),
    params={"of": Param("shops", type="string")},
):
    BashOperator(task_id="report", bash_command=REPORT + " {{ params.of }}")

with DAG(
    "catching_up",
    schedule=CronPartitionTimetable("30 6 * * 1", timezone="UTC", key_format="%d.%B.%Y_%H:%M"),
    start_date=START,
    end_date=datetime(2026, 6, 1, 6, 30, tzinfo=timezone.utc),
    catchup=True,
):
    BashOperator(task_id="report", bash_command=REPORT)


@asset(schedule=CronPartitionTimetable("@daily", timezone="UTC"))
def without_start():
    return "made"


with DAG("in_berlin", schedule=CronPartitionTimetable("0 * * * *", timezone="Europe/Berlin"), start_date=START):
    BashOperator(task_id="report", bash_command="echo {{ partition_key }}")

with DAG(
    "ambiguous",
    schedule=CronPartitionTimetable("0 * * * *", timezone="UTC", key_format="%Y-%m-%d"),
    start_date=START,
):
    BashOperator(task_id="report", bash_command="echo {{ partition_key }}")

with DAG("ahead", schedule=CronPartitionTimetable("@daily", timezone="UTC", run_offset=2), start_date=START):
    BashOperator(task_id="report", bash_command="echo {{ partition_key }}")

with DAG("not_of_partitions", schedule=[SALES], start_date=START):
    BashOperator(task_id="report", bash_command="echo {{ run_id }}")


@task(outlets=[REGIONS])
def tell(outlet_events=None):
    outlet_events[REGIONS].add_partitions(["north", "south"])


with DAG("told_when_run", schedule=PartitionedAtRuntime(), start_date=START):
    tell()

@asset(uri="s3://lake/cities", schedule=PartitionedAtRuntime())
def cities(self, outlet_events):
    outlet_events[self].add_partitions("berlin")
    return self.uri


@asset(schedule=None)
def of_other_assets(cities, regions):
    return [cities.name, regions.uri]


@asset(schedule=None)
def with_the_context(context, cities):
    return context["run_id"]


@asset(schedule=None)
def of_nobody(nothing):
    return nothing.uri


with DAG("without_partitions", schedule=None, start_date=START):
    tell() >> BashOperator(task_id="stock", bash_command="echo stock", outlets=[STOCK])

with DAG("about_the_same", schedule=PartitionedAssetTimetable(assets=SALES & Asset.ref(name="regions"))):
    BashOperator(task_id="report", bash_command=REPORT)

A_DAY = RollupMapper(upstream_mapper=StartOfDayMapper(), window=DayWindow())
with DAG("all_hours", schedule=PartitionedAssetTimetable(assets=SALES, default_partition_mapper=A_DAY)):
    BashOperator(task_id="report", bash_command=REPORT)


@task
def which(triggering_asset_events=None):
    return len(triggering_asset_events)


HOURS = StartOfHourMapper(output_format="%d/%H")
with DAG("as_it_likes", schedule=PartitionedAssetTimetable(assets=SALES, default_partition_mapper=HOURS)):
    which()

FAN = FanOutMapper(upstream_mapper=StartOfDayMapper(), window=DayWindow(), max_downstream_keys=10)
with DAG("each_hour", schedule=PartitionedAssetTimetable(assets=REGIONS, default_partition_mapper=FAN)):
    BashOperator(task_id="report", bash_command=REPORT)

with DAG("never", schedule=PartitionedAssetTimetable(assets=STOCK)):
    BashOperator(task_id="report", bash_command=REPORT)

with DAG("whichever", schedule=PartitionedAssetTimetable(assets=AssetAlias("found"))):
    BashOperator(task_id="report", bash_command=REPORT)
