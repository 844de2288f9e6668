"""Evidence in pages that are written already: put in by `migrate verify`, taken along by the next conversion.

The parts of a page that show evidence stand between two comments. They are rendered by the same templates whoever
fills them, so a page that got its evidence later is the same, byte by byte, as one that was written with it.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from .evidence import FILE, NONE, Evidence, parsed
from .names import FOLDER, INDEX
from .pages import environment

_PART = re.compile(r"(<!--evidence:(\w+):(.*?)-->).*?(<!--/evidence-->)", re.DOTALL)
_FINGERPRINT = re.compile(r'<meta name="fingerprint" content="(\w+)">')
_STATE = re.compile(r'<span class="ev" data-state="(\w+)">')


def spliced(text: str, evidence: Mapping[str, Evidence]) -> str:
    """A page with this evidence, by DAG, in place of what it has."""
    everything = [html.unescape(dag_id) for _, kind, dag_id, _ in _PART.findall(text) if kind == "cell"]

    def part(found: re.Match[str]) -> str:
        kind, dag_id = found[2], html.unescape(found[3])
        rows = [evidence.get(each, NONE) for each in everything]
        template = environment().get_template(f"evidence-{kind}.html")
        inner: str = template.render(dag_id=dag_id, evidence=evidence.get(dag_id, NONE), rows=rows)
        return found[1] + inner + found[4]

    return _PART.sub(part, text)


def add_evidence(defs: Path, modules: Mapping[str, str | None]) -> int:
    """Put the evidence of verification.json into the report in `defs`; gives the number of pages that changed.

    `modules` is each DAG's module there, as migration.json has it. Without a report nothing is done.
    """
    folder = defs / FOLDER
    if not (folder / INDEX).is_file():
        return 0
    state = States(defs)
    found = {
        dag_id: state.on(one, modules.get(dag_id))
        for dag_id, one in parsed((defs / FILE).read_text(encoding="utf-8")).items()
    }
    changed = 0
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        new = spliced(text, found)
        if new != text:
            beside = path.with_name(f"{path.name}.tmp")
            beside.write_text(new, encoding="utf-8", newline="\n")
            os.replace(beside, path)
            changed += 1
    return changed


def kept_evidence(
    out: Path, fingerprints: Mapping[str, str], pages: Mapping[str, str], modules: Mapping[str, str]
) -> dict[str, Evidence]:
    """The evidence in an output folder that still holds for what is about to be written, by DAG.

    It holds where neither what was read nor what was generated nor the files on disk have changed since `verify` ran.
    Of other DAGs that were verified, it is marked as out of date.
    """
    try:
        given = parsed((out / FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}
    state = States(out)
    found: dict[str, Evidence] = {}
    for dag_id, page in pages.items():
        if dag_id not in given:
            continue
        try:
            text = (out / FOLDER / page).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        fingerprint, verified = _FINGERPRINT.search(text), _STATE.search(text)
        now = state.of(modules.get(dag_id))
        same = fingerprint is not None and fingerprint[1] == fingerprints[dag_id]
        fresh = same and verified is not None and verified[1] == now
        found[dag_id] = state.on(given[dag_id], modules.get(dag_id)) if fresh else Evidence(stale=True)
    return found


class States:
    """The code that a DAG's definitions run, as it is on disk: its hash, and which of it a person has edited."""

    def __init__(self, defs: Path) -> None:
        self.defs = defs
        self._shared: dict[str, str] = {}
        try:
            record = json.loads((defs / "migration.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            record = {}
        self._written: dict[str, str] = record.get("files", {})

    def on(self, evidence: Evidence, module: str | None) -> Evidence:
        """The evidence, with what it was found on."""
        return replace(evidence, state=self.of(module), edited=tuple(self._edited(module)))

    def _edited(self, module: str | None) -> Iterator[str]:
        """The DAG's own files that are not what was generated any more."""
        folder = module.rpartition("/")[0] + "/" if module is not None else None
        for path, written in self._written.items():
            if folder is not None and path.startswith(folder):
                file = self.defs / path
                content = file.read_bytes().replace(b"\r\n", b"\n") if file.is_file() else b""
                if hashlib.sha256(content).hexdigest() != written:
                    yield path

    def of(self, module: str | None) -> str:
        """Of the DAG's folder, and of everything in the package that is no DAG's; empty where there is no module."""
        if module is None:
            return ""
        package = module.partition("/")[0]
        if package not in self._shared:
            own = self.defs / package / "defs"
            files = (self.defs / package).rglob("*")
            self._shared[package] = self._hash(f for f in files if own not in f.parents or f.parent == own)
        folder = (self.defs / module).parent
        return hashlib.sha256(f"{self._shared[package]} {self._hash(folder.rglob('*'))}".encode()).hexdigest()

    def _hash(self, files: Iterable[Path]) -> str:
        digest = hashlib.sha256()
        for path in sorted(f for f in files if f.is_file() and "__pycache__" not in f.parts):
            digest.update(path.relative_to(self.defs).as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
        return digest.hexdigest()
