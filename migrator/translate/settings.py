"""What every operator may be given: retries, owner, pool and the like, as an asset's settings."""

from __future__ import annotations

import datetime as dt
import inspect
import textwrap
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Code, Retry
from ..records import dataclass
from ..rules.common import COMMON
from .callbacks import callback
from .crons import later_cron
from .names import owner as owner_name
from .notifiers import alerts
from .pen import CannotWriteError
from .schedule import ON_PAST
from .sensors import TIMEDELTA, duration

if TYPE_CHECKING:
    from .view import View

CALLBACKS = (
    "on_execute_callback",
    "on_success_callback",
    "on_failure_callback",
    "on_retry_callback",
    "on_skipped_callback",
)
DEFAULT_RETRY_DELAY = 300.0
"""Seconds; Airflow's `core.default_task_retry_delay`, which every version ships with."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one task's asset."""

    retry: Retry | None = None
    freshness: Code | None = None
    owners: tuple[str, ...] = ()
    pool: str | None = None
    priority: int | None = None
    description: str | None = None


def settings(view: View) -> Settings:
    """Read the arguments every operator has. What has no equal is reported by the table in rules.common."""
    retry = _retry(view)
    _timeout(view)
    found = Settings(
        retry=retry,
        freshness=_freshness(view),
        owners=_owners(view),
        pool=_pool(view),
        priority=_priority(view),
        description=_description(view),
    )
    for argument in view.task.arguments:
        if argument.name in view.fates:
            continue
        fate = COMMON.get(argument.name)
        if fate is None:
            continue
        if argument.name in ON_PAST and view.shared.timing.in_order:
            view.fate(argument.name, "translated", "a run is asked for when the one before it has succeeded")
        elif argument.value == fate.default or argument.value is None:
            view.fate(argument.name, "dropped", "it is Airflow's default")
        elif argument.name == "sla" and view.dag.airflow == "3":
            view.drop("sla", "Airflow 3 has no SLAs and ignores it.")
        elif fate.fate == "unsupported":
            view.unsupported(argument.name, fate.text)
        elif fate.fate == "dropped":
            view.drop(argument.name, fate.text)
        elif fate.fate == "handled":
            view.fate(argument.name, "translated", fate.text)
    return found


def _seconds(value: am.Value) -> float | None:
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None


def _retry(view: View) -> Retry | None:
    retries = view.value("retries", 0)
    if retries in (None, 0):
        for name in ("retry_delay", "retry_exponential_backoff", "max_retry_delay"):
            view.drop(name, "the task is not retried")
        return None
    if not isinstance(retries, int) or isinstance(retries, bool):
        view.unsupported("retries", "how often the task is retried is not known, so it is not retried")
        return None
    delay = view.value("retry_delay", dt.timedelta(seconds=DEFAULT_RETRY_DELAY))
    seconds = _seconds(delay)
    if seconds is None:
        view.unsupported("retry_delay", "the delay is not known; Airflow's default of five minutes is used")
        seconds = DEFAULT_RETRY_DELAY
    backoff = view.value("retry_exponential_backoff", False)
    if backoff:
        view.decorator |= {"retries": str(retries), "retry_delay": f"{seconds:g}"}
        view.decorator["retry_exponential_backoff"] = repr(backoff)
        longest = _seconds(view.value("max_retry_delay"))
        if longest is not None:
            view.decorator["max_retry_delay"] = f"{longest:g}"
        return None
    view.drop("max_retry_delay", "the delay between tries is constant")
    return Retry(retries, seconds)


def _timeout(view: View) -> None:
    timeout = view.value("execution_timeout")
    if timeout is None:
        return
    seconds = _seconds(timeout)
    if seconds is None:
        view.unsupported("execution_timeout", "the timeout is not known, so there is none")
        return
    view.decorator["execution_timeout"] = f"{seconds:g}"


def _freshness(view: View) -> Code | None:
    """Airflow 1 and 2: the task is late when it has not succeeded so long after the end of its interval.

    That is only the task's asset's where there is one of its own.
    """
    sla, timing = view.task.argument("sla"), view.shared.timing
    if sla is None or not isinstance(sla.value, dt.timedelta) or view.dag.airflow == "3" or timing.cron is None:
        return None
    if view.shared.outcome or view.gates or view.task.task_id in view.shared.absorbed:
        return None
    deadline = later_cron(timing.cron, sla.value)
    if deadline is None:
        return None
    view.fate("sla", "translated", "a freshness policy: late is what has not been materialized so long after each tick")
    if view.value("email"):
        view.differs(
            "Nobody is mailed when the task is late; its freshness policy shows it, and alerts may rest on that."
        )
    zone = f", timezone={timing.timezone!r}" if timing.timezone != "UTC" else ""
    text = f"dg.FreshnessPolicy.cron({deadline!r}, lower_bound_delta={duration(sla.value)}{zone})"
    return Code(text, (TIMEDELTA,))


def _owners(view: View) -> tuple[str, ...]:
    owner = view.value("owner")
    if not isinstance(owner, str) or owner in ("airflow", "Airflow"):
        return ()
    names = [owner_name(part) for part in owner.split(",")]
    return tuple(dict.fromkeys(n for n in names if n))


def _pool(view: View) -> str | None:
    pool = view.value("pool")
    if not isinstance(pool, str) or pool == "default_pool":
        return None
    return "_".join(pool.split())


def _priority(view: View) -> int | None:
    weight = view.value("priority_weight")
    return weight if isinstance(weight, int) and weight != 1 else None


def _description(view: View) -> str | None:
    for name in ("doc_md", "doc", "doc_rst", "doc_json", "doc_yaml"):
        text = view.value(name)
        if isinstance(text, str) and text.strip():
            return textwrap.dedent(text).strip()
    if view.task.function is not None and view.task.function.docstring:
        return inspect.cleandoc(view.task.function.docstring)
    return None


def callbacks(view: View) -> None:
    """Hand the task's callbacks to the runtime's decorator; report those that cannot be carried over."""
    mails = alerts(view)
    for name in CALLBACKS:
        mail = [mails[name]] if name in mails else []
        if mail:
            view.decorator[name] = mail[0]
        argument = view.task.argument(name)
        if argument is None or argument.value in (None, []):
            continue
        functions = argument.value if isinstance(argument.value, list | tuple) else [argument.value]
        try:
            texts = [callback(f, view) for f in functions]
        except CannotWriteError as error:
            view.fate(name, "unsupported", error.reason)
            view.report_argument("A2D109", f"`{name}` is not carried over: it needs {error.reason}", argument)
            continue
        view.fate(name, "translated")
        # Airflow 3 sends the mail after the callbacks, Airflow 2 before them.
        texts = [*texts, *mail] if view.dag.airflow == "3" else [*mail, *texts]
        view.decorator[name] = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
