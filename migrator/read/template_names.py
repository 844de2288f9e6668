"""What Airflow puts into templates and the context of tasks: variables and macros, by Airflow line.

From the sources of 1.10.15, 2.11.2 and 3.3.2. "Line" is Airflow's major version.
"""

from __future__ import annotations

from ..airflow_model import AirflowLine
from ..records import dataclass

_ALL: tuple[AirflowLine, ...] = ("1", "2", "3")
_OLD: tuple[AirflowLine, ...] = ("1", "2")
_NEW: tuple[AirflowLine, ...] = ("2", "3")


@dataclass(frozen=True, slots=True)
class ContextName:
    """One variable of the context. `date`: it depends on which data interval is run. `object`: an object of Airflow's
    whose attributes and methods count, rather than a plain value."""

    name: str
    lines: tuple[AirflowLine, ...]
    meaning: str
    date: bool = False
    object: bool = False


def _date(name: str, lines: tuple[AirflowLine, ...], meaning: str) -> ContextName:
    return ContextName(name, lines, meaning, date=True)


def _object(name: str, lines: tuple[AirflowLine, ...], meaning: str) -> ContextName:
    return ContextName(name, lines, meaning, object=True)


CONTEXT_NAMES: dict[str, ContextName] = {
    row.name: row
    for row in (
        _date("ds", _ALL, 'logical_date.strftime("%Y-%m-%d")'),
        _date("ds_nodash", _ALL, 'logical_date.strftime("%Y%m%d")'),
        _date("ts", _ALL, "logical_date.isoformat()"),
        _date("ts_nodash", _ALL, 'logical_date.strftime("%Y%m%dT%H%M%S")'),
        _date("ts_nodash_with_tz", _ALL, 'logical_date.isoformat() without "-" and ":"'),
        _date("logical_date", _NEW, "the start of the data interval, in UTC"),
        _date("execution_date", _OLD, "logical_date"),
        _date("data_interval_start", _NEW, "the start of the data interval, in UTC"),
        _date("data_interval_end", _NEW, "the end of the data interval, in UTC"),
        _date("yesterday_ds", _OLD, "ds, a day earlier"),
        _date("yesterday_ds_nodash", _OLD, "ds_nodash, a day earlier"),
        _date("tomorrow_ds", _OLD, "ds, a day later"),
        _date("tomorrow_ds_nodash", _OLD, "ds_nodash, a day later"),
        _date("prev_ds", _OLD, "ds of the previous run of the schedule; of this run if it is manual"),
        _date("prev_ds_nodash", _OLD, 'prev_ds without "-"'),
        _date("next_ds", _OLD, "ds of the next run of the schedule; of this run if it is manual"),
        _date("next_ds_nodash", _OLD, 'next_ds without "-"'),
        _date("prev_execution_date", _OLD, "logical_date of the previous run of the schedule"),
        _date("next_execution_date", _OLD, "logical_date of the next run of the schedule"),
        _date("prev_execution_date_success", _OLD, "logical_date of the last run that succeeded before this one"),
        _date("prev_data_interval_start_success", _NEW, "data_interval_start of the last run that succeeded"),
        _date("prev_data_interval_end_success", _NEW, "data_interval_end of the last run that succeeded"),
        _date("prev_start_date_success", _ALL, "when the last run that succeeded began, by the clock"),
        _date("prev_end_date_success", _NEW, "when the last run that succeeded ended, by the clock"),
        _date("partition_key", ("3",), "the partition key of the run, None unless the DAG is partitioned"),
        _date("partition_date", ("3",), "the partition key of the run as a date"),
        # Gone after 1.10, where all three are ds.
        _date("END_DATE", ("1",), "ds"),
        _date("end_date", ("1",), "ds"),
        _date("latest_date", ("1",), "ds"),
        ContextName("run_id", _ALL, "the run's id, which names its logical date"),
        _date("task_instance_key_str", _ALL, "dag_id, task_id and ds_nodash (3: run_id) joined by `__`"),
        ContextName("params", _ALL, "the params of the DAG and task, overridden by the run's conf"),
        ContextName("templates_dict", _ALL, "the operator's own templates_dict, rendered"),
        ContextName("test_mode", _OLD, "False outside `airflow tasks test`"),
        ContextName("try_number", _NEW, "the number of this try, from 1"),
        ContextName("expanded_ti_count", _NEW, "how many instances a mapped task has"),
        ContextName("map_index_template", _NEW, "the task's map_index_template"),
        ContextName("task_reschedule_count", ("3",), "how often a sensor was rescheduled"),
        ContextName("exception", _ALL, "in failure callbacks: the exception"),
        ContextName("reason", _ALL, "in DAG callbacks: why the run ended"),
        ContextName("tables", ("1",), 'params["tables"], if there is one'),
        ContextName("inlets", _ALL, "the task's inlets"),
        ContextName("outlets", _ALL, "the task's outlets"),
        _object("ti", _ALL, "the task instance"),
        _object("task_instance", _ALL, "the task instance"),
        _object("task", _ALL, "the operator"),
        _object("dag", _ALL, "the DAG"),
        _object("dag_run", _ALL, "the DAG run"),
        _object("conf", _OLD, "Airflow's configuration"),
        _object("var", _ALL, "var.value.key and var.json.key: Variables"),
        _object("conn", _NEW, "conn.conn_id: Connections"),
        _object("macros", _ALL, "see MACROS"),
        _object("inlet_events", _NEW, "the events of the task's inlets"),
        _object("outlet_events", _NEW, "the events of the task's outlets"),
        _object("triggering_dataset_events", ("2",), "the dataset events that triggered the run"),
        _object("triggering_asset_events", ("3",), "the asset events that triggered the run"),
        _object("task_state_store", ("3",), "state kept between tries of the task"),
        _object("asset_state_store", ("3",), "state kept with the task's assets"),
    )
}
"""Every variable of the context, by name."""

DATE_NAMES: frozenset[str] = frozenset(row.name for row in CONTEXT_NAMES.values() if row.date)
"""The variables that depend on the data interval: a DAG that uses one needs partitions."""

OBJECT_NAMES: frozenset[str] = frozenset(row.name for row in CONTEXT_NAMES.values() if row.object)
TASK_INSTANCE_NAMES = frozenset({"ti", "task_instance"})

DATE_ATTRIBUTES: dict[str, frozenset[str]] = {
    "dag_run": frozenset({"logical_date", "execution_date", "data_interval_start", "data_interval_end", "run_after"}),
    "ti": frozenset({"execution_date", "logical_date"}),
    "task_instance": frozenset({"execution_date", "logical_date"}),
}
"""Attributes of the context's objects that depend on the data interval too."""

MACROS: dict[str, str] = {
    "ds_add": "macros.ds_add(ds, days): a date string, days later",
    "ds_format": "macros.ds_format(ds, input_format, output_format): a date string in another strptime format",
    "ds_format_locale": "macros.ds_format_locale(ds, input_format, output_format, locale): with Babel (2.10 and later)",
    "datetime_diff_for_humans": "macros.datetime_diff_for_humans(dt, since=None): with pendulum",
    "datetime": "the class datetime.datetime",
    "timedelta": "the class datetime.timedelta",
    "dateutil": "the package dateutil",
    "time": "the module time",
    "uuid": "the module uuid",
    "random": "the function random.random",
    "json": "the module json",
    "yaml": "the module yaml",
    "hive": "closest_ds_partition and max_partition, which ask a Hive metastore (before 3)",
}
"""What `macros` has in every line, unless the text says otherwise; plugins add to it."""

JINJA_GLOBALS: frozenset[str] = frozenset({"range", "dict", "lipsum", "cycler", "joiner", "namespace"})
"""Names every Jinja environment has."""
