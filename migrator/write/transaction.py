"""Writing a rendered project into a folder: all of it or nothing, and never over what a person has edited."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..findings import Finding
from .folder import STAGING, Existing, look, only_caches
from .record import FILE, migration_json, sha256
from .rendered import RenderedProject

if sys.platform != "win32":
    import fcntl


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that writing would change, or one that keeps it from writing."""

    path: str
    kind: Literal["missing", "changed", "edited", "obsolete", "foreign"]


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What writing did, by path. `kept` were edited by a person; `ok` is false when nothing was written at all."""

    ok: bool
    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do: files to put in place, files to take away."""

    put: dict[str, str]
    take: tuple[str, ...]
    kept: tuple[str, ...]
    conflicts: tuple[str, ...]
    unchanged: tuple[str, ...]


def check(rendered: RenderedProject, out: Path) -> list[Difference]:
    """How the folder differs from what `write` would leave there, sorted by path; writes nothing.

    A file edited by a person is a difference only while the code generated for it has changed since.
    """
    if out.is_file():
        return [Difference(".", "foreign")]
    existing = _look(out, rendered)
    plan = _plan(rendered, existing)
    found = [Difference(path, "foreign") for path in existing.foreign]
    found += [Difference(path.removesuffix(".new"), "edited") for path in plan.conflicts]
    found += [
        Difference(path, "changed" if path in existing.files else "missing")
        for path in plan.put
        if path not in plan.conflicts
    ]
    found += [Difference(path, "obsolete") for path in plan.take]
    return sorted(set(found), key=lambda item: (item.path, item.kind))


def write(rendered: RenderedProject, out: Path) -> WriteOutcome:
    """Put the project into `out`, which is created if need be.

    Everything is prepared in a folder inside `out` first and then moved into place; whatever goes wrong, also half-way
    through moving, the former files are put back, and a run that was killed is undone by the next. Files nobody changed
    are not touched. Findings: A2D602 for an occupied folder, A2D603 where it cannot be written, A2D604 for each file
    that was edited and whose new text is beside it.
    """
    if out.exists() and not out.is_dir():
        return WriteOutcome(False, findings=(Finding("A2D602", f"{out.name} is not a folder."),))
    made: list[Path] = []
    try:
        made = _make(out)
        with alone(out):
            _recover(out)
            existing = _look(out, rendered)
            if existing.foreign:
                return WriteOutcome(False, findings=(_occupied(existing),))
            plan = _plan(rendered, existing)
            if plan.put or plan.take:
                _apply(out, plan)
    except OSError as error:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        reason = error.strerror or str(error)
        return WriteOutcome(False, findings=(Finding("A2D603", f"The output folder cannot be written: {reason}."),))
    findings = tuple(
        Finding("A2D604", f"{path.removesuffix('.new')} was edited and is kept; the new text is in {path}.")
        for path in plan.conflicts
    )
    return WriteOutcome(True, tuple(sorted(plan.put)), plan.unchanged, plan.take, plan.kept, findings)


@contextlib.contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold the folder against other runs. The lock ends with the process, however it ends. Raises OSError when held."""
    if sys.platform == "win32":
        yield
        return
    folder = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OSError(error.errno, "another run is writing to it") from error
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(folder)


def _look(out: Path, rendered: RenderedProject) -> Existing:
    return look(out, {path.partition("/")[0] for path in rendered.files})


def _occupied(existing: Existing) -> Finding:
    shown = ", ".join(existing.foreign[:5])
    more = f" and {len(existing.foreign) - 5} more" if len(existing.foreign) > 5 else ""
    return Finding("A2D602", f"The output folder holds files that migrate did not write: {shown}{more}.")


def _plan(rendered: RenderedProject, existing: Existing) -> _Plan:
    """Compare what is to be written with what is there."""
    orphans = {
        path: existing.recorded[path]
        for path in existing.files
        if path in existing.recorded and path not in rendered.files and existing.edited(path)
    }
    texts = {**rendered.files, FILE: migration_json(rendered, orphans)}
    put: dict[str, str] = {}
    kept: list[str] = []
    conflicts: list[str] = []
    unchanged: list[str] = []
    for path, text in texts.items():
        new = sha256(text)
        if existing.files.get(path) == new:
            unchanged.append(path)
        elif path == FILE or not existing.edited(path):
            put[path] = text
        else:
            kept.append(path)
            beside = f"{path}.new"
            # Nothing new was generated since the edit: there is nothing to compare, unless it still waits to be.
            if new != existing.recorded.get(path) or beside in existing.files:
                conflicts.append(beside)
                if existing.files.get(beside) != new:
                    put[beside] = text
    wanted = texts.keys() | set(conflicts)
    # Unedited files that are not generated any more go, and so does a `.new` that was dealt with.
    take = [path for path in existing.files if path not in wanted and path not in orphans]
    kept += orphans
    return _Plan(put, tuple(sorted(take)), tuple(sorted(kept)), tuple(sorted(conflicts)), tuple(sorted(unchanged)))


def _make(out: Path) -> list[Path]:
    """Create the folder and those above it; gives the ones that were not there."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
    return list(reversed(missing))


def _apply(out: Path, plan: _Plan) -> None:
    """Prepare, then move. The journal says what a later run has to undo if this one is killed."""
    staging = out / STAGING
    staging.mkdir()
    try:
        for path, text in plan.put.items():
            target = staging / "new" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        created = sorted(path for path in plan.put if not (out / path).exists())
        _write_journal(staging, created)
        _move(out, plan)
    except BaseException:
        # KeyboardInterrupt too: the former files come back before anything else happens.
        _recover(out)
        raise
    shutil.rmtree(staging)
    for path in plan.take:
        _prune(out, (out / path).parent)


def _write_journal(staging: Path, created: list[str]) -> None:
    journal = staging / "journal.json"
    with journal.open("w", encoding="utf-8") as file:
        json.dump({"created": created}, file)
        file.flush()
        os.fsync(file.fileno())


def _move(out: Path, plan: _Plan) -> None:
    """Each file is replaced by one rename, its former text kept until all are; migration.json comes last."""
    staging = out / STAGING
    for path in (*plan.take, *sorted(plan.put, key=lambda path: (path == FILE, path))):
        target = out / path
        if target.exists():
            backup = staging / "old" / path
            backup.parent.mkdir(parents=True, exist_ok=True)
            os.replace(target, backup)
        if path in plan.put:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / "new" / path, target)
    # From here on the new files are the ones that count: a run killed below is not undone.
    (staging / "journal.json").unlink()


def _recover(out: Path) -> None:
    """Undo a run that did not finish, if one left its staging folder."""
    staging = out / STAGING
    if not staging.is_dir():
        return
    journal = staging / "journal.json"
    if journal.is_file():
        try:
            created = json.loads(journal.read_text(encoding="utf-8"))["created"]
        except ValueError:
            created = []  # killed while writing the journal, so before anything was moved
        for path in created:
            (out / path).unlink(missing_ok=True)
            _prune(out, (out / path).parent)
        old = staging / "old"
        for folder, _, files in os.walk(old):
            for name in files:
                backup = Path(folder) / name
                target = out / backup.relative_to(old)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(backup, target)
    shutil.rmtree(staging)


def _prune(out: Path, folder: Path) -> None:
    """Remove a folder that holds nothing but caches, and those above it likewise, below `out`."""
    while folder != out and folder.is_dir() and only_caches(folder):
        shutil.rmtree(folder)
        folder = folder.parent
