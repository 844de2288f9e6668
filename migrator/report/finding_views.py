"""What a page shows of a finding, and on which DAG's page it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from .. import airflow_model as am
from ..findings import Finding
from .listings import Listings
from .model import FindingView
from .secrets import masked


def by_dag(findings: Iterable[Finding], dags: Sequence[am.Dag]) -> Mapping[str, list[Finding]]:
    """Findings by the DAG they name; those that name none by the DAGs of their file, or else by the empty id."""
    found: dict[str, list[Finding]] = defaultdict(list)
    known = {dag.dag_id for dag in dags}
    files: dict[str, list[str]] = defaultdict(list)
    for dag in dags:
        files[dag.file].append(dag.dag_id)
    for finding in findings:
        if finding.dag_id in known:
            found[finding.dag_id or ""].append(finding)
        else:
            owners = files.get(finding.span.file, []) if finding.span is not None else []
            for dag_id in owners or [""]:
                found[dag_id].append(finding)
    return found


def finding_view(
    finding: Finding, anchor: str, listings: Listings, task: int | None, dag_id: str = "", page: str = ""
) -> FindingView:
    """`anchor` is its place in the page, `task` the number of its task, `page` where it is shown in full."""
    return FindingView(
        id=anchor,
        code=finding.code,
        name=finding.definition.name,
        severity=finding.severity,
        message=masked(finding.message),
        help=masked(finding.help or finding.definition.action),
        place=listings.left(finding.span) if finding.span is not None else None,
        dag_id=dag_id or finding.dag_id or "",
        task_id=finding.task_id or "",
        task=task,
        page=page,
        related=tuple((masked(text), listings.left(span)) for text, span in finding.related),
    )
