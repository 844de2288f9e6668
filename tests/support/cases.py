"""The cases in tests/cases: a folder each, with dag.py (and what it needs) and what that must become in expected/."""

from __future__ import annotations

import json
import shutil
import traceback
from dataclasses import dataclass
from pathlib import Path

from migrator import Migration, migrate
from migrator.rules.connections import parse_export
from migrator.write import write

from .converted import Converted

CASES = Path(__file__).parents[1] / "cases"
EXPECTED, FINDINGS, CONNECTIONS, OPTIONS = "expected", "findings.json", "connections.json", "options.json"


def topics() -> list[str]:
    return sorted(path.parent.name for path in CASES.glob("*/dag.py"))


@dataclass(frozen=True)
class Case:
    """A case that was converted, or what kept it from being."""

    topic: str
    converted: Converted
    migration: Migration | None
    error: str = ""

    def golden(self) -> dict[str, str]:
        """What is compared: the code and the findings. What is the same in every project is not."""
        package = f"{self.converted.record['package']}/"
        texts = {
            path.removeprefix(package): content.decode()
            for path, content in self.converted.files().items()
            if path.startswith((f"{package}defs/", f"{package}lib/")) and content
        }
        env = self.converted.files().get(".env.example")
        return texts | ({".env.example": env.decode()} if env else {}) | {FINDINGS: self.findings()}

    def findings(self) -> str:
        columns = ("code", "severity", "message", "file", "line", "column", "dag_id", "task_id")
        rows = [{name: row.get(name) for name in columns} for row in self.converted.record["findings"]]
        return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def convert_case(topic: str, folder: Path) -> Case:
    """Convert a copy of the case's own files into `folder`/defs."""
    source = folder / "dags"
    shutil.copytree(CASES / topic, source, ignore=shutil.ignore_patterns(EXPECTED, "__pycache__"))
    export, options = source / CONNECTIONS, source / OPTIONS
    converted = Converted(folder / "defs")
    try:
        connections = parse_export(export.read_text()) if export.exists() else None
        chosen = json.loads(options.read_text()) if options.exists() else {}
        migration = migrate(source, connections=connections, **chosen)
        outcome = write(migration.rendered, converted.folder)
        return Case(topic, converted, migration, "" if outcome.ok else str(outcome.findings))
    except Exception:
        return Case(topic, converted, None, traceback.format_exc())


def expected(topic: str) -> dict[str, str]:
    folder = CASES / topic / EXPECTED
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def rewrite(topic: str, golden: dict[str, str]) -> None:
    """Make this what the case must become."""
    folder = CASES / topic / EXPECTED
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in golden.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
