"""A DAG with a task for each trigger rule and each combination of upstream states, as random_dags.py writes DAGs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

STATES = {"S": "success", "F": "failed", "K": "skipped", "U": "upstream_failed"}
BEHAVIOUR = {"S": "success", "F": "fail", "K": "skip", "U": "success"}


def rule_dag(rules: Sequence[str], combinations: Sequence[str], airflow: str) -> dict[str, Any]:
    """Tasks `RULE__STATES` after tasks that end in these states."""
    tasks = []
    for state, behaviour in BEHAVIOUR.items():
        for number in range(3):
            before = []
            if state == "U":
                tasks.append(plain_task(f"before{number}", [], behaviour="fail"))
                before = [f"before{number}"]
            tasks.append(plain_task(f"{state}{number}", before, behaviour=behaviour))
    for rule in rules:
        for states in combinations:
            upstream = [f"{state}{number}" for state, count in Counter(states).items() for number in range(count)]
            tasks.append(plain_task(f"{rule}__{states}", upstream, rule=rule))
    return {"dag_id": f"rules_{airflow}", "tasks": tasks, "group": None}


def plain_task(task_id: str, upstream: Sequence[str] = (), **fields: Any) -> dict[str, Any]:
    """One task; see random_dags.py for the fields."""
    behaviour = fields.pop("behaviour", "success")
    return {
        "id": task_id,
        "upstream": list(upstream),
        "rule": "all_success",
        "kind": "plain",
        "ignore": True,
        "choice": None,
        "behaviour": [behaviour] if isinstance(behaviour, str) else list(behaviour),
        "retries": 0,
        "setup": False,
        "teardown": None,
        "fail_run": False,
        "expand": None,
        "items": None,
        "in_group": False,
        **fields,
    }
