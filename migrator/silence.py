"""Comments in DAG files that silence findings: `# migrate: ignore[A2D301, A2D302]` on the line a finding is at."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import field

from .codes import CODES
from .findings import Finding
from .records import dataclass
from .source import SourceFile, Span

_COMMENT = re.compile(r"#\s*migrate:\s*ignore\b\s*(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Silencer:
    """One code in one comment; `code` is empty where the comment names none."""

    code: str
    span: Span


@dataclass(slots=True)
class Silencers:
    """All of a project's silencers, which of them have silenced something."""

    by_line: dict[tuple[str, int], tuple[Silencer, ...]]
    used: set[Silencer] = field(default_factory=set)

    @classmethod
    def of(cls, sources: Iterable[SourceFile]) -> Silencers:
        """The silencers in these files."""
        by_line: dict[tuple[str, int], tuple[Silencer, ...]] = {}
        for source in sources:
            for silencer in comments(source):
                key = (source.file, silencer.span.line)
                by_line[key] = (*by_line.get(key, ()), silencer)
        return cls(by_line)

    def keep(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings that no silencer is for."""
        return tuple(finding for finding in findings if not self._silenced(finding))

    def unused(self) -> tuple[Finding, ...]:
        """A finding for each silencer that has silenced nothing. To be asked when all findings were seen."""
        everything = (silencer for row in self.by_line.values() for silencer in row)
        return tuple(_unused(silencer) for silencer in everything if silencer not in self.used)

    def _silenced(self, finding: Finding) -> bool:
        if finding.span is None:
            return False
        here = self.by_line.get((finding.span.file, finding.span.line), ())
        meant = [silencer for silencer in here if silencer.code == finding.code]
        self.used.update(meant)
        return bool(meant)


def comments(source: SourceFile) -> Iterator[Silencer]:
    """The silencers of one file; none in a file that Python's tokenizer does not take."""
    if "migrate:" not in source.text:
        return
    found: list[Silencer] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            if token.type == tokenize.COMMENT and (match := _COMMENT.search(token.string)):
                line, column = token.start
                start, end = column + match.start(), column + match.end()
                codes = [code.strip().upper() for code in (match["codes"] or "").split(",")]
                found += [Silencer(code, Span(source.file, line, start, line, end)) for code in dict.fromkeys(codes)]
    except (tokenize.TokenError, SyntaxError):
        return
    yield from found


def _unused(silencer: Silencer) -> Finding:
    if not silencer.code:
        message, help_ = "This comment names no code, so it silences nothing", "Write `# migrate: ignore[CODE]`."
    elif silencer.code not in CODES:
        message, help_ = f"{silencer.code} is not a code of migrate", "`migrate explain` lists the codes."
    else:
        message, help_ = f"There is no {silencer.code} on this line to silence", "Remove the comment."
    return Finding("A2D607", message, silencer.span, help=help_)
