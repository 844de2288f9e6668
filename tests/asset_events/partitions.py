"""DAGs that update partitions of assets, and DAGs that run about each partition that is there (Airflow 3.3)."""

from datetime import datetime, timezone

from airflow.sdk import (
    DAG,
    AllowedKeyMapper,
    Asset,
    CronPartitionTimetable,
    FanOutMapper,
    FixedKeyMapper,
    IdentityMapper,
    MinimumCount,
    PartitionedAssetTimetable,
    PartitionedAtRuntime,
    ProductMapper,
    RollupMapper,
    SegmentWindow,
    StartOfDayMapper,
    StartOfMonthMapper,
    StartOfQuarterMapper,
    StartOfWeekMapper,
    StartOfYearMapper,
    WaitForAll,
    WeekWindow,
    YearWindow,
    asset,
    task,
)

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
END = datetime(2026, 3, 1, 3, tzinfo=timezone.utc)
HOURLY = Asset("hourly_sales")
CLEANED = Asset(name="cleaned", uri="s3://lake/cleaned")
DAYS = Asset("days")
REGIONS = Asset("regions")
SHARDS = Asset("shards")


@task
def about(dag_run, partition_key, partition_date):
    dates = [str(partition_date), str(dag_run.partition_date), str(dag_run.logical_date)]
    return [partition_key, dag_run.partition_key, *dates, dag_run.run_type.value]


@task(outlets=[CLEANED])
def clean(partition_key):
    return f"cleaned {partition_key}"


def _tell(dag_run, outlet_events, task):
    for one in (DAYS, REGIONS, SHARDS):
        if one.name in dag_run.conf:
            outlet_events[one].add_partitions(dag_run.conf[one.name])
            outlet_events[one].extra["of"] = sorted(outlet_events[one].partition_keys)


# It has ended, so the scheduler makes no run of its own.
with DAG("hourly", schedule=CronPartitionTimetable("0 * * * *", timezone="UTC"), start_date=START, end_date=END):
    task(task_id="sell", outlets=[HOURLY])(lambda: "sold")()

with DAG("told", schedule=PartitionedAtRuntime(), start_date=START):
    task(task_id="tell", outlets=[DAYS, REGIONS, SHARDS])(_tell)()

with DAG("same_hour", schedule=PartitionedAssetTimetable(assets=HOURLY), start_date=START):
    about() >> clean()

with DAG("after_that", schedule=PartitionedAssetTimetable(assets=Asset.ref(name="cleaned")), start_date=START):
    about()

BY_DAY = StartOfDayMapper(timezone="Asia/Tokyo")
with DAG("by_day", schedule=PartitionedAssetTimetable(assets=HOURLY & DAYS, default_partition_mapper=BY_DAY)):
    about()

MONTHS = {HOURLY: StartOfMonthMapper(), DAYS: StartOfMonthMapper()}
with DAG("by_month", schedule=PartitionedAssetTimetable(assets=HOURLY | DAYS, partition_mapper_config=MONTHS)):
    about()

QUARTERS = {HOURLY: StartOfQuarterMapper(), DAYS: StartOfYearMapper()}
with DAG("never", schedule=PartitionedAssetTimetable(assets=HOURLY & DAYS, partition_mapper_config=QUARTERS)):
    about()

REGION_AND_DAY = ProductMapper(IdentityMapper(), StartOfDayMapper())
with DAG("by_region", schedule=PartitionedAssetTimetable(assets=REGIONS, default_partition_mapper=REGION_AND_DAY)):
    about()

KNOWN = AllowedKeyMapper(["us", "eu", "apac"])
with DAG("known_shards", schedule=PartitionedAssetTimetable(assets=SHARDS, default_partition_mapper=KNOWN)):
    about()

ALL = RollupMapper(upstream_mapper=FixedKeyMapper("all"), window=SegmentWindow(["us", "eu", "apac"]))
with DAG("all_shards", schedule=PartitionedAssetTimetable(assets=SHARDS, default_partition_mapper=ALL)):
    about()

TWO = RollupMapper(
    upstream_mapper=FixedKeyMapper("two"), window=SegmentWindow(["us", "eu", "apac"]), wait_policy=MinimumCount(2)
)
with DAG("two_shards", schedule=PartitionedAssetTimetable(assets=SHARDS, default_partition_mapper=TWO)):
    about()

SPREAD = FanOutMapper(
    upstream_mapper=IdentityMapper(), window=SegmentWindow(["us", "eu"]), downstream_mapper=IdentityMapper()
)
with DAG("spread", schedule=PartitionedAssetTimetable(assets=CLEANED, default_partition_mapper=SPREAD)):
    about()


@asset(uri="s3://lake/cities", schedule=PartitionedAtRuntime())
def cities(self, outlet_events):
    outlet_events[self].add_partitions("berlin")
    return [self.name, self.uri]


@asset(schedule=PartitionedAssetTimetable(assets=Asset.ref(name="cities")))
def of_cities(cities, cleaned):
    return [cities.uri, cleaned.uri]


MONTHS_OF_YEAR = FanOutMapper(upstream_mapper=StartOfYearMapper(), window=YearWindow(), max_downstream_keys=12)
with DAG("months_of_year", schedule=PartitionedAssetTimetable(assets=HOURLY, default_partition_mapper=MONTHS_OF_YEAR)):
    about()

WEEK = RollupMapper(upstream_mapper=StartOfWeekMapper(), window=WeekWindow(), wait_policy=WaitForAll())
with DAG("week", schedule=PartitionedAssetTimetable(assets=DAYS, default_partition_mapper=WEEK)):
    about()
