"""Which findings are shown and count, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from .codes import SEVERITIES
from .findings import Finding
from .records import dataclass

FailOn = Literal["error", "warning", "never"]
FIDELITIES = ("exact", "approximate", "bridged", "manual")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which findings are shown and counted: codes or beginnings of codes; none selected means all."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def of(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        return tuple(
            finding
            for finding in findings
            if (not self.select or finding.code.startswith(self.select)) and not finding.code.startswith(self.ignore)
        )


def fails(findings: Iterable[Finding], fail_on: FailOn) -> bool:
    """Whether any finding is at or above a severity."""
    if fail_on == "never":
        return False
    worst = SEVERITIES.index(fail_on)
    return any(SEVERITIES.index(finding.severity) <= worst for finding in findings)


def by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """The number of findings of each severity."""
    found = Counter(finding.severity for finding in findings)
    return {severity: found[severity] for severity in SEVERITIES}


def most_frequent(findings: Iterable[Finding], count: int = 4) -> Sequence[tuple[str, str, int]]:
    """The codes met most often, without mere information: code, name, how often."""
    found = Counter(finding.code for finding in findings if finding.severity != "info")
    names = {finding.code: finding.definition.name for finding in findings}
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(code, names[code], number) for code, number in ranked[:count]]
