"""A folder of DAG files in, a Project out: every file is read on its own, as Airflow's DAG processor loads it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from .. import findings as findings_
from ..airflow_model import AirflowLine, Dag, Module, OwnFile, Project
from ..findings import Finding
from ..records import dataclass
from ..source import SourceFile, Span
from . import names
from .airflow.freeze import Freezer
from .airflow.graph import freeze_dag
from .airflow_api import AirflowApi
from .discover import decode, discover
from .interpreter import Interpreter
from .modules import ModuleFinder
from .own_files import own_files
from .supplied import NOTHING, Supplied
from .trees import with_deep_stack

ENOUGH_TO_SHARE = 1_000_000
"""Characters of DAG files: fewer are read faster here than other processes start."""
STOPPED = frozenset({"A2D005", "A2D008", "A2D015"})
"""Findings after which a DAG of the file may lack tasks or edges."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one DAG file gave. Of the modules it imports those that are not an earlier file's too."""

    file: str
    dags: tuple[Dag, ...]
    modules: tuple[Module, ...]
    findings: tuple[Finding, ...]
    templates: Mapping[tuple[str, str], SourceFile] = field(default_factory=dict)
    own_files: Mapping[str, tuple[OwnFile, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads DAG files below `root`; `paths` are further folders imports are looked up in. `code` is that of `read`."""

    root: Path
    paths: tuple[Path, ...] = ()
    line: AirflowLine | None = None
    code: bool = True
    supplied: Supplied = NOTHING

    def read(self, sources: Sequence[SourceFile], progress: Callable[[int, int], None] | None = None) -> list[Reading]:
        """Read some DAG files."""
        return with_deep_stack(lambda: list(self._read_each(sources, progress or _silent)))

    def _read_each(self, sources: Sequence[SourceFile], progress: Callable[[int, int], None]) -> Iterator[Reading]:
        finder = ModuleFinder(self.root, self.paths)
        met: set[str] = set()
        files: dict[str, tuple[OwnFile, ...]] = {}
        for number, source in enumerate(sources):
            progress(number, len(sources))
            yield self._read_one(source, finder, met, files)

    def _read_one(
        self, source: SourceFile, finder: ModuleFinder, met: set[str], files: dict[str, tuple[OwnFile, ...]]
    ) -> Reading:
        """Read one DAG file. Whatever goes wrong in here is a finding: one file never stops the rest."""
        try:
            return self._read(source, finder, met, files)
        except Exception as error:
            message = f"reading the file failed in migrate itself ({type(error).__name__}: {error})"
            return Reading(source.file, (), (), (Finding("A2D410", message, Span(source.file, 1)),))

    def _read(
        self, source: SourceFile, finder: ModuleFinder, met: set[str], files: dict[str, tuple[OwnFile, ...]]
    ) -> Reading:
        api = AirflowApi(source.file, self.line)
        interpreter = Interpreter(api, finder)
        interpreter.provenance, interpreter.supplied = self.code, self.supplied
        interpreter.run_file(source)
        line = api.line()
        found = list(interpreter.findings)
        stopped = tuple(f for f in found if f.code in STOPPED)
        freezer = Freezer(self.code)
        dags: list[Dag] = []
        for built in api.session.collected:
            if built.nameless:
                continue
            dag, more = freeze_dag(built, source.file, line, freezer)
            found += more
            if stopped:
                dag = replace(dag, complete=False, incomplete_because=(*dag.incomplete_because, *stopped))
            dags.append(dag)
        dags, twice = _unique(dags)
        found += [*twice, *_about_file(source, dags, api, found)]
        if self.code:
            interpreter.run_imports_in_functions()
        paths = set(freezer.paths)
        wanted = [m for f, m in sorted(interpreter.modules.items()) if f not in met or f == source.file]
        modules = tuple(freezer.module(module) for module in wanted)
        met.update(interpreter.modules)
        paths |= {path.path for module in modules for path in module.own_paths}
        own = own_files(paths, finder, files) if self.code else {}
        templates = _templates(dags, finder) if self.code else {}
        ordered = tuple(sorted(dict.fromkeys(found), key=findings_.order))
        return Reading(source.file, tuple(dags), modules, ordered, templates, own)


def _templates(dags: Iterable[Dag], finder: ModuleFinder) -> dict[tuple[str, str], SourceFile]:
    from .template_files import template_files  # which brings Jinja: an inspection starts faster without

    found: dict[tuple[str, str], SourceFile] = {}
    for dag in dags:
        found |= template_files(dag, lambda path: _text(finder, path))
    return found


def _text(finder: ModuleFinder, path: str) -> str | None:
    """The text of a file in the given folders."""
    data = finder.read(path)
    text = decode(data) if data is not None else None
    return text if isinstance(text, str) else None


def _about_file(source: SourceFile, dags: Sequence[Dag], api: AirflowApi, found: Iterable[Finding]) -> list[Finding]:
    place = Span(source.file, 1)
    if not dags:
        return [] if any(f.severity == "error" for f in found) else [Finding("A2D006", "no DAG is defined here", place)]
    known = [names.lines(p) for p in api.imported if names.lines(p)]
    either = not known or all({"2", "3"} <= lines for lines in known)
    old = any(a.name in ("schedule_interval", "timetable") for dag in dags for a in dag.arguments)
    if api.forced is None and either and not old:
        return [Finding("A2D110", f"read as Airflow {api.line()}: nothing it imports tells 2 and 3 apart", place)]
    return []


def _unique(dags: Sequence[Dag]) -> tuple[list[Dag], list[Finding]]:
    """The first DAG of every id, and a finding for each further one that is not the same DAG seen again."""
    first: dict[str, Dag] = {}
    twice: list[Finding] = []
    for dag in dags:
        known = first.setdefault(dag.dag_id, dag)
        if known is not dag and known.span != dag.span:
            message = f"dag_id {dag.dag_id!r} is used twice"
            twice.append(
                Finding("A2D101", message, dag.span, (("the one that is kept", known.span),), dag_id=dag.dag_id)
            )
    return list(first.values()), twice


def read(
    root: Path,
    *,
    extra_paths: Sequence[Path] = (),
    airflow_version: AirflowLine | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    code: bool = True,
    supplied: Supplied = NOTHING,
) -> Project:
    """Read every DAG file below `root` (a folder, or one file) without running any.

    `extra_paths` are further folders of the user's modules; `airflow_version` is "1", "2" or "3" where the files'
    imports should not decide; `jobs` the number of processes (default: one a processor when there are files enough).
    The result does not depend on `jobs`. `progress` is called with the number of files read and of all. Without `code`
    the result lacks what only a translation needs, and comes sooner: what is in functions, the items of modules and
    template files. `supplied` are values that the user says variables have. Raises nothing for what files contain.
    """
    sources, found = discover(root)
    base = root if root.is_dir() else root.parent
    if not sources and not found:
        found = [Finding("A2D007", f"no DAG file in {root.name}")]
    reader = Reader(base, tuple(extra_paths), airflow_version, code, supplied)
    readings = _read_all(reader, sources, jobs, progress or _silent)
    home = {s.file for s in sources}
    unique, twice = _unique(_at_home(readings, home))
    modules: dict[str, Module] = {}
    for reading in readings:
        for module in reading.modules:
            if module.source.file not in modules or module.source.file == reading.file:
                modules[module.source.file] = module
    kept = {(d.file, d.dag_id) for d in unique}
    templates = {key: file for r in readings for key, file in sorted(r.templates.items()) if (r.file, key[0]) in kept}
    everything = [*found, *twice, *(f for r in readings for f in r.findings)]
    return Project(
        tuple(unique),
        tuple(s.file for s in sources),
        {file: modules[file] for file in sorted(modules)},
        tuple(sorted(dict.fromkeys(everything), key=findings_.order)),
        templates,
        {path: files for r in readings for path, files in r.own_files.items()},
    )


def _at_home(readings: Sequence[Reading], home: set[str]) -> list[Dag]:
    """All DAGs, by file. One that a file only imports belongs to the file that defines it, if that gave it too."""
    defined = {(d.dag_id, d.span) for r in readings for d in r.dags if d.span.file == r.file}
    return [
        d
        for r in readings
        for d in r.dags
        if d.span.file == r.file or d.span.file not in home or (d.dag_id, d.span) not in defined
    ]


def _read_all(
    reader: Reader, sources: Sequence[SourceFile], jobs: int | None, progress: Callable[[int, int], None]
) -> list[Reading]:
    workers = min(jobs or os.cpu_count() or 1, len(sources))
    if workers <= 1 or (jobs is None and sum(len(s.text) for s in sources) < ENOUGH_TO_SHARE):
        return reader.read(sources, progress)
    from .sharing import shared

    readings: list[Reading] = []
    for some in shared(reader.read, sources, workers):
        readings += some
        progress(len(readings), len(sources))
    return readings


def _silent(done: int, total: int) -> None:
    """Tell nobody."""
