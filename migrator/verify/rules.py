"""What Airflow's trigger rules decide, by the states a task's upstream tasks end in: all that Airflow may come to.

Written from what Airflow 2.11 and 3.3 do, and not from the generated project's runtime, which it is there to judge.
https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#trigger-rules
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import product

RUN, SKIPPED, UPSTREAM_FAILED = "run", "skipped", "upstream_failed"
SUCCESS, FAILED = "success", "failed"
OLD_NAMES = {"dummy": "always", "none_failed_or_skipped": "none_failed_min_one_success"}
EARLY = frozenset({"one_success", "one_failed", "one_done", "always"})
"""Rules by which a task may start before all its upstream tasks have ended."""
MOST = 5
"""Upstream tasks whose states are gone through in every combination."""


def decisions(rule: str, states: Sequence[str]) -> frozenset[str]:
    """What becomes of a task whose upstream tasks, or their instances, have ended in these states.

    More than one where Airflow leaves it to chance: by `all_success`, what ends first decides between a skip and a
    failure. Empty for a rule that is not known.
    """
    rule = OLD_NAMES.get(rule, rule)
    some_good, some_skipped = SUCCESS in states, SKIPPED in states
    broken = FAILED in states or UPSTREAM_FAILED in states
    only_skipped = set(states) == {SKIPPED}
    done = FAILED in states or some_good
    if not states or rule in ("always", "all_done"):
        found: Iterable[str] = [RUN]
    elif rule == "all_success":
        found = [UPSTREAM_FAILED] * broken + [SKIPPED] * some_skipped or [RUN]
    elif rule == "all_failed":
        found = [SKIPPED if some_good or some_skipped else RUN]
    elif rule == "all_skipped":
        found = [SKIPPED if some_good or broken else RUN]
    elif rule == "one_success":
        found = [RUN if some_good else SKIPPED if only_skipped else UPSTREAM_FAILED]
    elif rule == "one_failed":
        found = [RUN if broken else SKIPPED]
    elif rule == "one_done":
        found = [RUN if done else SKIPPED]
    elif rule == "none_failed":
        found = [UPSTREAM_FAILED if broken else RUN]
    elif rule == "none_failed_min_one_success":
        found = [UPSTREAM_FAILED if broken else SKIPPED if only_skipped else RUN]
    elif rule == "none_skipped":
        found = [SKIPPED if some_skipped else RUN]
    elif rule == "all_done_min_one_success":
        found = [SKIPPED if some_skipped else RUN if some_good else UPSTREAM_FAILED]
    else:
        found = []
    return frozenset(found)


def as_all_success(rule: str, possible: Sequence[Collection[str]]) -> bool:
    """Whether a rule decides as `all_success` does, whatever of the possible states each upstream task ends in."""
    if OLD_NAMES.get(rule, rule) == "all_success" or not possible:
        return True
    kinds = possible if len(possible) <= MOST else [sorted(set().union(*possible))] * MOST
    return all(decisions(rule, states) & decisions("all_success", states) for states in product(*kinds))
