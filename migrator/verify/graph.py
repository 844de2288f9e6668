"""graph: tasks, edges and groups as Airflow loads them, against what Dagster reports of the loaded definitions.

migration.json says which asset or asset check a task has become; what waits for what is asked of Dagster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .evidence import Evidence, failed, passed

Record = Mapping[str, Any]
PULLED_WITHOUT_EDGE = "A2D502"


def graph_evidence(dag: Record, airflow: Record, loaded: Record, findings: Sequence[Record]) -> Evidence:
    """`airflow` is the DAG as the Airflow probe describes it; `findings` are those of migration.json about the DAG."""
    dag_id = dag["dag_id"]
    difference = next(Graphs(dag, airflow, loaded, findings).differences(), None)
    if difference is not None:
        return failed(dag_id, "graph", difference + already_found(findings))
    mapped = sum(task["mapped"] or task["in_mapped_group"] for task in airflow["tasks"].values())
    counted = f"{len(airflow['tasks'])} tasks, {len(airflow['edges'])} edges"
    return passed(dag_id, "graph", counted + (f", {mapped} mapped" if mapped else ""))


def already_found(findings: Sequence[Record]) -> str:
    """The findings of the conversion that spoke of the graph before."""
    codes = sorted({row["code"] for row in findings if row["code"][3] in "04" and row["severity"] != "info"})
    return f" (the conversion found {', '.join(codes)})" if codes else ""


class Graphs:
    """The two graphs of one DAG."""

    def __init__(self, dag: Record, airflow: Record, loaded: Record, findings: Sequence[Record]) -> None:
        self.dag, self.airflow, self.loaded = dag, airflow, loaded
        self.records: dict[str, Record] = {task["task_id"]: task for task in dag["tasks"]}
        self.assets: dict[str, str] = {}  # task -> asset key
        self.checks: dict[str, str] = {}  # task -> asset key and name of its check
        for task_id, record in self.records.items():
            for row in record["becomes"]:
                if row["kind"] == "asset":
                    self.assets[task_id] = key_text(row["key"])
                elif row["kind"] == "asset_check":
                    self.checks[task_id] = f"{key_text(row['key'])}:{row['name']}"
        self.owners = {key: task_id for task_id, key in self.assets.items()}
        self.pulling = {row["task_id"] for row in findings if row["code"] == PULLED_WITHOUT_EDGE}

    def differences(self) -> Iterator[str]:
        yield from self.of_tasks()
        yield from self.of_nodes()
        yield from self.missing_edges()
        yield from self.extra_edges()
        yield from self.of_job()

    def of_tasks(self) -> Iterator[str]:
        theirs = self.airflow["tasks"]
        for task_id in sorted(theirs.keys() - self.records.keys()):
            yield f"task {task_id} of Airflow is not in migration.json"
        for task_id in sorted(self.records.keys() - theirs.keys()):
            yield f"task {task_id} of migration.json is not in Airflow"
        for task_id, record in self.records.items():
            task = theirs[task_id]
            if record["operator"] != task["operator"]:
                yield f"task {task_id} is a {task['operator']} in Airflow, a {record['operator']} in migration.json"
            if (record["group"] or None) != (task["group"] or None):
                yield f"task {task_id} is in group {task['group']} in Airflow, in {record['group']} in migration.json"

    def of_nodes(self) -> Iterator[str]:
        for task_id, key in self.assets.items():
            if key not in self.loaded["assets"]:
                yield f"task {task_id} became asset {key}, which Dagster does not know"
            elif (said := self.loaded["assets"][key]["task"]) not in (None, task_id):
                yield f"asset {key} should be task {task_id}, and says it is {said}"
        for task_id, name in self.checks.items():
            if name not in self.loaded["checks"]:
                yield f"task {task_id} became asset check {name}, which Dagster does not know"
        for task_id, record in self.records.items():
            if not record["becomes"]:
                yield f"task {task_id} became nothing"

    def parents(self, task_id: str) -> set[str]:
        """The keys of the assets that the task's asset or check waits for."""
        if task_id in self.assets:
            return set(self.loaded["assets"][self.assets[task_id]]["parents"])
        if task_id in self.checks:
            return set(self.loaded["checks"][self.checks[task_id]]["parents"])
        return set()

    def missing_edges(self) -> Iterator[str]:
        for up, down in self.airflow["edges"]:
            if not self.is_there(up, down):
                yield f"Airflow's edge {up} -> {down} is not in Dagster: {self.described(down)}"

    def is_there(self, up: str, down: str) -> bool:
        seen = self.assets.keys() | self.checks.keys()
        if not {up, down} <= seen:
            return True  # absorbed, or a sensor: Dagster's asset graph does not show it
        if up in self.assets:
            return self.assets[up] in self.parents(down)
        # What a blocking check holds up is what depends on its asset.
        check = self.loaded["checks"][self.checks[up]]
        return check["blocking"] and check["asset"] in self.parents(down)

    def extra_edges(self) -> Iterator[str]:
        """Only what comes before a task in Airflow may be waited for: an XCom may be pulled from further up."""
        for task_id in self.records:
            before = self.ancestors(task_id)
            for key in sorted(self.parents(task_id)):
                owner = self.owners.get(key)
                if owner not in (None, task_id) and owner not in before and task_id not in self.pulling:
                    yield f"in Dagster {task_id} waits for {owner}, which does not come before it in Airflow"

    def ancestors(self, task_id: str) -> set[str]:
        found: set[str] = set()
        todo = [task_id]
        while todo:
            for up in self.airflow["tasks"][todo.pop()]["upstream"]:
                if up not in found:
                    found.add(up)
                    todo.append(up)
        return found

    def of_job(self) -> Iterator[str]:
        job = (self.dag["job"] or {}).get("name")
        if job is None:
            return
        if job not in self.loaded["jobs"]:
            yield f"Dagster does not know the job {job}"
            return
        selected = set(self.loaded["jobs"][job])
        for task_id, key in self.assets.items():
            if key not in selected:
                yield f"the job {job} does not run asset {key} of task {task_id}"
        for key in sorted(selected - set(self.assets.values())):
            if key in self.loaded["assets"] and self.loaded["assets"][key]["task"] is not None:
                yield f"the job {job} also runs asset {key}, which is no task of this DAG"

    def described(self, task_id: str) -> str:
        waits = ", ".join(sorted(self.owners.get(key, key) for key in self.parents(task_id)))
        return f"{task_id} waits for {waits or 'nothing'}"


def key_text(key: list[str]) -> str:
    """Dagster's own spelling of a key, in which a slash inside a part is escaped."""
    return "/".join(part.replace("/", "\\/") for part in key)
