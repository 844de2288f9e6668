"""What `migrate inspect` prints for people: the DAGs, their operators, and how much of them a conversion covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from . import airflow_model as am
from .counting import FIDELITIES
from .dagster_model import Project
from .inspect_json import plain
from .records import dataclass
from .rules import load
from .terminal import Column, Style, plural, table
from .translate.control import rule_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """The fidelity of each task that a conversion gives, by DAG and task."""

    fidelity: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, project: Project) -> Coverage:
        return cls({(record.dag_id, t.task_id): t.fidelity for record in project.records for t in record.tasks})

    def count(self, dag: am.Dag) -> Counter[str]:
        """The number of the DAG's tasks by fidelity; those of a DAG that cannot be converted are `lost`."""
        return Counter(self.fidelity.get((dag.dag_id, task.task_id), "lost") for task in dag.tasks)


def overview(project: am.Project, coverage: Coverage, style: Style) -> Iterator[str]:
    """Two tables, DAGs and operators, and a line that adds them up."""
    load()
    if not project.dags:
        yield f"{plural(len(project.files), 'file')}, no DAGs"
        return
    yield from table(_DAG_COLUMNS, [_dag_row(dag, coverage) for dag in project.dags], style)
    yield ""
    yield from table(_OPERATOR_COLUMNS, list(_operator_rows(project, coverage)), style)
    yield ""
    total = sum((coverage.count(dag) for dag in project.dags), Counter[str]())
    parts = [f"{total[name]:,} {name}" for name in (*FIDELITIES, "lost") if total[name]]
    incomplete = sum(not dag.complete for dag in project.dags)
    dags = plural(len(project.dags), "DAG") + (f" ({incomplete:,} incomplete)" if incomplete else "")
    tasks = plural(total.total(), "task") + (f": {', '.join(parts)}" if parts else "")
    yield f"{plural(len(project.files), 'file')}, {dags}, {tasks}"


_DAG_COLUMNS = (
    Column("DAG", elastic=True),
    Column("File", elastic=True),
    Column("Airflow"),
    Column("Schedule", elastic=True),
    Column("Tasks", right=True),
    Column("Operators", elastic=True),
    *(Column(name.capitalize(), right=True) for name in FIDELITIES),
    Column("Complete"),
)

_OPERATOR_COLUMNS = (
    Column("Operator", elastic=True),
    Column("Tasks", right=True),
    Column("Coverage"),
    Column("Becomes", elastic=True),
)


def _dag_row(dag: am.Dag, coverage: Coverage) -> list[str]:
    counts = coverage.count(dag)
    operators = Counter(_short(task) for task in dag.tasks)
    listed = ", ".join(f"{name} {n}" if n > 1 else name for name, n in operators.most_common(3))
    more = f", {len(operators) - 3} more" if len(operators) > 3 else ""
    place = f"{dag.file}:{dag.span.line}"
    numbers = [str(counts[name] or "") for name in FIDELITIES]
    complete = "yes" if dag.complete else "no"
    about = [dag.dag_id, place, dag.airflow, schedule(dag.schedule), str(len(dag.tasks)), listed + more]
    return [*about, *numbers, complete]


def schedule(value: am.Schedule) -> str:
    """A DAG's schedule in a few words."""
    zone = "" if value.timezone == "UTC" else f" {value.timezone}"
    match value.kind:
        case "none":
            return "-"
        case "cron":
            text = value.preset or plain(value.value)
            return (" and ".join(map(str, text)) if isinstance(text, list | tuple) else str(text)) + zone
        case "interval":
            shown = plain(value.value)
            return f"every {shown}" if isinstance(shown, str) else "interval"
        case "assets":
            return "assets"
        case "timetable":
            shown = plain(value.value)
            return str(shown).rpartition(".")[2] if shown else "timetable"
        case _:
            return value.kind


def _operator_rows(project: am.Project, coverage: Coverage) -> Iterator[list[str]]:
    by_operator: dict[tuple[str, str], list[tuple[str, am.Task]]] = {}
    for dag in project.dags:
        for task in dag.tasks:
            by_operator.setdefault((_short(task), task.name), []).append((dag.dag_id, task))
    for (short, _), tasks in sorted(by_operator.items(), key=lambda item: (-len(item[1]), item[0])):
        found = Counter(coverage.fidelity.get((dag_id, task.task_id), "lost") for dag_id, task in tasks)
        kinds = [name for name in (*FIDELITIES, "lost") if found[name]]
        shown = kinds[0] if len(kinds) == 1 else ", ".join(f"{name} {found[name]}" for name in kinds)
        rule = rule_of(tasks[0][1])
        yield [short, str(len(tasks)), shown, rule.summary if rule is not None else "(no rule: Airflow runs it)"]


def _short(task: am.Task) -> str:
    return f"@{task.decorator}" if task.decorator else task.operator
