"""From a migration to what the pages show. Pure; nothing here knows HTML but the highlighted lines."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .. import airflow_model as am
from .. import dagster_model as dm
from ..codes import CODES
from ..findings import Finding
from ..inspect_json import plain
from ..source import Span
from . import names
from .effort import Effort, effort
from .evidence import NONE, Evidence
from .firetimes import fire_times
from .graphs import Graph, Marks, airflow_graph, dagster_graph, is_branch
from .model import (
    FIDELITIES,
    SEVERITIES,
    ArgumentView,
    Automation,
    Became,
    CodeView,
    DagRow,
    DagView,
    FindingView,
    IndexView,
    Line,
    Place,
    SourceView,
    TaskView,
)
from .placing import Placed, collapsed, direction_of, placed
from .secrets import masked, masked_value
from .sources import highlighted
from .words import schedule_in_words

if TYPE_CHECKING:
    from .. import Migration
    from ..write.rendered import Position


@dataclass(frozen=True)
class Builder:
    """Makes the views of one migration. `source`: whether code is shown."""

    migration: Migration
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    source: bool = True

    # --- what is asked for often -----------------------------------------------------------------------------------

    @cached_property
    def dags(self) -> tuple[am.Dag, ...]:
        """One DAG an id, by id. Of two with the same id only the first was converted; the finding says so."""
        found: dict[str, am.Dag] = {}
        for dag in self.migration.airflow.dags:
            found.setdefault(dag.dag_id, dag)
        return tuple(found[name] for name in sorted(found))

    @cached_property
    def pages(self) -> dict[str, str]:
        return names.pages(dag.dag_id for dag in self.dags)

    @cached_property
    def records(self) -> dict[str, dm.DagRecord]:
        written = self.migration.rendered.modules
        return {record.dag_id: record for record in self.migration.rendered.records if record.dag_id in written}

    @cached_property
    def _findings(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = defaultdict(list)
        known = {dag.dag_id for dag in self.dags}
        files: dict[str, list[str]] = defaultdict(list)
        for dag in self.dags:
            files[dag.file].append(dag.dag_id)
        for finding in self.migration.findings:
            if finding.dag_id in known:
                found[finding.dag_id or ""].append(finding)
            else:
                owners = files.get(finding.span.file, []) if finding.span is not None else []
                for dag_id in owners or [""]:
                    found[dag_id].append(finding)
        return found

    @cached_property
    def _automation(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for dag_id, kind, name in self.migration.rendered.automation:
            found[dag_id].append((kind, name))
        return found

    @cached_property
    def _becomes(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for (dag_id, _, _), position in self.migration.rendered.becomes.items():
            found[dag_id].add(position.file)
        return found

    @cached_property
    def _template_files(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for (dag_id, _), file in sorted(self.migration.airflow.template_files.items(), key=lambda item: item[0]):
            if file.file not in found[dag_id]:
                found[dag_id].append(file.file)
        return found

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The text of the user's files by path, helper modules and template files included."""
        project = self.migration.airflow
        texts = {file.file: file.text for file in project.template_files.values()}
        texts |= {function.source.file: function.source.text for function in project.functions()}
        return texts | {module.source.file: module.source.text for module in project.modules.values()}

    def fingerprint(self, dag: am.Dag) -> str:
        """A hash of everything of a DAG that evidence is about: its source, what was read of it, what was generated."""
        texts = [self._texts[file] for file in self._left_files(dag)]
        texts += [self.migration.rendered.files[file] for file in self._right_files(dag)]
        texts.append(repr(self.records.get(dag.dag_id)))
        return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()

    # --- one DAG ---------------------------------------------------------------------------------------------------

    def dag(self, dag: am.Dag) -> DagView:
        """Everything a DAG's page shows."""
        record = self.records.get(dag.dag_id)
        module = self.migration.rendered.dags.get(dag.dag_id)
        task_records = {task.task_id: task for task in record.tasks} if record is not None else {}
        index = {task.task_id: number for number, task in enumerate(dag.tasks)}
        anchors = {task_id: f"task-{name}" for task_id, name in names.slugs(index).items()}
        files = _Files(self._left_files(dag), self._right_files(dag), self.source)
        findings = tuple(self._finding_views(dag, index, files))
        by_task: dict[int, list[FindingView]] = defaultdict(list)
        for finding in findings:
            if finding.task is not None:
                by_task[finding.task].append(finding)
        tasks = tuple(
            self._task(dag, task, task_records.get(task.task_id), index, anchors, tuple(by_task[number]), files)
            for number, task in enumerate(dag.tasks)
        )
        marks = Marks(
            index,
            {task.task_id: task.fidelity for task in tasks},
            {task.task_id: _worst(task.findings) for task in tasks if task.findings},
            anchors,
        )
        left = airflow_graph(dag, marks)
        relative = {dag_id: PurePosixPath(page).name for dag_id, page in self.pages.items() if dag_id != dag.dag_id}
        right = dagster_graph(dag, module, record, marks, relative)
        direction = direction_of(left)
        automation = tuple(self._automation_of(dag, module, files))
        row = self.row(dag)
        return DagView(
            dag_id=dag.dag_id,
            fingerprint=self.fingerprint(dag),
            page=row.page,
            file=dag.file,
            line=dag.span.line,
            airflow=dag.airflow,
            schedule=row.schedule,
            cron=row.cron,
            description=_description(dag),
            form=row.form,
            reason=record.reason if record is not None else "",
            complete=dag.complete,
            partitioned=record.partitioned if record is not None else False,
            written=row.written,
            facts=tuple(_facts(dag)),
            tags=row.tags,
            counts=row.counts,
            severities=row.severities,
            effort=row.effort,
            evidence=row.evidence,
            tasks=tasks,
            arguments=tuple(self._arguments(dag.arguments, record.arguments if record is not None else ())),
            automation=automation,
            findings=findings,
            times=fire_times(dag, module),
            left=placed(left, direction),
            right=placed(right, direction),
            left_groups=_collapsed(left),
            right_groups=_collapsed(right),
            sources=tuple(self._sources(dag, tasks, findings, files)),
            generated=tuple(self._generated(tasks, automation, files)),
        )

    def row(self, dag: am.Dag) -> DagRow:
        """The DAG in the index."""
        record = self.records.get(dag.dag_id)
        fidelity = Counter[str](task.fidelity for task in record.tasks) if record is not None else Counter[str]()
        fidelity["lost"] = max(len(dag.tasks) - fidelity.total(), 0)
        findings = self._findings[dag.dag_id]
        severity = Counter[str](finding.severity for finding in findings)
        return DagRow(
            dag_id=dag.dag_id,
            page=self.pages[dag.dag_id],
            file=dag.file,
            line=dag.span.line,
            airflow=dag.airflow,
            schedule=schedule_in_words(dag.schedule),
            cron=_cron(dag.schedule),
            form=record.form if record is not None else "",
            complete=dag.complete,
            written=record is not None,
            total=fidelity.total(),
            counts={name: fidelity[name] for name in FIDELITIES},
            severities={name: severity[name] for name in SEVERITIES},
            effort=effort(record, fidelity["lost"], findings, dag.complete),
            evidence=self.evidence.get(dag.dag_id, NONE),
            tags=tuple(str(tag) for tag in dag.tags if isinstance(tag, str)),
        )

    def _task(
        self,
        dag: am.Dag,
        task: am.Task,
        record: dm.TaskRecord | None,
        index: Mapping[str, int],
        anchors: Mapping[str, str],
        findings: tuple[FindingView, ...],
        files: _Files,
    ) -> TaskView:
        positions = self.migration.rendered.becomes
        becomes = tuple(
            Became(
                item.kind.replace("_", " "),
                _label(item),
                files.right(positions.get((dag.dag_id, task.task_id, number))),
            )
            for number, item in enumerate(record.becomes if record is not None else ())
        )
        places = [files.left(task.span, "the task")]
        if task.function is not None:
            places.append(files.left(task.function.span, "its function"))
        if task.cls is not None:
            places.append(files.left(task.cls.span, "its class"))
        return TaskView(
            index=index[task.task_id],
            anchor=anchors[task.task_id],
            task_id=task.task_id,
            operator=f"@{task.decorator}" if task.decorator else task.operator,
            path=task.name,
            fidelity=record.fidelity if record is not None else "lost",
            rule=(record.rule or "") if record is not None else "",
            differences=record.differences if record is not None else (),
            becomes=becomes,
            arguments=tuple(self._arguments(task.arguments, record.arguments if record is not None else ())),
            places=tuple(dict.fromkeys(places)),
            findings=findings,
            trigger_rule=task.trigger_rule,
            notes=tuple(_notes(task)),
            upstream=tuple(sorted({edge.upstream for edge in dag.upstream(task.task_id)})),
            downstream=tuple(sorted({edge.downstream for edge in dag.downstream(task.task_id)})),
        )

    def _arguments(self, given: Sequence[am.Argument], fates: Iterable[dm.Fate]) -> Iterator[ArgumentView]:
        """Each argument with its fate; one that nothing is recorded of is shown so."""
        known = {fate.argument: fate for fate in fates}
        for argument in given:
            fate = known.pop(argument.name, None)
            yield ArgumentView(
                argument.name,
                self._value(argument, fate),
                fate.fate if fate else "not recorded",
                masked(fate.detail) if fate else "",
                argument.origin,
            )
        for fate in known.values():
            shown = masked_value(fate.argument, fate.value) if self.source else ""
            yield ArgumentView(fate.argument, shown, fate.fate, masked(fate.detail), fate.origin)

    def _value(self, argument: am.Argument, fate: dm.Fate | None) -> str:
        if not self.source:
            return ""
        text = argument.source or (fate.value if fate else "") or _literal(argument.value)
        return masked_value(argument.name, text)

    # --- findings --------------------------------------------------------------------------------------------------

    def _finding_views(self, dag: am.Dag, index: Mapping[str, int], files: _Files) -> Iterator[FindingView]:
        for number, finding in enumerate(self._findings[dag.dag_id]):
            own = finding.task_id if finding.dag_id == dag.dag_id else None
            task = index.get(own) if own is not None else None
            yield _finding(finding, f"finding-{number + 1}", files, task)

    def index(self) -> IndexView:
        """The index page. To be asked after the DAGs' pages, or before: it needs none of them."""
        rows = tuple(self.row(dag) for dag in self.dags)
        nowhere = _Files((), (), False)
        by_code: dict[str, list[FindingView]] = defaultdict(list)
        seen: set[int] = set()
        for dag_id in (*self.pages, ""):
            for number, finding in enumerate(self._findings[dag_id]):
                if id(finding) in seen:
                    continue
                seen.add(id(finding))
                anchor = f"finding-{number + 1}"
                page = f"{self.pages[dag_id]}#{anchor}" if dag_id else ""
                by_code[finding.code].append(_finding(finding, anchor, nowhere, None, dag_id, page))
        order = sorted(by_code, key=lambda code: (SEVERITIES.index(CODES[code].severity), -len(by_code[code]), code))
        codes = tuple(
            CodeView(c, CODES[c].name, CODES[c].severity, CODES[c].meaning, CODES[c].action, tuple(by_code[c]))
            for c in order
        )
        return IndexView(
            rows=rows,
            files=len(self.migration.airflow.files),
            counts={name: sum(row.counts[name] for row in rows) for name in FIDELITIES},
            severities={
                name: sum(len(code.findings) for code in codes if code.severity == name) for name in SEVERITIES
            },
            codes=codes,
            effort=_sum(row.effort for row in rows),
            outside=tuple(f for code in codes for f in code.findings if not f.dag_id),
        )

    # --- sources ---------------------------------------------------------------------------------------------------

    def _left_files(self, dag: am.Dag) -> tuple[str, ...]:
        """The DAG's file, then those its functions and operator classes are in, then its template files."""
        found = [dag.file]
        for task in dag.tasks:
            found.append(task.span.file)
            found += [task.function.span.file] if task.function is not None else []
            found += [task.cls.span.file] if task.cls is not None else []
        found += self._template_files.get(dag.dag_id, [])
        return tuple(file for file in dict.fromkeys(found) if file in self._texts)

    def _right_files(self, dag: am.Dag) -> tuple[str, ...]:
        """The DAG's module, what lies beside it, and whatever else its tasks became something in."""
        rendered = self.migration.rendered
        module = rendered.modules.get(dag.dag_id)
        if module is None:
            return ()
        folder = module.rpartition("/")[0] + "/"
        beside = [path for path in rendered.files if path.startswith(folder) and rendered.files[path].strip()]
        found = [module, *beside, *sorted(self._becomes.get(dag.dag_id, ()))]
        return tuple(file for file in dict.fromkeys(found) if file in rendered.files)

    def _sources(
        self, dag: am.Dag, tasks: Sequence[TaskView], findings: Sequence[FindingView], files: _Files
    ) -> Iterator[SourceView]:
        owners: dict[tuple[str, int], list[int]] = defaultdict(list)
        for task in tasks:
            for file, line in dict.fromkeys(
                (place.file, line) for place in task.places for line in range(place.line, place.end_line + 1)
            ):
                owners[file, line].append(task.index)
        notes: dict[tuple[str, int], list[FindingView]] = defaultdict(list)
        for finding in findings:
            if finding.place is not None:
                notes[finding.place.file, finding.place.line].append(finding)
        own = {(dag.file, line) for line in range(dag.span.line, max(dag.span.end_line, dag.span.line) + 1)}
        for file, prefix in files.left_prefixes.items() if self.source else ():
            yield _source_view(file, prefix, self._texts[file], owners, own, notes)

    def _generated(
        self, tasks: Sequence[TaskView], automation: Sequence[Automation], files: _Files
    ) -> Iterator[SourceView]:
        owners: dict[tuple[str, int], list[int]] = defaultdict(list)
        for task in tasks:
            for became in task.becomes:
                if became.place is not None:
                    for line in range(became.place.line, became.place.end_line + 1):
                        owners[became.place.file, line].append(task.index)
        own = {
            (item.place.file, line)
            for item in automation
            if item.place is not None
            for line in range(item.place.line, item.place.end_line + 1)
        }
        texts = self.migration.rendered.files
        for file, prefix in files.right_prefixes.items() if self.source else ():
            yield _source_view(file, prefix, texts[file], owners, own, {})

    def _automation_of(self, dag: am.Dag, module: dm.DagModule | None, files: _Files) -> Iterator[Automation]:
        positions = self.migration.rendered.automation
        crons = {}
        if module is not None and module.schedule is not None:
            zone = "" if module.schedule.timezone == "UTC" else f" {module.schedule.timezone}"
            crons[module.schedule.name] = " and ".join(module.schedule.crons) + zone
        order = {"job": 0, "schedule": 1, "sensor": 2}
        for kind, name in sorted(self._automation[dag.dag_id], key=lambda item: (order.get(item[0], 3), item[1])):
            yield Automation(kind, name, crons.get(name, ""), files.right(positions.get((dag.dag_id, kind, name))))


@dataclass(frozen=True)
class _Files:
    """The files of both sides that are in a page, and the anchors of their lines."""

    left_files: tuple[str, ...]
    right_files: tuple[str, ...]
    shown: bool

    @cached_property
    def left_prefixes(self) -> dict[str, str]:
        return {file: f"a{number}" for number, file in enumerate(self.left_files)} if self.shown else {}

    @cached_property
    def right_prefixes(self) -> dict[str, str]:
        return {file: f"d{number}" for number, file in enumerate(self.right_files)} if self.shown else {}

    def left(self, span: Span, what: str = "") -> Place:
        prefix = self.left_prefixes.get(span.file, "")
        anchor = f"{prefix}-{span.line}" if prefix else ""
        return Place(span.file, span.line, max(span.end_line, span.line), what, anchor)

    def right(self, position: Position | None) -> Place | None:
        if position is None:
            return None
        prefix = self.right_prefixes.get(position.file, "")
        anchor = f"{prefix}-{position.line}" if prefix else ""
        return Place(position.file, position.line, position.end_line, "", anchor)


def _finding(
    finding: Finding, anchor: str, files: _Files, task: int | None, dag_id: str = "", page: str = ""
) -> FindingView:
    return FindingView(
        id=anchor,
        code=finding.code,
        name=finding.definition.name,
        severity=finding.severity,
        message=masked(finding.message),
        help=masked(finding.help or finding.definition.action),
        place=files.left(finding.span) if finding.span is not None else None,
        dag_id=dag_id or finding.dag_id or "",
        task_id=finding.task_id or "",
        task=task,
        page=page,
        related=tuple((masked(text), files.left(span)) for text, span in finding.related),
    )


def _source_view(
    file: str,
    prefix: str,
    text: str,
    owners: Mapping[tuple[str, int], list[int]],
    own: set[tuple[str, int]],
    notes: Mapping[tuple[str, int], list[FindingView]],
) -> SourceView:
    lines = tuple(
        Line(
            number,
            html,
            tuple(owners.get((file, number), ())),
            tuple(notes.get((file, number), ())),
            (file, number) in own,
        )
        for number, html in enumerate(highlighted(file, text), 1)
    )
    return SourceView(file, prefix, lines)


def _collapsed(graph: Graph) -> Placed | None:
    found = collapsed(graph)
    return placed(found, direction_of(found)) if found is not None else None


def _label(item: dm.Becomes) -> str:
    if item.kind == "asset_check":
        return f"{item.name} of {'/'.join(item.key)}" if item.key else item.name
    return "/".join(item.key) or item.name


def _worst(findings: Sequence[FindingView]) -> tuple[int, str]:
    return len(findings), min((f.severity for f in findings), key=SEVERITIES.index)


def _description(dag: am.Dag) -> str:
    text = dag.description if isinstance(dag.description, str) else dag.doc_md if isinstance(dag.doc_md, str) else ""
    first = next((line.strip(" #") for line in text.splitlines() if line.strip(" #")), "")
    return masked(first)


def _cron(schedule: am.Schedule) -> str:
    if schedule.kind != "cron":
        return ""
    crons = schedule.value if isinstance(schedule.value, tuple) else (schedule.value,)
    return schedule.preset or " · ".join(str(cron) for cron in crons)


def _facts(dag: am.Dag) -> Iterator[tuple[str, str]]:
    """What the DAG's own arguments come to, where it matters to whoever compares."""
    if isinstance(dag.start_date, dt.datetime):
        yield "Start", dag.start_date.strftime("%Y-%m-%d" if dag.start_date.time() == dt.time() else "%Y-%m-%d %H:%M")
    if isinstance(dag.end_date, dt.datetime):
        yield "End", dag.end_date.strftime("%Y-%m-%d")
    if dag.schedule.kind not in ("none", "assets"):
        yield (
            "Catchup",
            {True: "yes", False: "no"}.get(dag.catchup, "not known") if isinstance(dag.catchup, bool) else "not known",
        )
    if isinstance(dag.max_active_runs, int) and dag.argument("max_active_runs") is not None:
        yield "Active runs", f"at most {dag.max_active_runs}"
    owners = dag.argument("default_args")
    if owners is not None and isinstance(owners.value, dict) and isinstance(owners.value.get("owner"), str):
        yield "Owner", owners.value["owner"]


def _notes(task: am.Task) -> Iterator[str]:
    if task.mapping is not None:
        over = ", ".join(argument.name for argument in task.mapping.arguments)
        yield f"mapped over {over}" if over else "mapped"
    if is_branch(task):
        yield "decides which tasks run after it"
    if task.is_setup:
        yield "setup"
    if task.is_teardown:
        yield "teardown"
    if task.conditional:
        yield "exists under a condition only known at run time"
    if task.repeated:
        yield "stands for several made in a loop"


def _literal(value: object) -> str:
    """A value that has no expression of its own, such as a default's."""
    shown = plain(value)
    return shown if isinstance(shown, str) and not isinstance(value, str) else json.dumps(shown, ensure_ascii=False)


def _sum(efforts: Iterable[Effort]) -> Effort:
    hours, counts = 0.0, Counter[str]()
    rates = {}
    for one in efforts:
        hours += one.hours
        for rate, number in one.parts:
            rates[rate.key] = rate
            counts[rate.key] += number
    from .effort import RATES

    return Effort(hours, tuple((rate, counts[rate.key]) for rate in RATES if counts[rate.key]))
