"""Airflow's trigger rules: what the states of a task's upstream tasks mean for the task.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#trigger-rules

The rules are those of Airflow 1.10.15, 2.11.2 and 3.3.2, compared with each by running them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

SUCCESS = "success"
FAILED = "failed"
SKIPPED = "skipped"
UPSTREAM_FAILED = "upstream_failed"

IMMEDIATE = frozenset({"always", "dummy"})
"""Rules that wait for nothing; `dummy` is Airflow 1's name of `always`."""

WAITING = frozenset(
    {
        "all_success",
        "all_failed",
        "all_done",
        "all_done_min_one_success",
        "all_done_setup_success",
        "all_skipped",
        "one_success",
        "one_failed",
        "one_done",
        "none_failed",
        "none_failed_min_one_success",
        "none_failed_or_skipped",  # the same, until Airflow 2.2
        "none_skipped",
    }
)
RULES = IMMEDIATE | WAITING

PASSING_FAILURE_ON = frozenset({"all_success", "none_failed", "none_failed_min_one_success", "none_failed_or_skipped"})
"""Rules by which one failed upstream task is enough to make a task `upstream_failed`."""


def decide(rule: str, states: Sequence[str], setups: Iterable[str] = (), *, airflow: str = "2") -> str | None:
    """The state a task gets without running, by its rule and the states of its upstream tasks; None if it runs.

    `states` are in the order in which the tasks ended: where one is skipped and another one failed, `all_success` goes
    by the first, for Airflow does not wait for the rest. Its `one_…` rules do not wait either and start a task early;
    here they wait, which makes no difference to the state. `setups` are the states of those upstream tasks that are
    setups; they are among `states` too.
    """
    count = Counter(states)
    total = count.total()
    success, skipped = count[SUCCESS], count[SKIPPED]
    failed = count[FAILED] + count[UPSTREAM_FAILED]
    match rule:
        case "always" | "dummy" | "all_done":
            return None
        case "all_success":
            first = next((state for state in states if state != SUCCESS), None)
            return first and (SKIPPED if first == SKIPPED else UPSTREAM_FAILED)
        case "all_failed":
            return SKIPPED if success or skipped else None
        case "all_skipped":
            return SKIPPED if success or failed else None
        case "none_skipped":
            return SKIPPED if skipped else None
        case "one_success":
            if success:
                return None
            # Airflow 1 skips the task here even if all of them failed.
            return SKIPPED if skipped == total or airflow == "1" else UPSTREAM_FAILED
        case "one_failed":
            return None if failed else SKIPPED
        case "one_done":  # an upstream_failed task is not done for this rule
            return None if success or count[FAILED] else SKIPPED
        case "none_failed":
            return UPSTREAM_FAILED if failed else None
        case "none_failed_min_one_success" | "none_failed_or_skipped":
            return UPSTREAM_FAILED if failed else SKIPPED if skipped == total else None
        case "all_done_min_one_success":
            return SKIPPED if skipped else None if success else UPSTREAM_FAILED
        case "all_done_setup_success":
            return _teardown(Counter(setups))
    raise ValueError(f"{rule!r} is no trigger rule of Airflow")


RUNNING_EARLY = frozenset({"one_success", "one_failed", "one_done"})
"""Rules by which one upstream task can be enough for a task to run."""

KNOWN_EARLY = {
    SKIPPED: frozenset({"all_success", "all_failed", "all_skipped", "none_skipped", "all_done_min_one_success"}),
    UPSTREAM_FAILED: PASSING_FAILURE_ON,
}
"""The rules by which one upstream task can be enough for a task to get this state, whatever the others do."""


def _teardown(setups: Counter[str]) -> str | None:
    """A teardown runs where one of its setups succeeded, or where it has none."""
    if setups[SUCCESS] or not setups:
        return None
    return SKIPPED if setups[SKIPPED] == setups.total() else UPSTREAM_FAILED
