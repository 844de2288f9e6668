"""When a DAG runs: its Airflow schedule as a Dagster schedule or sensor, and as partitions with the same intervals.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/index.html
https://docs.dagster.io/guides/automate
"""

from __future__ import annotations

import datetime as dt
from dataclasses import field, replace

from .. import airflow_model as am
from ..dagster_model import EnvVariable, Origin, Partitions, Schedule, Sensor
from ..findings import Finding
from ..records import dataclass
from . import partition_sensors, sensors
from .crons import (
    EPOCH,
    UTC,
    coarse_cron,
    cron_fault,
    dagster_zone,
    interval_cron,
    moved_by_clocks,
    moved_by_half_hours,
    name_of_two,
    names_ticks,
    next_tick,
    only_leap_days,
    previous_tick,
    skipped_time,
)
from .library import Library
from .outlets import Outlets
from .own_timetables import own_timetable
from .pen import CannotWriteError
from .sensors import Text
from .timetables import KeysOfTicks, Plan, describe, months_cron_of, plan_of
from .updates import asks_what_triggered

TIMETABLE = "timetable"
"""The constant that holds a timetable of the user's own in the DAG's module."""
READS_DATES = "its tasks read the data interval"
"""Why a DAG needs partitions whose tasks ask for the run's dates; there are other reasons."""
FORMAT = "%Y-%m-%dT%H:%M:%S%z"
NOT_BEFORE = dt.datetime(2026, 1, 1, tzinfo=UTC)
"""No generated project can have run before: the Dagster it is for is younger. Earlier start dates need no guard."""
CUTOVER = EnvVariable(
    "MIGRATION_CUTOVER",
    "The time (ISO format) from which on Dagster, and not Airflow any more, runs what falls due. What fell due before\n"
    "is not run again; sensors that catch up fail until this is set.",
)


@dataclass(frozen=True, slots=True)
class Timing:
    """What was decided about a DAG's runs. `cron`, `interval` and `data_intervals` date runs that have no partition."""

    cron: str | None = None
    timezone: str = "UTC"
    interval: dt.timedelta | None = None
    data_intervals: bool = True
    partitions: Partitions | None = None
    schedule: Schedule | None = None
    sensors: tuple[Sensor, ...] = ()
    env: tuple[EnvVariable, ...] = ()
    timetable: Text | None = None
    """A timetable of the user's own, as an expression."""
    keys: KeysOfTicks | None = None
    """How the partitions are called, where they are Airflow's own and no data intervals."""
    calendar: Text | None = None
    """When runs fall due, as an expression, where it is only time that starts them."""
    cutover: str = ""
    """The expression for the cut-over of a DAG that catches up."""
    in_order: bool = False
    """Whether a run is asked for only when the one before it has succeeded."""
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    only_if: str | None = None
    """The expression that must be true for the schedule or sensors to be there."""

    @property
    def intervals(self) -> Partitions | None:
        """The partitions, where their windows are the runs' data intervals."""
        return self.partitions if self.keys is None else None


def timing(
    dag: am.Dag,
    partitioned_because: str,
    *,
    job: str = "",
    outlets: Outlets | None = None,
    cutover: str | None = None,
    library: Library | None = None,
) -> Timing:
    """Decide how the runs of a DAG are asked for; `partitioned_because` is empty where no task needs its dates.

    `job` is the job's name in the project, `cutover` the time (ISO) from which on Dagster runs what falls due, where
    that is known already. A timetable of the user's own is carried over with the `library`.
    """
    decision = _Decision(dag, partitioned_because, job or dag.dag_id, outlets, cutover, library)
    plan = plan_of(dag.schedule, dag.timezone)
    found = replace(decision.decide(plan), in_order=decision.in_order)
    return replace(found, findings=tuple(decision.findings), env=(CUTOVER,) if decision.needs_cutover else ())


@dataclass
class _Decision:
    dag: am.Dag
    because: str
    job: str
    outlets: Outlets | None
    cutover: str | None
    library: Library | None = None
    findings: list[Finding] = field(default_factory=list)
    in_order: bool = False
    needs_cutover: bool = False
    start: dt.datetime | None = None
    end: dt.datetime | None = None

    @property
    def origin(self) -> Origin:
        return Origin(self.dag.dag_id, "", self.dag.span)

    @property
    def dated(self) -> bool:
        """Whether tasks may ask for the run's dates."""
        return bool(self.because)

    def report(self, code: str, message: str, *arguments: str) -> None:
        """Add a finding at the first of these arguments that the DAG has."""
        names = arguments or ("schedule", "schedule_interval", "timetable")
        argument = next((a for n in names if (a := self.dag.argument(n))), None)
        span = argument.span if argument else self.dag.span
        self.findings.append(Finding(code, message, span, dag_id=self.dag.dag_id))

    def without(self, code: str, message: str) -> Timing:
        if code != "A2D102":  # who read the DAG has said so
            self.report(code, message)
        return Timing(reason=f"No schedule: {message}.")

    # --- the kinds of schedule ------------------------------------------------------------------------------

    def decide(self, plan: Plan) -> Timing:
        self._bounds()
        if self.start and (cron := months_cron_of(self.dag.schedule, self.start)):
            plan = Plan("cron", (cron,), data_intervals=self.dag.schedule.data_intervals)
        if plan.fault:
            return self.without(plan.code, plan.fault)
        self._since_epoch(plan)
        for cron in plan.crons:
            if fault := cron_fault(cron):
                return self.without("A2D104", fault)
        zone = dagster_zone(plan.timezone)
        if zone is None:
            return self.without("A2D104", f"Dagster knows no time zone {plan.timezone!r}")
        if self.start and self.end and self.end < self.start:
            return Timing(reason="No schedule: the DAG ends before it begins, so Airflow never runs it.")
        plan = replace(plan, timezone=zone)
        if plan.kind not in ("none", "assets"):
            self.in_order = all_depend_on_past(self.dag)
        if plan.assets is None:
            return self._timed(plan)
        return self._on_assets(plan)

    def _on_assets(self, plan: Plan) -> Timing:
        """Runs when assets are updated, and at times, too, where the plan has any."""
        timed = self._timed(plan)
        if self.outlets is None:
            return timed
        name, told = f"{self.job}_asset_sensor", asks_what_triggered(self.dag)
        if plan.mappers is not None:
            sensor = partition_sensors.on_partitions(plan.assets, plan.mappers, self.outlets, name, self.job)
        else:
            sensor = sensors.on_updates(plan.assets, self.outlets, self.dag.airflow, name, self.job, told=told)
        if isinstance(sensor, str):
            self.report("A2D103", sensor)
            return timed
        if self.because == READS_DATES and self.dag.airflow != "3":
            message = "The data interval of a run is the time of the last update, and not that of the updating runs"
            self.report("A2D112", message)
        reason = f"Runs when assets are updated. {timed.reason if plan.kind != 'assets' else ''}".strip()
        started = (*timed.sensors, replace(sensor, origin=self.origin))
        return replace(timed, sensors=started, calendar=None, reason=reason)

    def _timed(self, plan: Plan) -> Timing:
        match plan.kind:
            case "none":
                return Timing(reason="No schedule, as in Airflow.")
            case "assets":
                return Timing(data_intervals=False)
            case "once":
                return self._once()
            case "continuous":
                return self._continuous()
            case "dates":
                return self._dates(plan)
            case "own":
                return self._own(plan)
        if plan.keys is not None and plan.assets is None:
            return self._of_partitions(plan, plan.keys)
        cron = self._one_cron(plan)
        unfit = plan.lookback or self.start is None or plan.assets is not None
        if cron is None or unfit or not self.dated or only_leap_days(cron):
            return self._unpartitioned(plan, self._unpartitioned_because(plan, cron))
        return self._partitioned(plan, cron)

    def _one_cron(self, plan: Plan) -> str | None:
        """The one cron expression that is equal to the schedule, if there is one."""
        self._remark(plan)
        if plan.every is not None:
            return interval_cron(plan.every, self.start)
        return plan.crons[0] if len(plan.crons) == 1 else None

    def _unpartitioned_because(self, plan: Plan, cron: str | None) -> str:
        if not self.dated:
            return "no task reads its dates"
        if plan.assets is not None:
            return "updates of assets ask for runs, too"
        if self.start is None:
            return "the start date is not fixed"
        if plan.lookback:
            return "the data intervals are not the time between two ticks"
        if cron is not None:
            return "Dagster does not find the partitions of leap days"
        return "there are several cron expressions" if plan.crons else "no cron expression is equal to the interval"

    def _partitioned(self, plan: Plan, cron: str) -> Timing:
        assert self.start is not None
        zone = "UTC" if plan.every is not None else plan.timezone
        partitions = Partitions(
            cron=cron,
            start=self.start.strftime(FORMAT),
            timezone=zone,
            end=None if self.end is None else next_tick(self.end, cron, zone).strftime(FORMAT),
            end_offset=0 if plan.data_intervals else 1,
        )
        found = Timing(cron, zone, None, plan.data_intervals, partitions, reason=f"Partitioned: {self.because}.")
        found = replace(found, calendar=Text("intervals"), cutover=self._cutover(self.dag.catchup is True))
        if self.dag.catchup is True or self.in_order:
            return replace(found, sensors=(self._due_sensor("intervals"),))
        schedule = self._schedule((cron,), zone, partitioned=True, end=self._last_tick(plan, (cron,), zone))
        return replace(found, schedule=schedule)

    def _of_partitions(self, plan: Plan, keys: KeysOfTicks) -> Timing:
        """Runs that are about one of Airflow's partitions each: Dagster's have the same keys."""
        (cron,), zone = plan.crons, plan.timezone
        if self.start is None:
            if self.dag.start_date is not None:
                return self.without("A2D105", f"The start date is {describe(self.dag.start_date)}")
            message = f"There is no start date: the partitions begin in {NOT_BEFORE.year}"
            self.report("A2D105", f"{message}, Airflow's when it first sees the DAG")
            self.start = NOT_BEFORE
        self._remark(plan)
        first = next_tick(self.start, cron, zone, inclusive=True)
        last = None if self.end is None else previous_tick(self.end, cron, zone, inclusive=True)
        if keys.offset:  # the run is at the end of what it is about
            first, end = previous_tick(first, cron, zone), last
        else:
            end = None if last is None else next_tick(last, cron, zone)
        if only_leap_days(cron) or not names_ticks(keys.fmt, cron, zone, first):
            return self.without("A2D103", f"The partition keys by {keys.fmt!r} do not each name one tick of {cron!r}")
        if name := name_of_two(keys.fmt, cron, zone):
            message = f"Where clocks are set back, two of Airflow's runs have the partition {name!r}"
            self.report("A2D112", f"{message}, of which Dagster has one")
        partitions = Partitions(
            cron=cron,
            start=first.strftime(keys.fmt),
            timezone=zone,
            end=None if end is None else end.strftime(keys.fmt),
            end_offset=keys.offset + 1,
            fmt=keys.fmt,
        )
        found = Timing(cron, zone, None, False, partitions, keys=keys, reason="Partitioned, as in Airflow.")
        if self.dag.catchup is True or self.in_order:
            return replace(found, sensors=(self._due_sensor("intervals"),))
        schedule = self._schedule((cron,), zone, partitioned=True, end=self._last_tick(plan, (cron,), zone))
        return replace(found, schedule=schedule)

    def _unpartitioned(self, plan: Plan, because: str) -> Timing:
        crons, zone = self._crons(plan)
        found = Timing(
            crons[0] if len(crons) == 1 and self._same(plan, crons) else None,
            zone,
            plan.every,
            plan.data_intervals,
            reason=f"Not partitioned: {because}.",
        )
        if found.cron:
            found = replace(found, interval=None)
        found = replace(found, calendar=self._calendar(plan), cutover=self._cutover(self.dag.catchup is True))
        if self.dag.catchup is True or self.in_order or not crons:
            return replace(found, sensors=(self._plan_sensor(plan),))
        every = None if plan.every is None or found.cron else (self._anchor(), plan.every)
        schedule = self._schedule(
            crons,
            zone,
            start=self._first_tick(plan, crons, zone),
            end=self._last_tick(plan, crons, zone),
            every=every,
            lookback=plan.lookback if self.dated else None,
        )
        return replace(found, schedule=schedule)

    def _crons(self, plan: Plan) -> tuple[tuple[str, ...], str]:
        if plan.every is None:
            return plan.crons, plan.timezone
        cron = coarse_cron(plan.every, self._anchor())
        return ((cron,) if cron else ()), "UTC"

    def _same(self, plan: Plan, crons: tuple[str, ...]) -> bool:
        """Whether the DAG runs at each tick of the crons."""
        return plan.every is None or interval_cron(plan.every, self._anchor()) == crons[0]

    def _once(self) -> Timing:
        found = Timing(data_intervals=False, reason="Runs once.")
        if self.start is None and self.dag.airflow != "3":
            return Timing(reason="No schedule: `@once` without a start date never runs.")
        dates = () if self.start is None else (self.start,)
        if self.start and self.end and self.start > self.end:
            return found
        return replace(found, sensors=(self._sensor(sensors.once(dates, self._cutover(bool(dates)))),))

    def _continuous(self) -> Timing:
        body = sensors.continuous(self._cutover(), self.start, self.end)
        return Timing(sensors=(self._sensor(body),), reason="Runs again whenever a run has ended.")

    def _dates(self, plan: Plan) -> Timing:
        dates = tuple(
            d
            for d in sorted({sensors.aware(d) for d in plan.dates})
            if (self.start is None or d >= self.start) and (self.end is None or d <= self.end)
        )
        calendar = sensors.dates(dates)
        found = Timing(data_intervals=False, reason="Runs at dates that are known beforehand.")
        return replace(found, sensors=(self._calendar_sensor(calendar, 30),))

    def _own(self, plan: Plan) -> Timing:
        """Runs that a timetable of the user's own plans, one after the other."""
        assert plan.own is not None
        name = plan.own.cls.name
        if self.library is None:
            return self.without(plan.code, f"{describe(plan.own)} is a timetable whose ticks only its own code knows")
        if self.start is None and self.dag.start_date is not None:
            start = describe(self.dag.start_date)
            return self.without(plan.code, f"`{name}` reckons from the start date, which is {start}")
        try:
            timetable = own_timetable(plan.own, self.library)
        except CannotWriteError as error:
            return self.without(plan.code, f"The timetable `{name}` cannot be carried over: it needs {error.reason}")
        self._remark_runs()
        catchup = self.dag.catchup is True
        body = sensors.planned(
            TIMETABLE,
            self.start,
            self.end,
            self._cutover(catchup or self.in_order),
            catchup=catchup,
            in_order=self.in_order,
        )
        reason = f"Runs when its own timetable, `{name}`, plans it."
        return Timing(timezone=plan.timezone, timetable=timetable, sensors=(self._sensor(body),), reason=reason)

    # --- schedules and sensors ------------------------------------------------------------------------------

    def _schedule(
        self,
        crons: tuple[str, ...],
        zone: str,
        *,
        partitioned: bool = False,
        start: str | None = None,
        end: str | None = None,
        every: tuple[dt.datetime, dt.timedelta] | None = None,
        lookback: dt.timedelta | None = None,
    ) -> Schedule:
        name = f"{self.job}_schedule"
        return Schedule(name, self.job, crons, zone, self.origin, partitioned, end, start, every, lookback)

    def _due_sensor(self, calendar: str) -> Sensor:
        return self._sensor(sensors.due(calendar, self._cutover(), in_order=self.in_order))

    def _plan_sensor(self, plan: Plan) -> Sensor:
        length = 30 if plan.every is None else int(plan.every.total_seconds())
        return self._calendar_sensor(self._calendar(plan), max(1, min(30, length)))

    def _calendar(self, plan: Plan) -> Text:
        if plan.every is None:
            return sensors.crons(plan, self.start, self.end)
        return sensors.every(plan, self._anchor(), self.end)

    def _calendar_sensor(self, calendar: sensors.Text, interval: int) -> Sensor:
        if self.dag.catchup is True or self.in_order:
            return self._sensor(sensors.due(calendar, self._cutover(), in_order=self.in_order), interval)
        return self._sensor(sensors.latest(calendar), interval)

    def _sensor(self, body: sensors.Text, interval: int = 30) -> Sensor:
        name, returns = f"{self.job}_sensor", sensors.returns(body)
        return Sensor(name, self.job, sensors.code(body), self.origin, interval, returns=returns)

    def _cutover(self, needed: bool = True) -> str:
        """The argument that names the cut-over."""
        if not needed:
            return ""
        if self.cutover is None:
            self.needs_cutover = True
            return f'dg.EnvVar("{CUTOVER.name}").get_value()'
        return repr(self.cutover)

    # --- dates ----------------------------------------------------------------------------------------------

    def _bounds(self) -> None:
        self.start, self.end = aware(self.dag.start_date), aware(self.dag.end_date)
        if not isinstance(self.dag.end_date, dt.datetime | None):
            message = f"The end date is {describe(self.dag.end_date)}: the schedule does not end"
            self.report("A2D105", message, "end_date")

    def _since_epoch(self, plan: Plan) -> None:
        """`datetime.min` as a start date means always: Dagster's partitions and ticks begin in 1970."""
        if self.start is None or self.start >= EPOCH:
            return
        if self.dated:
            self.report("A2D112", f"The start date is {self.start.date()}; partitions begin in 1970", "start_date")
        missing = EPOCH - self.start
        self.start = self.start + -(-missing // plan.every) * plan.every if plan.every else EPOCH

    def _anchor(self) -> dt.datetime:
        return (self.start or EPOCH).astimezone(UTC)

    def _remark(self, plan: Plan) -> None:
        """Report where the translation cannot be exact."""
        if self.start is None and self.dated:
            message = f"The start date is {describe(self.dag.start_date)}: the job has no partitions, its runs take "
            self.report("A2D105", message + "their dates from the tick", "start_date")
        self._remark_runs()
        for cron in plan.crons:
            if moment := skipped_time(cron, plan.timezone):
                message = f"{cron!r} has a tick at {moment} in {plan.timezone}, which clocks skip: Dagster's is earlier"
                self.report("A2D112", f"{message} than Airflow's on such days")
            if moved_by_half_hours(cron, plan.timezone):
                message = (
                    f"The clocks of {plan.timezone} change by a part of an hour: Dagster's ticks of {cron!r} are off"
                )
                self.report("A2D112", f"{message} by as much for a part of the year")
            if moved_by_clocks(cron, plan.timezone):
                message = f"Where the clocks of {plan.timezone} change between two ticks of {cron!r}, Airflow's next is"
                self.report("A2D112", f"{message} off by an hour; not Dagster's")
        if plan.every is not None and self.dag.catchup is False and self._phase_unknown(plan.every, plan):
            message = "Without catchup, Airflow counts the interval from when it first scheduled the DAG"
            self.report("A2D112", f"{message}; here it is counted from the start date")

    def _remark_runs(self) -> None:
        """Report what cannot be exact whatever the schedule is."""
        if isinstance(self.dag.catchup, am.Unknown | am.Deferred):
            self.report("A2D112", "Whether missed runs are caught up is not known; they are not", "catchup")
        elif self.dag.catchup is True:
            given = "" if self.dag.argument("catchup") else " (catchup is on by default)"
            self.report("A2D106", f"What falls due from the cut-over on is run{given}, nothing before it", "catchup")
        if self.in_order:
            message = "A run waits for the success of the whole run before it, not task by task"
            self.report("A2D112", message, "default_args")

    def _phase_unknown(self, every: dt.timedelta, plan: Plan) -> bool:
        if self.start is not None and self.start >= NOT_BEFORE:
            return False  # still to come when the DAG was written for this Airflow, as far as can be known
        since_epoch = self._anchor() - EPOCH
        return not plan.data_intervals or bool(since_epoch % every)

    def _first_tick(self, plan: Plan, crons: tuple[str, ...], zone: str) -> str | None:
        """The first tick that asks for a run, where the schedule could have one before."""
        if self.start is None:
            return None
        if plan.every is not None:
            first = self._anchor() + (plan.every if plan.data_intervals else dt.timedelta())
        else:
            first = min(next_tick(self.start, cron, zone, inclusive=True) for cron in crons)
            if plan.data_intervals:
                first = min(next_tick(first, cron, zone) for cron in crons)
        return first.strftime(FORMAT) if first > NOT_BEFORE else None

    def _last_tick(self, plan: Plan, crons: tuple[str, ...], zone: str) -> str | None:
        """The last moment a tick may have: the end of the last interval, or the last logical date itself."""
        if self.end is None:
            return None
        if not plan.data_intervals:
            return self.end.strftime(FORMAT)
        if plan.every is not None:
            return (self.end.astimezone(UTC) + plan.every).strftime(FORMAT)
        return max(next_tick(self.end, cron, zone) for cron in crons).strftime(FORMAT)


ON_PAST = ("depends_on_past", "wait_for_downstream")
"""Arguments of a task that make it wait for the run before; the second one means the first, too."""


def all_depend_on_past(dag: am.Dag) -> bool:
    """Whether every task of the DAG waits for its own success in the run before."""

    def waits(task: am.Task) -> bool:
        return any((a := task.argument(name)) is not None and a.value is True for name in ON_PAST)

    return bool(dag.tasks) and all(map(waits, dag.tasks))


def aware(value: object) -> dt.datetime | None:
    """A start or end date as Airflow takes it: a date without time zone is in UTC. None where it is not known."""
    if not isinstance(value, dt.datetime) or value.year == dt.MAXYEAR:  # `datetime.max` as an end date means never
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
