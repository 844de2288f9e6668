"""graph: tasks, edges, groups, mapping and rules as Airflow loads them, against what Dagster reports as loaded.

migration.json says which asset or asset check a task has become; what waits for what is asked of Dagster. Trigger
rules, branches, setups and mapping are Airflow's words: in an outcome graph they are asked of the runtime's own tasks,
and where there is none, every rule has to come to the same as Dagster's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .evidence import Evidence, failed, passed
from .rules import FAILED, OLD_NAMES, SKIPPED, SUCCESS, UPSTREAM_FAILED, as_all_success
from .tries import differences_in_tries

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
    others = {task["trigger_rule"] for task in airflow["tasks"].values()} - {"all_success"}
    counted += f", {mapped} mapped" if mapped else ""
    return passed(dag_id, "graph", counted + (f", {', '.join(sorted(others))}" if others else ""))


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
        self.left = {task_id for task_id, record in self.records.items() if record["fidelity"] == "manual"}
        """What a person is to write fails until then: it has no rule and no mapping yet."""
        self.graph: Record | None = loaded["graphs"].get(dag["dag_id"])
        self.pulling = {row["task_id"] for row in findings if row["code"] == PULLED_WITHOUT_EDGE}

    def differences(self) -> Iterator[str]:
        yield from self.of_tasks()
        yield from self.of_nodes()
        yield from self.missing_edges()
        yield from self.extra_edges()
        yield from self.of_job()
        yield from self.of_tries()
        if self.graph is not None:
            yield from self.of_outcome_graph(self.graph)
        else:
            yield from self.of_plain_assets()

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

    def of_tries(self) -> Iterator[str]:
        for task_id in sorted((self.assets.keys() | self.checks.keys()) - self.left):
            if self.graph is not None and task_id in self.graph["tasks"]:
                ours = self.graph["tasks"][task_id]["tries"]
            elif task_id in self.assets:
                ours = self.loaded["assets"][self.assets[task_id]]["tries"]
            else:
                ours = self.loaded["checks"][self.checks[task_id]]["tries"]
            if ours is not None:
                yield from differences_in_tries(self.records[task_id], self.airflow["tasks"][task_id]["tries"], ours)

    def of_outcome_graph(self, graph: Record) -> Iterator[str]:
        theirs, ours = self.airflow["tasks"], graph["tasks"]
        mapped = {name: row["expand"] for name, row in self.airflow["groups"].items() if row["expand"] is not None}
        branching = any(task["kind"] == "branch" for task in theirs.values())
        for task_id in sorted(self.records.keys() - self.left):
            if task_id not in ours:
                if task_id in self.assets:
                    yield f"task {task_id} is not in the outcome graph of its DAG"
                continue
            expected, found = _in_words(theirs[task_id], ours), ours[task_id]
            for name, one in expected.items():
                if one != found[name]:
                    yield f"task {task_id}: {WORDS[name]} {_said(one)} in Airflow, {_said(found[name])} in Dagster"
            path = self.group_path(theirs[task_id]["group"])
            matters = branching or found["groups"] or mapped.keys() & set(path)  # a branch may name a group
            if matters and path != found["groups"]:
                yield f"task {task_id} is in the groups {path} in Airflow, {found['groups']} in Dagster"
        for group_id in sorted(mapped.keys() | graph["groups"].keys()):
            members = {name for name, task in theirs.items() if group_id in self.group_path(task["group"])}
            if members <= self.left:
                continue
            one, other = mapped.get(group_id), graph["groups"].get(group_id)
            if one != other:
                yield f"group {group_id}: {WORDS['expand']} {_said(one)} in Airflow, {_said(other)} in Dagster"

    def group_path(self, group_id: str | None) -> list[str]:
        """A group and those around it, the outermost first."""
        path: list[str] = []
        while group_id is not None and group_id in self.airflow["groups"]:
            path.insert(0, group_id)
            group_id = self.airflow["groups"][group_id]["parent"]
        return path

    def of_plain_assets(self) -> Iterator[str]:
        """Dagster itself runs what all before it has succeeded, and skips what comes after a skip."""
        theirs: Mapping[str, Record] = self.airflow["tasks"]
        for task_id in sorted((self.assets.keys() | self.checks.keys()) - self.left):
            task = theirs[task_id]
            if task["mapped"] or task["in_mapped_group"]:
                yield f"task {task_id} is mapped in Airflow, and is an ordinary asset in Dagster"
            possible = [self.possible(up) for up in task["upstream"] if up not in self.left]
            if not as_all_success(task["trigger_rule"], possible):
                yield f"task {task_id} runs by {task['trigger_rule']} in Airflow, like any asset in Dagster"

    def possible(self, task_id: str) -> set[str]:
        """The states a task may end in, as far as Airflow's graph and the loaded assets tell."""
        tasks = self.airflow["tasks"]
        above = {task_id, *self.ancestors(task_id)}
        deciding = any(tasks[name]["kind"] in ("branch", "short_circuit", "latest_only") for name in above)
        optional = any(self.loaded["assets"].get(self.assets.get(name, ""), {}).get("optional") for name in above)
        failing = any(tasks[name]["kind"] != "empty" for name in above)
        return {SUCCESS} | ({SKIPPED} if deciding or optional else set()) | (FAILURES if failing else set())

    def described(self, task_id: str) -> str:
        waits = ", ".join(sorted(self.owners.get(key, key) for key in self.parents(task_id)))
        return f"{task_id} waits for {waits or 'nothing'}"


FAILURES = {FAILED, UPSTREAM_FAILED}
WORDS = {
    "trigger_rule": "its trigger rule is",
    "upstream": "it waits for",
    "kind": "as to what runs after it, it is",
    "ignores_rules": "whether it skips all that comes after it is",
    "setup": "whether it is a setup is",
    "teardown": "whether it is a teardown is",
    "fails_run": "whether its failure as a teardown fails the run is",
    "expand": "it is expanded over",
}
DECIDING = ("branch", "short_circuit", "latest_only")


def _in_words(task: Record, known: Mapping[str, Any]) -> dict[str, Any]:
    """Airflow's task in the words of the outcome graph; edges to what is not in that graph are compared as keys."""
    kind = task["kind"] if task["kind"] in DECIDING else "plain"
    return {
        "trigger_rule": OLD_NAMES.get(task["trigger_rule"], task["trigger_rule"]),
        "upstream": [up for up in task["upstream"] if up in known],
        "kind": kind,
        **({"ignores_rules": task["ignores_rules"]} if kind == "short_circuit" else {}),
        "setup": task["setup"],
        "teardown": task["teardown"],
        **({"fails_run": task["fails_run"]} if task["teardown"] else {}),
        "expand": task["expand"],
    }


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return "arguments known at run time" if value["arguments"] is None else f"({', '.join(value['arguments'])})"
    if isinstance(value, list):
        return ", ".join(value) or "nothing"
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def key_text(key: list[str]) -> str:
    """Dagster's own spelling of a key, in which a slash inside a part is escaped."""
    return "/".join(part.replace("/", "\\/") for part in key)
