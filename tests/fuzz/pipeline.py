"""Random DAG files through the whole pipeline: converted, loaded and run on Dagster, and run on Airflow.

    python tests/fuzz/pipeline.py --line 3 --count 1000 --seed 1 [--python AIRFLOW_PYTHON] [--orders 4] [--shrink]

Needs the tool and Dagster here, and Airflow in AIRFLOW_PYTHON (this Python by default). Of each DAG the edges, the
states and tries of all task instances, the XComs and the run's state are compared. It prints how many are

    equal        the two engines agree
    admissible   they do not, but Airflow itself could have come to what Dagster did (see admissible.py)
    left         a task was left to a person, as a finding says
    refused      Airflow does not load the file
    differing    anything else: with the differences; --keep FOLDER keeps the DAG files, --shrink smaller ones

`--orders` runs each DAG that often on Airflow too, its tasks in random orders: all of that must be admissible.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1])]

from admissible import SKIPPED, Model  # noqa: E402
from making import random_shape  # noqa: E402
from shape import EARLY, Shape  # noqa: E402
from shrinking import smaller  # noqa: E402
from spelling import source_text  # noqa: E402
from support.converted import Converted, convert, without_airflow  # noqa: E402
from support.engines import DAGSTER_RUNNER, differences  # noqa: E402

AIRFLOW_RUNNER = HERE.parent / "support" / "airflow_orders.py"
BATCH = 200
DATES = {"@daily": "2024-01-02T00:00", "0 6 * * *": "2024-01-02T06:00", "30 4 * * 1-5": "2024-01-02T04:30"}
Record = dict[str, Any]
KINDS = ("equal", "admissible", "left", "refused", "differing")


@dataclass
class Verdict:
    """What came of one DAG: one of KINDS, and why."""

    kind: str
    reasons: list[str] = field(default_factory=list)
    orders: int = 0
    """Runs on Airflow in other orders, and how many ways they ended in."""
    ways: int = 0


@dataclass(frozen=True)
class Engines:
    """Where the engines are, and a folder for the empty Airflow database."""

    python: str
    cache: Path
    orders: int = 0

    def judge(self, shapes: Sequence[Shape], folder: Path) -> dict[str, Verdict]:
        """Each DAG through the pipeline."""
        dags = folder / "dags"
        dags.mkdir(parents=True)
        for shape in shapes:
            (dags / f"{shape.dag_id}.py").write_text(source_text(shape))
        with ThreadPoolExecutor() as pool:  # the two engines beside each other
            airflow = pool.submit(self.on_airflow, shapes, folder)
            converted = convert(dags, folder / "project")
            dagster = self.on_dagster(shapes, converted, folder)
        return {shape.dag_id: judged(shape, converted, airflow.result(), dagster) for shape in shapes}

    def on_airflow(self, shapes: Sequence[Shape], folder: Path) -> Record:
        runs = [
            {**request(shape), "file": f"{shape.dag_id}.py", "order": order}
            for order in (None, *range(self.orders))
            for shape in shapes
        ]
        for number, run in enumerate(runs):  # each run of a DAG has a date of its own
            later = number // len(shapes)
            if later:
                run["run_type"] = "manual"
                run["logical_date"] = f"2024-02-01T00:00:{later:02}+00:00"
        spec = {"dags_folder": str(folder / "dags"), "cache": str(self.cache), "runs": runs}
        quiet = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL"}
        return answer([self.python, str(AIRFLOW_RUNNER)], spec, {**os.environ, **quiet}, folder / "airflow")

    def on_dagster(self, shapes: Sequence[Shape], converted: Converted, folder: Path) -> Record:
        runs = [request(shape) for shape in shapes]
        spec = {"project": str(converted.folder), "package": converted.record["package"], "runs": runs}
        return answer([sys.executable, str(DAGSTER_RUNNER)], spec, without_airflow(), folder / "dagster")


def request(shape: Shape) -> Record:
    date = DATES.get(shape.schedule or "", "2024-01-02T00:00") + ":00+00:00"
    return {"dag_id": shape.dag_id, "run_type": shape.run_type, "logical_date": date}


def answer(command: Sequence[str], spec: Record, env: Mapping[str, str], name: Path) -> Record:
    asked, log = name.with_suffix(".json"), name.with_suffix(".log")
    asked.write_text(json.dumps(spec))
    with log.open("w") as errors:
        done = subprocess.run([*command, str(asked)], env=env, stdout=subprocess.PIPE, stderr=errors, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[-1]} ended with {done.returncode}\n{log.read_text()[-4000:]}")
    return dict(json.loads(done.stdout))


def judged(shape: Shape, converted: Converted, airflow: Record, dagster: Record) -> Verdict:
    """The verdict on one DAG."""
    dag_id = shape.dag_id
    refused = airflow["import_errors"].get(f"{dag_id}.py")
    if refused:
        return Verdict("refused", [refused.strip().splitlines()[-1]])
    if dag_id not in converted.dags:
        return Verdict("differing", ["it was not converted", *texts(converted, dag_id)])
    left = [task["task_id"] for task in converted.dags[dag_id]["tasks"] if task["fidelity"] == "manual"]
    first, *others = [run for run in airflow["runs"] if run["dag_id"] == dag_id]
    (ours,) = [run for run in dagster["runs"] if run["dag_id"] == dag_id]
    if "error" in first:
        return Verdict("refused", [first["error"].strip().splitlines()[-1]])
    graph = airflow["dags"][dag_id]
    found = [] if left else edges(converted, graph, dagster, dag_id)
    model = Model(shape, graph)
    by_hand = Model(replace(shape, run_type="manual"), graph)
    for other in others:
        found += [f"Airflow, in another order: {text}" for text in by_hand.violations(states(other), other["state"])]
    ways = {json.dumps(sorted(map(str, states(run).items()))) for run in others}
    counts = {"orders": len(others), "ways": len(ways)}
    found += [f"Airflow: {text}" for text in model.violations(states(first), first["state"])]
    if left or "error" in ours:
        kind = "left" if left and not found else "differing"
        return Verdict(kind, [*found, *texts(converted, dag_id), ours.get("error", "")], **counts)
    for run in (first, ours):
        normalise(shape, run)
    unequal = compared(graph, first, ours)
    if unequal and not found:
        wrong = model.violations(states(ours), ours["state"], loose=True)
        same = agreeing(graph, first, ours)
        wrong += [text for name in graph if name in same for text in different(graph, name, ours, first)]
        if not wrong:
            return Verdict("admissible", unequal, **counts)
        unequal = [*unequal, *(f"not admissible: {text}" for text in wrong)]
    return Verdict("differing" if found or unequal else "equal", [*found, *unequal], **counts)


def normalise(shape: Shape, run: Record) -> None:
    """What a LatestOnlyOperator returns is the list of a set of its children; whom a branch follows is no value."""
    names = {shape.id_of(task.name) for task in shape.tasks if task.role == "latest_only"}
    for row in (*run["tasks"], *run.get("xcoms", ())):
        if row["task_id"] in names and isinstance(row.get("value"), list):
            row["value"] = sorted(row["value"])
        if isinstance(row.get("value"), dict) and "skipmixin_key" in row["value"]:  # Airflow's is not looked at either
            rest = {key: value for key, value in row["value"].items() if key != "skipmixin_key"}
            row["value"] = rest["return_value"] if list(rest) == ["return_value"] else rest or None


def texts(converted: Converted, dag_id: str) -> list[str]:
    rows = [row for row in converted.record["findings"] if row["file"] == f"{dag_id}.py" and row["severity"] != "info"]
    return [f"{row['code']} {row['file']}:{row['line']} {row['message']}" for row in rows]


def edges(converted: Converted, graph: Mapping[str, Any], dagster: Record, dag_id: str) -> list[str]:
    """Where the DAG's assets wait for others than its tasks do."""
    found = []
    keys = {}
    for task_id, task in converted.tasks(dag_id).items():
        keys |= {"/".join(row["key"]): task_id for row in task["becomes"] if row["kind"] == "asset"}
    if missing := set(graph) ^ set(keys.values()):
        return [f"tasks: {sorted(missing)}"]
    for key, task_id in keys.items():
        upstream = sorted(keys[up] for up in dagster["assets"][key] if up in keys)
        if upstream != graph[task_id]["upstream"]:
            found.append(f"{task_id} is after {graph[task_id]['upstream']} in Airflow, after {upstream} in Dagster")
    return found


def states(run: Record) -> dict[tuple[str, int], str]:
    return {(task["task_id"], task["map_index"]): task["state"] for task in run["tasks"]}


def compared(graph: Mapping[str, Any], there: Record, here: Record) -> list[str]:
    names = dict.fromkeys(task["task_id"] for task in there["tasks"])
    found = [text for name in names for text in different(graph, name, here, there)]
    if there["state"] != here["state"]:
        found.append(f"the run is {here['state']} and not {there['state']}")
    return found


def different(graph: Mapping[str, Any], task_id: str, here: Record, there: Record) -> list[str]:
    """Differences of a task; but the asset of a mapped task is only there where no instance failed, and a task that
    need not wait may have run before a branch skipped it: what it pushed then stays in Airflow."""
    if graph[task_id]["rule"] in EARLY:
        gone = {key for key, state in states(there).items() if key[0] == task_id and state == SKIPPED}
        left = [row for row in there["xcoms"] if (row["task_id"], row["map_index"]) not in gone]
        there = {**there, "xcoms": left}
    failed = any(t["task_id"] == task_id and t["map_index"] >= 0 and "failed" in t["state"] for t in there["tasks"])
    return [text for text in differences(task_id, here, there) if not (failed and f"{task_id} left None, " in text)]


def agreeing(graph: Mapping[str, Any], there: Record, here: Record) -> set[str]:
    """The tasks that have the same states in both runs, and so have all that they depend on: their values are to be
    the same, too."""
    mine, theirs = states(here), states(there)
    different = {name for name, index in {*mine, *theirs} if mine.get((name, index)) != theirs.get((name, index))}
    changed = True
    while changed:
        more = {name for name, task in graph.items() if name not in different and different & set(task["upstream"])}
        different |= more
        changed = bool(more)
    return set(graph) - different


def main() -> int:
    options = parse()
    logging.disable(logging.CRITICAL)
    total: Counter[str] = Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as home:
        engines = Engines(options.python, options.cache or Path(home) / "cache", options.orders)
        for start in range(options.seed, options.seed + options.count, BATCH):
            seeds = range(start, min(start + BATCH, options.seed + options.count))
            shapes = [random_shape(seed, options.line) for seed in seeds]
            for dag_id, verdict in engines.judge(shapes, Path(home) / str(start)).items():
                total[verdict.kind] += 1
                total["runs in other orders"] += verdict.orders
                total["ways they ended"] += verdict.ways
                total["tasks"] += len(next(shape for shape in shapes if shape.dag_id == dag_id).tasks)
                if verdict.kind not in ("equal", "admissible") or (options.verbose and verdict.kind != "equal"):
                    print(f"{verdict.kind} {dag_id}\n    " + "\n    ".join(filter(None, verdict.reasons)))
                if verdict.kind == "differing":
                    keep(
                        next(shape for shape in shapes if shape.dag_id == dag_id), verdict, engines, options, Path(home)
                    )
            seconds = time.monotonic() - started
            print(f"{seeds.stop - options.seed} of {options.count} in {seconds:.0f} s: {summary(total)}", flush=True)
    return 1 if total["differing"] else 0


def summary(total: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in total.items() if count)


def keep(shape: Shape, verdict: Verdict, engines: Engines, options: argparse.Namespace, home: Path) -> None:
    if options.shrink:
        shape = smaller(shape, verdict, engines, home / f"shrinking-{shape.dag_id}")
        print(source_text(shape))
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        (options.keep / f"{shape.dag_id}.py").write_text(source_text(shape))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--line", choices=["2", "3"], required=True, help="the line of Airflow")
    parser.add_argument("--python", default=sys.executable, help="the Python that Airflow is installed for")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--orders", type=int, default=0, help="further runs of each DAG on Airflow, in random orders")
    parser.add_argument("--cache", type=Path, help="a folder where the empty Airflow database is kept")
    parser.add_argument("--keep", type=Path, help="a folder for the files of DAGs that differ")
    parser.add_argument("--shrink", action="store_true", help="look for a smaller DAG that differs in the same way")
    parser.add_argument("--verbose", action="store_true", help="print admissible differences, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
