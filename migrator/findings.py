"""Findings: coded messages about a place in the source.

Codes are `A2D` and three digits, never reused. The ranges: 0xx reading, 1xx DAGs, 2xx operators, 3xx arguments and
templates, 4xx graph, 5xx XCom, Variables, Connections and params, 6xx generated code and files, 9xx verification.
"""

from __future__ import annotations

from .codes import CODES, Code, Severity
from .records import dataclass
from .source import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One message about one place. `help` is what to do about it; `related` are further places with a remark."""

    code: str
    message: str
    span: Span | None = None
    related: tuple[tuple[str, Span], ...] = ()
    help: str = ""
    dag_id: str | None = None
    task_id: str | None = None

    @property
    def definition(self) -> Code:
        return CODES[self.code]

    @property
    def severity(self) -> Severity:
        return self.definition.severity


def order(finding: Finding) -> tuple[object, ...]:
    """Sort key: by place, then code, then text, so that reports are the same whatever found what first."""
    span = finding.span or Span("", 0)
    return (span.file, span.line, span.column, finding.code, finding.message)
