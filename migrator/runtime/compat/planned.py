"""Runs that a timetable of one's own plans, one after the other.

https://airflow.apache.org/docs/apache-airflow/stable/howto/timetable.html
https://docs.dagster.io/guides/automate/sensors

As Airflow's scheduler does: the timetable is asked for the run after the last one, and asked again while that is
awaited, for it may reckon from the time at which it is asked. The sensor's cursor keeps both runs.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import dagster as dg
import pendulum

from . import schedules
from .dates import LOGICAL_DATE_TAG, RUN_AFTER_TAG
from .timetables import DagRunInfo, DataInterval, TimeRestriction, Timetable


@dataclass(frozen=True)
class Plan:
    """The last run there was, the next, and whether the last was asked for here."""

    last: DagRunInfo | None = None
    next: DagRunInfo | None = None
    asked: bool = False

    @classmethod
    def read(cls, text: str) -> "Plan":
        """The plan that a cursor keeps."""
        kept = json.loads(text)
        return cls(_run(kept["last"]), _run(kept["next"]), kept["asked"])

    def text(self) -> str:
        """The plan for a cursor."""
        return json.dumps({"last": _dates(self.last), "next": _dates(self.next), "asked": self.asked})


def request_planned(
    context: dg.SensorEvaluationContext,
    timetable: Timetable,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    catchup: bool = False,
    cutover: str | None = None,
    after_success_of: str | None = None,
) -> schedules.Answer:
    """Ask once for each run that the timetable plans between the DAG's start and end date.

    With `catchup`, those that fall due from the cut-over on; without, those from the first evaluation on, and what is
    made up for is up to the timetable. `after_success_of`: the job whose previous run must have succeeded before the
    next is asked for, which is what `depends_on_past` amounts to.
    """
    earliest, latest = (None if date is None else _in_utc(date) for date in (start, end))
    planning = Planning(timetable, TimeRestriction(earliest, latest, catchup))
    moment = schedules.now()
    since = schedules.read_cutover(cutover) if catchup or after_success_of else moment
    plan = Plan.read(context.cursor) if context.cursor else planning.begin(since)
    most = 1 if after_success_of else schedules.AT_ONCE
    found: list[dg.RunRequest] = []
    while len(found) < most and (due := planning.due(plan, moment)) is not None:
        if after_success_of and not _succeeded(context, plan, after_success_of):
            return dg.SkipReason(f"The run before {due.logical_date} has not succeeded.")
        found.append(request(due))
        plan = Plan(due, planning.after(due), asked=True)
    if not found:
        plan = Plan(plan.last, planning.after(plan.last) or plan.next, plan.asked)
    reason = f"The next run falls due at {plan.next.run_after}." if plan.next else "The timetable plans no run."
    return dg.SensorResult(run_requests=found, skip_reason=None if found else dg.SkipReason(reason), cursor=plan.text())


@dataclass(frozen=True)
class Planning:
    """A timetable, asked for one run after the other."""

    timetable: Timetable
    restriction: TimeRestriction

    def after(self, last: DagRunInfo | None) -> DagRunInfo | None:
        """The run after another one, or the first; none that is not about a later time."""
        found = self.timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=self.restriction)
        if found is None:
            return None
        if found.data_interval is None:
            raise ValueError(f"{type(self.timetable).__name__} plans a run about no time, for {found.run_after}")
        found = in_utc(found)
        return None if last is not None and _start(found) <= _start(last) else found

    def begin(self, since: datetime) -> Plan:
        """The plan when what fell due before a point in time has had its runs."""
        last, following = None, self.after(None)
        while following is not None and following.run_after < since:
            last, following = following, self.after(following)
        return Plan(last, following)

    def due(self, plan: Plan, moment: datetime) -> DagRunInfo | None:
        """The run that has fallen due: as the timetable plans it by now, else as it was planned before."""
        found = (self.after(plan.last), plan.next)
        return next((run for run in found if run is not None and run.run_after <= moment), None)


def request(run: DagRunInfo) -> dg.RunRequest:
    """The request for a run, whose tags tell its dates."""
    assert run.data_interval is not None
    due = schedules.DueRun(run.run_after, *run.data_interval)
    tags = due.tags()
    if run.run_after != run.data_interval.end:
        tags[RUN_AFTER_TAG] = run.run_after.isoformat()
    return dg.RunRequest(run_key=tags[LOGICAL_DATE_TAG], tags=tags)


def _succeeded(context: dg.SensorEvaluationContext, plan: Plan, job: str) -> bool:
    """Whether the last run asked for has succeeded; true where there is none yet."""
    if plan.last is None or not plan.asked:
        return True
    tags = {LOGICAL_DATE_TAG: request(plan.last).tags[LOGICAL_DATE_TAG]}
    wanted = dg.RunsFilter(job_name=job, tags=tags, statuses=[dg.DagsterRunStatus.SUCCESS])
    return bool(context.instance.get_runs(wanted, limit=1))


def in_utc(run: DagRunInfo) -> DagRunInfo:
    """A run with its dates in UTC, as Airflow's database gives them to timetables."""
    interval = DataInterval(*map(_in_utc, run.data_interval)) if run.data_interval else None
    return run._replace(run_after=_in_utc(run.run_after), data_interval=interval)


def _start(run: DagRunInfo) -> datetime:
    assert run.logical_date is not None
    return run.logical_date


def _dates(run: DagRunInfo | None) -> list[str] | None:
    return None if run is None else [date.isoformat() for date in (run.run_after, *(run.data_interval or ()))]


def _run(texts: list[str] | None) -> DagRunInfo | None:
    if texts is None:
        return None
    run_after, start, end = (pendulum.instance(schedules.parsed(text)) for text in texts)
    return DagRunInfo(run_after, DataInterval(start, end))


def _in_utc(moment: datetime) -> pendulum.DateTime:
    return pendulum.instance(moment).in_timezone("UTC")
