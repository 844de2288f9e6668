"""From a migration to what the pages show. Pure; nothing here knows HTML but the highlighted lines."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .. import airflow_model as am
from .. import dagster_model as dm
from ..codes import CODES, SEVERITIES
from ..findings import Finding
from . import names
from .effort import effort, total
from .evidence import NONE, Evidence
from .facts import cron, description, facts
from .finding_views import by_dag, finding_view
from .firetimes import fire_times
from .graphs import Graph, Marks, airflow_graph, dagster_graph
from .listings import Listings, read_listings, written_listings
from .model import (
    FIDELITIES,
    Automation,
    CodeView,
    DagRow,
    DagView,
    DifferenceView,
    FindingView,
    IndexView,
)
from .placing import Placed, collapsed, direction_of, placed
from .secrets import masked
from .task_views import argument_views, task_view
from .words import schedule_in_words

if TYPE_CHECKING:
    from .. import Migration


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
    def _beside(self) -> dict[str, str]:
        """Each DAG's page, relative to any other's."""
        return {dag_id: PurePosixPath(page).name for dag_id, page in self.pages.items()}

    @cached_property
    def records(self) -> dict[str, dm.DagRecord]:
        written = self.migration.rendered.modules
        return {record.dag_id: record for record in self.migration.rendered.records if record.dag_id in written}

    @cached_property
    def _findings(self) -> Mapping[str, list[Finding]]:
        return by_dag(self.migration.findings, self.dags)

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
    def _below(self) -> dict[str, list[str]]:
        """The generated files that are not empty, by each folder they lie in."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, text in self.migration.rendered.files.items():
            for folder in PurePosixPath(path).parents if text.strip() else ():
                found[str(folder)].append(path)
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
        listings = Listings(self._left_files(dag), self._right_files(dag), self.source)
        findings = tuple(self._finding_views(dag, index, listings))
        by_task: dict[int, list[FindingView]] = defaultdict(list)
        for finding in findings:
            if finding.task is not None:
                by_task[finding.task].append(finding)
        tasks = tuple(
            task_view(
                dag,
                task,
                task_records.get(task.task_id),
                number,
                anchors[task.task_id],
                tuple(by_task[number]),
                listings,
                self.migration.rendered.becomes,
            )
            for number, task in enumerate(dag.tasks)
        )
        marks = Marks(
            index,
            {task.task_id: task.fidelity for task in tasks},
            {task.task_id: _worst(task.findings) for task in tasks if task.findings},
            anchors,
        )
        left = airflow_graph(dag, marks)
        right = dagster_graph(dag, module, record, marks, {**self._beside, dag.dag_id: ""})
        direction = direction_of(left)
        automation = tuple(self._automation_of(dag, module, listings))
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
            description=description(dag),
            form=row.form,
            reason=record.reason if record is not None else "",
            complete=dag.complete,
            partitioned=record.partitioned if record is not None else False,
            written=row.written,
            facts=tuple(facts(dag)),
            tags=row.tags,
            counts=row.counts,
            severities=row.severities,
            effort=row.effort,
            evidence=row.evidence,
            tasks=tasks,
            anchors=anchors,
            arguments=tuple(argument_views(dag.arguments, record.arguments if record is not None else (), self.source)),
            automation=automation,
            findings=findings,
            times=fire_times(dag, module, self.migration.cutover),
            left=placed(left, direction),
            right=placed(right, direction),
            left_groups=_collapsed(left),
            right_groups=_collapsed(right),
            sources=tuple(read_listings(listings, self._texts, dag, tasks, findings)),
            generated=tuple(written_listings(listings, self.migration.rendered.files, tasks, automation)),
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
            cron=cron(dag.schedule),
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

    # --- findings --------------------------------------------------------------------------------------------------

    def _finding_views(self, dag: am.Dag, index: Mapping[str, int], listings: Listings) -> Iterator[FindingView]:
        for number, finding in enumerate(self._findings[dag.dag_id]):
            own = finding.task_id if finding.dag_id == dag.dag_id else None
            task = index.get(own) if own is not None else None
            yield finding_view(finding, f"finding-{number + 1}", listings, task)

    def index(self) -> IndexView:
        """The index page. To be asked after the DAGs' pages, or before: it needs none of them."""
        rows = tuple(self.row(dag) for dag in self.dags)
        nowhere = Listings((), (), False)
        by_code: dict[str, list[FindingView]] = defaultdict(list)
        seen: set[int] = set()
        for dag_id in (*self.pages, ""):
            for number, finding in enumerate(self._findings[dag_id]):
                if id(finding) in seen:
                    continue
                seen.add(id(finding))
                anchor = f"finding-{number + 1}"
                page = f"{self.pages[dag_id]}#{anchor}" if dag_id else ""
                by_code[finding.code].append(finding_view(finding, anchor, nowhere, None, dag_id, page))
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
            differences=tuple(self._differences()),
            effort=total(row.effort for row in rows),
            outside=tuple(f for code in codes for f in code.findings if not f.dag_id),
        )

    def _differences(self) -> Iterator[DifferenceView]:
        """What tasks do differently from Airflow, the most frequent first; each with its tasks by DAG."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for dag_id, record in sorted(self.records.items()):
            for task in record.tasks if dag_id in self.pages else ():
                for text in task.differences:
                    found[masked(text)][dag_id].append(task.task_id)
        for text, dags in sorted(found.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0])):
            yield DifferenceView(
                text, tuple((dag_id, f"{self.pages[dag_id]}#tasks", tuple(tasks)) for dag_id, tasks in dags.items())
            )

    # --- files ---------------------------------------------------------------------------------------------------

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
        found = [module, *self._below[module.rpartition("/")[0]], *sorted(self._becomes.get(dag.dag_id, ()))]
        return tuple(file for file in dict.fromkeys(found) if file in rendered.files)

    def _automation_of(self, dag: am.Dag, module: dm.DagModule | None, listings: Listings) -> Iterator[Automation]:
        positions = self.migration.rendered.automation
        crons = {}
        if module is not None and module.schedule is not None:
            zone = "" if module.schedule.timezone == "UTC" else f" {module.schedule.timezone}"
            crons[module.schedule.name] = " and ".join(module.schedule.crons) + zone
        order = {"job": 0, "schedule": 1, "sensor": 2}
        for kind, name in sorted(self._automation[dag.dag_id], key=lambda item: (order.get(item[0], 3), item[1])):
            yield Automation(kind, name, crons.get(name, ""), listings.right(positions.get((dag.dag_id, kind, name))))


def _collapsed(graph: Graph) -> Placed | None:
    found = collapsed(graph)
    return placed(found, direction_of(found)) if found is not None else None


def _worst(findings: Sequence[FindingView]) -> tuple[int, str]:
    return len(findings), min((f.severity for f in findings), key=SEVERITIES.index)
