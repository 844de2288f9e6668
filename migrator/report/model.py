"""What a page is made from: plain values, ready to be put into a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from ..records import dataclass
from .effort import Effort
from .evidence import Evidence
from .firetimes import FireTimes
from .placing import Placed

FIDELITIES = ("exact", "approximate", "bridged", "manual", "lost")


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file. `anchor` is the line in the page, empty where the file is not in it."""

    file: str
    line: int
    end_line: int
    what: str = ""
    anchor: str = ""

    @property
    def text(self) -> str:
        lines = str(self.line) if self.end_line <= self.line else f"{self.line}-{self.end_line}"
        return f"{self.file}:{lines}"


@dataclass(frozen=True, slots=True)
class Became:
    """One generated definition: what it is, its key or name, where it is."""

    kind: str
    label: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """One argument of a task or DAG and what became of it."""

    name: str
    value: str
    fate: str
    detail: str
    origin: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding. `dag_id` and `page` lead to where it is, where it belongs to a DAG."""

    id: str
    code: str
    name: str
    severity: str
    message: str
    help: str
    place: Place | None = None
    dag_id: str = ""
    task_id: str = ""
    task: int | None = None
    page: str = ""
    related: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task, and all that the page tells of it."""

    index: int
    anchor: str
    task_id: str
    operator: str
    path: str
    fidelity: str
    rule: str
    differences: tuple[str, ...] = ()
    becomes: tuple[Became, ...] = ()
    arguments: tuple[ArgumentView, ...] = ()
    places: tuple[Place, ...] = ()
    findings: tuple[FindingView, ...] = ()
    trigger_rule: str = "all_success"
    notes: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    downstream: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The package the operator is from."""
        return self.path.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source: highlighted HTML, the tasks it belongs to, the findings that stand at it."""

    number: int
    html: str
    tasks: tuple[int, ...] = ()
    findings: tuple[FindingView, ...] = ()
    dag: bool = False


@dataclass(frozen=True, slots=True)
class SourceView:
    """One file of one side. `prefix` begins the anchors of its lines."""

    file: str
    prefix: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Automation:
    """A job, schedule or sensor of the DAG's own."""

    kind: str
    name: str
    detail: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DagView:
    """One DAG's page."""

    dag_id: str
    fingerprint: str
    page: str
    file: str
    line: int
    airflow: str
    schedule: str
    cron: str
    description: str
    form: str
    reason: str
    complete: bool
    partitioned: bool
    written: bool
    facts: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    counts: Mapping[str, int]
    severities: Mapping[str, int]
    effort: Effort
    evidence: Evidence
    tasks: tuple[TaskView, ...]
    anchors: Mapping[str, str]
    """Where each task's section is in the page, by its id."""
    arguments: tuple[ArgumentView, ...]
    automation: tuple[Automation, ...]
    findings: tuple[FindingView, ...]
    times: FireTimes
    left: Placed
    right: Placed
    left_groups: Placed | None = None
    right_groups: Placed | None = None
    """The same graphs with their groups collapsed."""
    sources: tuple[SourceView, ...] = ()
    generated: tuple[SourceView, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class DagRow:
    """One DAG in the index."""

    dag_id: str
    page: str
    file: str
    line: int
    airflow: str
    schedule: str
    cron: str
    form: str
    complete: bool
    written: bool
    total: int
    counts: Mapping[str, int]
    severities: Mapping[str, int]
    effort: Effort
    evidence: Evidence
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeView:
    """All findings of one code, with its explanation."""

    code: str
    name: str
    severity: str
    meaning: str
    action: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One way in which tasks behave differently: for each DAG its id, its page and the tasks' ids."""

    text: str
    dags: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def number(self) -> int:
        """How many tasks it is true of."""
        return sum(len(tasks) for _, _, tasks in self.dags)


@dataclass(frozen=True, slots=True)
class IndexView:
    """The index page."""

    rows: tuple[DagRow, ...]
    files: int
    counts: Mapping[str, int]
    severities: Mapping[str, int]
    codes: tuple[CodeView, ...]
    differences: tuple[DifferenceView, ...]
    effort: Effort
    outside: tuple[FindingView, ...] = field(default=())
    """Findings that belong to no DAG."""
