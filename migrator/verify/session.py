"""The course of a verification: which DAGs, which questions to which engine, and what evidence comes of the answers."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from ..own_files import COPIES
from ..read.discover import discover
from ..records import dataclass
from ..source import Span
from .evidence import KINDS, STOPPED, Evidence, Kind, Verification, failed, gist, not_run
from .execution import Execution, Plan, Side
from .graph import graph_evidence
from .load import load_evidence
from .plans import Chance, Dates
from .ticks import LEFT, Unmatched, Updates, ticks_evidence, ticks_question
from .workers import Probe, ProbeError, Stopped
from .world import World

Record = dict[str, Any]
Progress = Callable[[str, int, int], None]
NEED_AIRFLOW = frozenset(KINDS) - {"load"}
PREPARING = 300.0
"""Seconds that making an empty Airflow database may take."""
FEW = 10
"""Ticks that are asked for where they are not compared, for dates to run."""
EXECUTING: frozenset[Kind] = frozenset({"templates", "run", "effects"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to verify, and with what."""

    dags: Path
    defs: Path
    airflow_python: str = sys.executable
    dagster_python: str = sys.executable
    kinds: tuple[Kind, ...] = KINDS
    dag_ids: tuple[str, ...] = ()
    ticks: int = 200
    seconds: float = 60.0
    """The time limit of each DAG in each engine."""
    jobs: int = 1
    cache: Path | None = None
    """Where the empty Airflow database is kept from one verification to the next."""
    paths: tuple[Path, ...] = ()
    dates: Dates = field(default_factory=Dates)
    outcomes: Chance | None = None
    allow: tuple[str, ...] = ()
    world: Path | None = None

    @property
    def root(self) -> Path:
        return self.dags if self.dags.is_dir() else self.dags.parent


def warning(settings: Settings) -> str:
    """What is said before it starts: that user code is executed, and which."""
    runs = settings.outcomes is None and EXECUTING & set(settings.kinds)
    what = "the DAG files and their tasks (python and bash among them)" if runs else "the DAG files"
    if not NEED_AIRFLOW & set(settings.kinds):
        return f"migrate verify imports the generated code in {settings.defs}."
    return f"migrate verify executes {what} in {settings.dags}, and the generated code in {settings.defs}."


def verify(settings: Settings, progress: Progress | None = None) -> Verification:
    """Run both engines and compare. It executes the DAG files, and for runs their tasks.

    Raises FileNotFoundError where `defs` holds no migration.json, ValueError where it cannot be read or a DAG asked
    for is not in it, and ProbeError where one of the engines cannot be started.
    """
    migration = _migration(settings.defs / "migration.json")
    with tempfile.TemporaryDirectory(prefix="migrate-verify-", ignore_cleanup_errors=True) as home:
        session = Session(settings, migration, Path(home), progress or (lambda *_: None))
        try:
            return session.verification()
        finally:
            session.close()


def _migration(file: Path) -> Record:
    if not file.is_file():
        raise FileNotFoundError(f"{file.parent} is no project of migrate's: it has no {file.name}")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {**found, "dags": list(found["dags"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file} is not what migrate writes ({type(error).__name__}: {error})") from None


@dataclass
class Pair:
    """The engines of one worker."""

    airflow: Side
    dagster: Side
    loaded: Record | None = None


class Session:
    def __init__(self, settings: Settings, migration: Record, home: Path, progress: Progress) -> None:
        self.settings, self.home, self.progress = settings, home, progress
        self.dags: dict[str, Record] = {dag["dag_id"]: dag for dag in migration["dags"]}
        self.findings: list[Record] = migration["findings"]
        self.package: str = migration["package"]
        unknown = sorted({*settings.dag_ids, *settings.dates.single} - self.dags.keys())
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: not in {settings.defs / 'migration.json'}")
        self.pairs: list[Pair] = []
        self._mine = threading.local()
        self._looked: dict[str, Record] = {}
        self._lock = threading.Lock()

    # --- the course ---

    def verification(self) -> Verification:
        asked = self.settings.dag_ids or sorted(self.dags)
        first = self.pair()
        self.progress("Starting Dagster", 0, 0)
        self.loaded(first)
        if NEED_AIRFLOW & set(self.settings.kinds):
            self.progress("Starting Airflow", 0, 0)
            first.airflow.probe.start()
        if EXECUTING & set(self.settings.kinds):
            self.prepare(first)
        files = self.files(asked)
        total = len(files)
        self.progress("Verifying", 0, total)
        evidence, stopped = self.evidence(files)
        # What keeps the project from loading is told whoever was asked for.
        others = self.loaded(first).get("broken", {}).keys() - set(asked)
        evidence += [load_evidence(self.dags[dag_id], self.loaded(first)) for dag_id in others]
        places = {dag_id: Span(dag["file"], dag["line"]) for dag_id, dag in self.dags.items()}
        ordered = sorted(evidence, key=lambda one: (one.dag_id, KINDS.index(one.kind)))
        versions = (first.airflow.probe.version, first.dagster.probe.version)
        neutral = tuple(replace(one, detail=self.neutral(one.detail)) for one in ordered)
        about = {dag_id: self.about(dag) for dag_id, dag in self.dags.items()}
        return Verification(*versions, neutral, places, about, stopped)

    def evidence(self, files: Mapping[str, list[str]]) -> tuple[list[Evidence], bool]:
        """The evidence of all files, and whether it was stopped (Ctrl-C) before it had come to all of them."""
        stopped = False
        with ThreadPoolExecutor(max(1, min(self.settings.jobs, len(files)))) as pool:
            work = {pool.submit(self.of_file, *item): item for item in files.items()}
            try:
                for done, _ in enumerate(as_completed(work), 1):
                    self.progress("Verifying", done, len(files))
            except KeyboardInterrupt:
                stopped = True
                for one in work:
                    one.cancel()
                for pair in self.pairs:
                    pair.airflow.probe.halt()
                    pair.dagster.probe.halt()
        found: list[Evidence] = []
        for one, (_, dag_ids) in work.items():
            if stopped and (one.cancelled() or isinstance(one.exception(), Stopped)):
                found += (not_run(dag_id, kind, STOPPED) for dag_id in dag_ids for kind in self.settings.kinds)
            else:
                found += one.result()
        return found, stopped

    def neutral(self, text: str) -> str:
        """A text in which no place of this machine shows."""
        settings = self.settings
        for path, name in ((settings.defs, "{defs}"), (settings.root, "{dags}"), (self.home, "{home}")):
            text = text.replace(str(path.resolve()), name)
        return text

    def about(self, dag: Record) -> str:
        """A hash of a DAG's file and of the code of the project that it runs: its own, and what all DAGs share."""
        own = Path(dag["module"]).parent if dag["module"] else None
        others = {Path(other["module"]).parent for other in self.dags.values() if other["module"]} - {own}
        files = sorted((self.settings.defs / self.package).rglob("*.py"))
        shared = [file for file in files if not others & set(file.relative_to(self.settings.defs).parents)]
        found = hashlib.sha256()
        for file in (self.settings.root / dag["file"], *shared):
            if file.is_file():
                found.update(file.read_bytes() + b"\0")
        return found.hexdigest()[:16]

    def files(self, asked: Sequence[str]) -> dict[str, list[str]]:
        """The DAG files, with the DAGs of each that are asked for; unless some were, also files with no DAG known."""
        found: dict[str, list[str]] = {}
        for dag_id in asked:
            found.setdefault(self.dags[dag_id]["file"], []).append(dag_id)
        if not self.settings.dag_ids and "graph" in self.settings.kinds:
            for source in discover(self.settings.dags)[0]:
                found.setdefault(source.file, [])
        return dict(sorted(found.items()))

    def of_file(self, file: str, dag_ids: list[str]) -> list[Evidence]:
        """All evidence of the DAGs of a file."""
        pair = self.pair()
        found: list[Evidence] = []
        looked: Record = {"failed": "", "dags": {}}
        if NEED_AIRFLOW & set(self.settings.kinds):
            looked = self.look(pair, file)
        for dag_id in dag_ids:
            found += (self.hinted(pair, one) for one in self.all_of_dag(pair, dag_id, looked))
        if not self.settings.dag_ids:
            found += [
                failed(dag_id, "graph", f"Airflow finds this DAG in {file}; it is not in migration.json")
                for dag_id in sorted(looked["dags"].keys() - self.dags.keys())
            ]
        return found

    def all_of_dag(self, pair: Pair, dag_id: str, looked: Record) -> list[Evidence]:
        """The evidence of a DAG; where this tool itself fails on it, it says so of the rest."""
        found: list[Evidence] = []
        try:
            found.extend(self.of_dag(pair, dag_id, looked))
        except Stopped:
            raise
        except Exception as error:
            rest = [kind for kind in self.settings.kinds if kind not in {one.kind for one in found}]
            if isinstance(error, ProbeError):
                found += (not_run(dag_id, kind, str(error)) for kind in rest)
            else:
                text = f"migrate itself fails on it: {type(error).__name__}: {error}"
                found += (failed(dag_id, kind, text) for kind in rest)
        return found

    def hinted(self, pair: Pair, evidence: Evidence) -> Evidence:
        """What failed, and may have for being compared with another line of Airflow than the DAG was converted for."""
        line, version = self.dags[evidence.dag_id]["airflow"], pair.airflow.probe.version
        if evidence.outcome != "failed" or not version or (line == "3") == version.startswith("3."):
            return evidence
        hint = f"converted as a DAG of Airflow {line}, compared with {version}: see --airflow-version, --airflow-python"
        return replace(evidence, detail=f"{evidence.detail} ({hint})")

    def look(self, pair: Pair, file: str) -> Record:
        """What Airflow makes of a DAG file; asked once."""
        if file not in self._looked:
            try:
                self._looked[file] = self._look(pair, file)
            except ProbeError as error:
                self._looked[file] = {"failed": str(error), "dags": {}}
        return self._looked[file]

    def _look(self, pair: Pair, file: str) -> Record:
        forced = self.settings.outcomes.runs if self.settings.outcomes is not None else 0
        ticks = max(self.settings.ticks if "ticks" in self.settings.kinds else FEW, forced)
        question = {"file": file, "ticks": ticks, "dates": self.settings.dates.given()}
        answer = pair.airflow.probe.ask("look", self.settings.seconds, **question)
        if "no such table" in json.dumps(answer):  # an asset alias is looked up while a file is loaded
            self.prepare(pair)
            answer = pair.airflow.probe.ask("look", self.settings.seconds, **question)
        if "error" in answer:
            return {"failed": answer["error"], "dags": {}}
        return answer

    def of_dag(self, pair: Pair, dag_id: str, looked: Record) -> Iterator[Evidence]:
        dag, loaded = self.dags[dag_id], self.loaded(pair)
        findings = [row for row in self.findings if row["dag_id"] == dag_id]
        kinds = self.settings.kinds
        broken = dag_id in loaded.get("broken", ())
        lost = loaded.get("error") or loaded["failed"] or broken or not dag["module"]
        if "load" in kinds or lost:  # what is lost is told whatever was asked for
            yield load_evidence(dag, loaded)
        rest = [kind for kind in KINDS if kind in kinds and kind != "load"]
        obstacle = self.obstacle(dag, looked)
        if obstacle is None and lost:
            obstacle = f"{'its generated code' if broken else 'the generated project'} does not load"
        airflow = looked["dags"].get(dag_id)
        runs: list[Kind] = [kind for kind in rest if kind in EXECUTING]
        for kind in rest:
            started = time.monotonic()
            if obstacle is not None:
                yield not_run(dag_id, kind, obstacle)
            elif kind == "graph":
                yield graph_evidence(dag, airflow, loaded, findings)
            elif kind == "ticks":
                one = self.ticks(pair, dag, airflow, findings)
                yield replace(one, seconds=time.monotonic() - started)
            elif kind == runs[0]:
                self.prepare(pair)
                execution = Execution(self.plan(dag_id), pair.airflow, pair.dagster, dag, airflow, loaded)
                yield from execution.evidence(runs, findings)

    def ticks(self, pair: Pair, dag: Record, airflow: Record, findings: list[Record]) -> Evidence:
        dag_id, condition = dag["dag_id"], airflow["condition"]
        if "error" in airflow:
            return not_run(dag_id, "ticks", f"Airflow's timetable fails: {gist(airflow['error'])}")
        if airflow["unsteady"]:
            return not_run(dag_id, "ticks", "asked twice, its own timetable plans different runs: it reckons from now")
        left = next((row for row in findings if row["code"] in LEFT), None)
        if airflow["partitioned"] and condition is not None and left is None:
            return not_run(dag_id, "ticks", "its runs are about partitions of assets, and no updates of those are made")
        producers = self.producers(pair) if condition is not None else {}
        try:
            updates = Updates(dag_id, condition, producers, self.loaded(pair)["external"])
        except Unmatched as error:
            if left is not None:
                return not_run(dag_id, "ticks", f"{left['code']}: {left['message']}")
            return failed(dag_id, "ticks", str(error))
        question = ticks_question(dag, airflow, updates.made)
        answer = pair.dagster.probe.ask("ticks", self.settings.seconds, **question)
        return ticks_evidence(dag, airflow, answer, findings, updates)

    def producers(self, pair: Pair) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
        """By an Airflow asset's URI and name: the Dagster assets of the tasks that have it among their outlets."""
        found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for file in sorted({dag["file"] for dag in self.dags.values()}):
            for dag_id, dag in self.look(pair, file)["dags"].items():
                for task in self.dags.get(dag_id, {"tasks": ()})["tasks"]:
                    keys = [tuple(row["key"]) for row in task["becomes"] if row["kind"] == "asset"]
                    for names in dag["tasks"].get(task["task_id"], {"outlets": ()})["outlets"]:
                        found.setdefault(tuple(names), []).extend(keys)
        return found

    def prepare(self, pair: Pair) -> None:
        """Have the empty Airflow database that runs start from."""
        made = pair.airflow.probe.ask("prepare", PREPARING)
        if "error" in made:
            raise ProbeError(f"Airflow's database could not be made: {gist(made['error'])}")

    def plan(self, dag_id: str) -> Plan:
        settings = self.settings
        dates, has_world = settings.dates.of(dag_id), settings.world is not None
        return Plan(dates, settings.outcomes, settings.allow, settings.seconds, has_world)

    def obstacle(self, dag: Record, looked: Record) -> str | None:
        """Why there is nothing to compare with."""
        if dag["dag_id"] in looked["dags"]:
            return None
        if looked["failed"]:
            return f"Airflow does not load {dag['file']}: {gist(looked['failed'])}"
        return f"Airflow finds no such DAG in {dag['file']}"

    # --- the engines ---

    def loaded(self, pair: Pair) -> Record:
        if pair.loaded is None:
            pair.loaded = pair.dagster.probe.ask("load", max(self.settings.seconds, 60))
        return pair.loaded

    def pair(self) -> Pair:
        """The engines of this thread."""
        found: Pair | None = getattr(self._mine, "pair", None)
        if found is None:
            with self._lock:
                found = self._make_pair(self.home / f"worker{len(self.pairs)}")
                self.pairs.append(found)
            self._mine.pair = found
        return found

    def _make_pair(self, folder: Path) -> Pair:
        settings = self.settings
        airflow = {
            "folder": str(settings.root.resolve()),
            "paths": [str(path.resolve()) for path in settings.paths],
            "home": str(folder / "airflow"),
            "cache": str(settings.cache or self.home / "cache"),
        }
        dagster = {
            "project": str(settings.defs.resolve()),
            "home": str(folder / "dagster"),
            "seconds": settings.seconds,
        }
        there = World(settings.world, folder / "airflow" / "world", "airflow", settings.root)
        here = World(settings.world, folder / "dagster" / "world", "dagster", settings.defs / self.package / COPIES)
        for world in (there, here):
            world.renew()
        return Pair(
            Side(Probe("airflow", settings.airflow_python, airflow, there.env(), there.folder), there),
            Side(Probe("dagster", settings.dagster_python, dagster, here.env(), here.folder), here),
        )

    def close(self) -> None:
        for pair in self.pairs:
            pair.airflow.probe.close()
            pair.dagster.probe.close()


__all__ = ["ProbeError", "Settings", "verify", "warning"]
