"""Findings as SARIF 2.1.0, which code hosts show at the lines of a change.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..codes import CODES, Code
from ..findings import Finding, order
from ..source import Span
from ..terminal import Sources

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"
BASE = "SRCROOT"
"""Stands for the folder that paths are relative to: the current one, where the files lie below it."""
FINGERPRINT = "migrateFinding/v1"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif(findings: Iterable[Finding], sources: Sources, version: str) -> dict[str, Any]:
    """A SARIF log of one run: the codes that occur as rules, each finding as a result.

    No absolute path is in it. Columns count characters. A result keeps its fingerprint when lines above it change.
    """
    ranked = sorted(findings, key=order)
    rules = {code: index for index, code in enumerate(sorted({finding.code for finding in ranked}))}
    seen: Counter[str] = Counter()
    prefix = _prefix(sources.root)
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "migrate",
                        "fullName": "migrate: Airflow to Dagster",
                        "version": version,
                        "rules": [_rule(CODES[code]) for code in rules],
                    }
                },
                "originalUriBaseIds": {BASE: {"description": {"text": "The folder that `migrate` was started in."}}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, rules, sources, prefix, seen) for finding in ranked],
            }
        ],
    }


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.code,
        "name": _pascal(code.name),
        "shortDescription": {"text": code.name.replace("-", " ")},
        "fullDescription": {"text": code.meaning},
        "help": {
            "text": f"{code.meaning}\n\nWhat to do: {code.action}",
            "markdown": f"{_markdown(code.meaning)}\n\n**What to do:** {_markdown(code.action)}\n\n"
            f"`migrate explain {code.code}` says the same.",
        },
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
        "properties": {"tags": ["airflow", "dagster", "migration"]},
    }


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _markdown(text: str) -> str:
    """Text as it is: what is in backquotes stays code, the rest is no markup."""
    parts = text.split("`")
    escaped = ["".join(f"\\{c}" if c in "\\*_<>[]#" else c for c in part) for part in parts[::2]]
    code = [f"`{part}`" for part in parts[1::2]]
    return "".join(piece for pair in zip(escaped, [*code, ""], strict=False) for piece in pair)


def _result(
    finding: Finding, rules: Mapping[str, int], sources: Sources, prefix: str, seen: Counter[str]
) -> dict[str, Any]:
    text = finding.message if finding.message.endswith((".", "!", "?")) else f"{finding.message}."
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rules[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{text} {finding.help}".strip()},
        "locations": [_location(finding.span, prefix) | _logical(finding)],
        "partialFingerprints": {FINGERPRINT: _fingerprint(finding, sources, seen)},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": remark}, **_location(span, prefix)}
            for number, (remark, span) in enumerate(finding.related, 1)
        ]
    return result


def _location(span: Span | None, prefix: str) -> dict[str, Any]:
    """Where it is. Code hosts want a place for each result: one without a place is at the folder itself."""
    if span is None:
        return {"physicalLocation": {"artifactLocation": {"uri": prefix or "./", "uriBaseId": BASE}}}
    region: dict[str, int] = {"startLine": max(span.line, 1)}
    if span.end_line:
        region |= {"startColumn": span.column + 1, "endLine": span.end_line, "endColumn": span.end_column + 1}
    uri = quote(f"{prefix}{span.file}")
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": BASE}, "region": region}}


def _logical(finding: Finding) -> dict[str, Any]:
    if finding.dag_id is None:
        return {}
    name = f"{finding.dag_id}.{finding.task_id}" if finding.task_id else finding.dag_id
    return {"logicalLocations": [{"name": finding.task_id or finding.dag_id, "fullyQualifiedName": name}]}


def _fingerprint(finding: Finding, sources: Sources, seen: Counter[str]) -> str:
    """Made of what the finding is about and the text of its line, not of the line's number."""
    span = finding.span
    line = ((sources.line(span) or "") if span is not None else "").strip()
    about = (finding.code, span.file if span else "", finding.dag_id, finding.task_id, finding.message, line)
    text = "\0".join(part or "" for part in about)
    seen[text] += 1
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{digest}:{seen[text]}"


def _prefix(root: Path) -> str:
    """From the current folder to `root`, with a slash at the end; empty where `root` is not below it."""
    try:
        relative = root.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return ""
    return "" if relative == "." else f"{relative}/"
