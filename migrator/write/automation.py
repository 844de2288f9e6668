"""What starts a DAG's assets: its job, its schedule, its sensors."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Sequence

from ..dagster_model import Code, Import, Job, Partitions, ResourceUse, RunSensor, Schedule, Sensor
from .carry import as_function_body
from .module import Module, parsed, yields
from .renaming import rename
from .skeleton import limit_tag
from .text import literal


def add_job(module: Module, job: Job, variable: str) -> None:
    """`dg.define_asset_job` over the DAG's group."""
    tags = {**dict(job.tags), **dict([limit_tag(job)] if job.max_active_runs else [])}
    arguments = [
        literal(job.name),
        f"selection=dg.AssetSelection.groups({literal(job.group)})",
        *([f"description={literal(job.description)}"] if job.description else []),
        *([f"tags={literal(tags)}"] if tags else []),
        *([_executor(job.max_concurrent)] if job.max_concurrent else []),
        *([f"hooks={{{', '.join(map(module.code, job.hooks))}}}"] if job.hooks else []),
    ]
    module.add(f"{variable} = dg.define_asset_job({', '.join(arguments)})")


def _executor(limit: int) -> str:
    return f'executor_def=dg.multiprocess_executor.configured({{"max_concurrent": {limit}}})'


def add_schedule(module: Module, schedule: Schedule, partitions: Partitions | None, variables: dict[str, str]) -> None:
    """The job's schedule, in the simplest form that has no tick too many."""
    text = _schedule(module, schedule, partitions, variables)
    if schedule.only_if is not None:
        module.add(_under(module, schedule.only_if, text))
    elif text.startswith("@"):
        module.add(text)
    else:  # It belongs to the job above.
        module.parts[-1] += "\n" + text


def _under(module: Module, condition: Code, text: str) -> str:
    """A definition of ours that is only there where the condition holds when the module is loaded."""
    return f"if {module.code(condition)}:\n{textwrap.indent(text, '    ')}"


def _schedule(module: Module, schedule: Schedule, partitions: Partitions | None, variables: dict[str, str]) -> str:
    variable, job = variables["schedule"], variables["job"]
    crons = literal(list(schedule.crons)) if len(schedule.crons) > 1 else literal(schedule.crons[0])
    guarded = schedule.start or schedule.end or schedule.every or schedule.lookback
    if schedule.partitioned and partitions is not None:
        if schedule.end is None and partitions.end is None:
            return f"{variable} = dg.build_schedule_from_partitioned_job({job}, name={literal(schedule.name)})"
        body = _partitioned_tick(module, schedule, partitions, variables)
    elif not guarded:
        arguments = [
            f"name={literal(schedule.name)}",
            f"job={job}",
            f"cron_schedule={crons}",
            f"execution_timezone={literal(schedule.timezone)}",
        ]
        return f"{variable} = dg.ScheduleDefinition({', '.join(arguments)})"
    else:
        body = _guarded_tick(module, schedule)
    decorator = ", ".join(
        [
            *([f"name={literal(schedule.name)}"] if schedule.name != variable else []),
            f"cron_schedule={crons}",
            f"job={job}",
            f"execution_timezone={literal(schedule.timezone)}",
        ]
    )
    returns = "dg.RunRequest | dg.SkipReason" if "SkipReason" in body else "dg.RunRequest"
    return (
        f"@dg.schedule({decorator})\n"
        f"def {variable}(context: dg.ScheduleEvaluationContext) -> {returns}:\n{as_function_body(body)}"
    )


def _guarded_tick(module: Module, schedule: Schedule) -> str:
    """A run for each tick, but those before the start, after the end, and between the multiples of an interval."""
    guards = ""
    for sign, limit, verb in (("<", schedule.start, "begins"), (">", schedule.end, "ended")):
        if limit is not None:
            why = literal(f"The schedule {verb} at {limit}.")
            guards += f"if tick {sign} {_moment(module, limit)}:\n    return dg.SkipReason({why})\n"
    if schedule.every is not None:
        start, every = schedule.every
        why = f"Runs are due every {every} from {start.isoformat()} on."
        guards += f"if (tick - {_moment(module, start.isoformat())}) % {_duration(module, every)}:\n"
        guards += f"    return dg.SkipReason({literal(why)})\n"
    request = "dg.RunRequest()"
    if schedule.lookback is not None:
        tags = module.need([Import("@compat.schedules", "interval_tags")]).get("interval_tags", "interval_tags")
        guards += f"start = tick - {_duration(module, schedule.lookback)}\n"
        request = f"dg.RunRequest(tags={tags}(start, start, tick))"
    return f"tick = context.scheduled_execution_time\n{guards}return {request}"


def _moment(module: Module, moment: str) -> str:
    clock = module.need([Import("datetime", "datetime")]).get("datetime", "datetime")
    return f"{clock}.fromisoformat({literal(_iso(moment))})"


def _duration(module: Module, length: dt.timedelta) -> str:
    """A timedelta in the largest unit that it is a whole number of."""
    name = module.need([Import("datetime", "timedelta")]).get("timedelta", "timedelta")
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if length % dt.timedelta(seconds=size) == dt.timedelta(0):
            return f"{name}({unit}={length // dt.timedelta(seconds=size)})"
    return f"{name}(seconds={length.total_seconds():g})"


def _iso(moment: str) -> str:
    """An ISO moment as `datetime.fromisoformat` of Python 3.10 reads it, which wants a colon in the offset."""
    return re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", moment.replace("Z", "+00:00"))


def _partitioned_tick(module: Module, schedule: Schedule, partitions: Partitions, variables: dict[str, str]) -> str:
    """The partition whose window this tick completes (or begins, with `end_offset`), if there is one.

    `build_schedule_from_partitioned_job` asks for the last partition again at every tick after the end (Dagster 1.13).
    """
    intervals = variables["intervals"]
    edge = "start" if partitions.end_offset else "end"
    guard = ""
    if partitions.end is None and schedule.end is not None:
        guard = f"""\
if tick > {_moment(module, schedule.end)}:
    return dg.SkipReason({literal(f"The schedule ended at {schedule.end}.")})
"""
    return f"""\
tick = context.scheduled_execution_time
{guard}with dg.partition_loading_context(effective_dt=tick):
    key = {intervals}.get_last_partition_key()
# After the last interval, Dagster would ask for its partition again at every tick.
if key is None or {intervals}.time_window_for_partition_key(key).{edge} != tick:
    return dg.SkipReason("No interval {"begins" if partitions.end_offset else "ends"} at this tick.")
return dg.RunRequest(run_key=key, partition_key=key)"""


def add_sensor(module: Module, sensor: Sensor, name: str, variables: dict[str, str], own_job: str) -> None:
    """A sensor that starts the DAG's own job, or another DAG's, which is named to keep the modules apart."""
    arguments = [
        *([f"name={literal(sensor.name)}"] if sensor.name != name else []),
        f"job={variables['job']}" if sensor.job == own_job else f"job_name={literal(sensor.job)}",
        *(
            [f"minimum_interval_seconds={sensor.minimum_interval_seconds}"]
            if sensor.minimum_interval_seconds != 30
            else []
        ),
    ]
    names = {known: own for known in ("job", "intervals") if (own := variables.get(known, known)) != known}
    text = rename(module.code(sensor.body), names)
    body = as_function_body(text)
    if yields(parsed(f"def evaluate():\n{body}")):
        iterator = module.need([Import("collections.abc", "Iterator")]).get("Iterator", "Iterator")
        returns = f"{iterator}[dg.RunRequest | dg.SkipReason]"
    else:
        returns = sensor.returns or "dg.SensorResult | dg.RunRequest | dg.SkipReason | None"
    parameters = ", ".join(["context: dg.SensorEvaluationContext", *resource_parameters(module, sensor.resources)])
    text = f"@dg.sensor({', '.join(arguments)})\ndef {name}({parameters}) -> {returns}:\n{body}"
    module.add(text if sensor.only_if is None else _under(module, sensor.only_if, text))


def resource_parameters(module: Module, uses: Sequence[ResourceUse]) -> list[str]:
    """Parameters that Dagster gives the resources to."""
    renames = module.need(Import(use.module, use.type_name) for use in uses)
    return [f"{use.name}: {renames.get(use.type_name, use.type_name)}" for use in uses]


def add_run_sensor(module: Module, sensor: RunSensor, name: str, variables: dict[str, str]) -> None:
    """A sensor that does something after each run of the job that has ended in a way."""
    status = sensor.status.upper()
    arguments = [
        *([f"name={literal(sensor.name)}"] if sensor.name != name else []),
        f"run_status=dg.DagsterRunStatus.{status}",
        f"monitored_jobs=[{variables['job']}]",
    ]
    module.add(
        f"@dg.run_status_sensor({', '.join(arguments)})\n"
        f"def {name}(context: dg.RunStatusSensorContext) -> None:\n{as_function_body(module.code(sensor.body))}"
    )
