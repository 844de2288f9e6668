"""Writing a rendered project into a folder: all of it or nothing, and never over what a person has edited."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ..findings import Finding
from ..records import dataclass
from .folder import BESIDE, STAGING, Existing, is_derived, look, only_caches
from .plan import Plan, plan
from .record import FILE
from .rendered import RenderedProject
from .store import is_ours, subject

if sys.platform != "win32":
    import fcntl


Kind = Literal["missing", "changed", "merged", "edited", "obsolete", "foreign"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that writing would change, or one that keeps it from writing."""

    path: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What writing did, by path; the copies in `.migrate` are not named. `ok` is false when nothing was written at all.

    `kept` were edited by a person and are as they were, `merged` were edited and have what is new beside the edits.
    `written` are all files that were put in place, those merged and the merges of `conflicts` among them.
    """

    ok: bool
    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def check(rendered: RenderedProject, out: Path) -> list[Difference]:
    """How the folder differs from what `write` would leave there, sorted by path; writes nothing.

    A file edited by a person is a difference while the code generated for it has changed since: it would be merged, or
    waits for a person. A copy in `.migrate` is one only where the file that it is of is none; the report never is.
    """
    if out.is_file():
        return [Difference(".", "foreign")]
    existing = _look(out, rendered)
    planned = _plan(rendered, existing, out)
    kinds: dict[str, Kind] = dict.fromkeys(planned.take, "obsolete")
    for path in planned.put:
        kinds[path] = "changed" if path in existing.files or path in existing.stored else "missing"
    kinds.update(dict.fromkeys(planned.merged, "merged"))
    kinds.update(dict.fromkeys(planned.conflicts, "edited"))
    kinds = {path: kind for path, kind in kinds.items() if subject(path) == path or subject(path) not in kinds}
    kinds = {path: kind for path, kind in kinds.items() if not is_derived(path)}
    kinds.update(dict.fromkeys(existing.foreign, "foreign"))
    return [Difference(path, kind) for path, kind in sorted(kinds.items())]


def write(rendered: RenderedProject, out: Path) -> WriteOutcome:
    """Put the project into `out`, which is created if need be, and into what a person has edited there, too.

    Everything is prepared in a folder inside `out` first and then moved into place; whatever goes wrong, also half-way
    through moving, the former files are put back, and a run that was killed is undone by the next. Files nobody changed
    are not touched. Findings: A2D602 for an occupied folder, A2D603 where it cannot be written, and of files that a
    person edited or deleted A2D604 and A2D608 to A2D610.
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
            planned = _plan(rendered, existing, out)
            if planned.put or planned.take:
                _apply(out, planned)
    except OSError as error:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        reason = error.strerror or str(error)
        return WriteOutcome(False, findings=(Finding("A2D603", f"The output folder cannot be written: {reason}."),))
    return WriteOutcome(
        ok=True,
        written=tuple(sorted(path for path in planned.put if not is_ours(path))),
        unchanged=planned.unchanged,
        removed=tuple(path for path in planned.take if not is_ours(path)),
        kept=planned.kept,
        merged=planned.merged,
        conflicts=tuple(planned.conflicts),
        findings=tuple(_findings(planned)),
    )


def _findings(planned: Plan) -> Iterator[Finding]:
    for path, reason in planned.conflicts.items():
        yield Finding(
            "A2D604", f"{path} was edited and is kept; the merge with what is new is in {path}{BESIDE}: {reason}."
        )
    for path in planned.merged:
        yield Finding("A2D608", f"{path} was edited; what is new was merged into it.")
    for path in planned.left:
        yield Finding("A2D609", f"{path} is not generated any more, and was edited: it is kept.")
    for path in planned.restored:
        yield Finding("A2D610", f"{path} was deleted, and is there again.")


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


def _plan(rendered: RenderedProject, existing: Existing, out: Path) -> Plan:
    return plan(rendered, existing, lambda path: (out / path).read_bytes())


def _make(out: Path) -> list[Path]:
    """Create the folder and those above it; gives the ones that were not there."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
    return list(reversed(missing))


def _apply(out: Path, planned: Plan) -> None:
    """Prepare, then move. The journal says what a later run has to undo if this one is killed."""
    staging = out / STAGING
    staging.mkdir()
    try:
        folders: set[Path] = set()
        for path, content in planned.put.items():
            target = staging / "new" / path
            _folder(target, folders)
            target.write_bytes(content)
        created = sorted(path for path in planned.put if not (out / path).exists())
        _write_journal(staging, created)
        _move(out, planned)
    except BaseException:
        # KeyboardInterrupt too: the former files come back before anything else happens.
        _recover(out)
        raise
    shutil.rmtree(staging)
    for path in planned.take:
        _prune(out, (out / path).parent)


def _folder(target: Path, there: set[Path]) -> None:
    """Make the folder of a file, unless it is among those that are known to be there."""
    if target.parent not in there:
        target.parent.mkdir(parents=True, exist_ok=True)
        there.add(target.parent)


def _write_journal(staging: Path, created: list[str]) -> None:
    journal = staging / "journal.json"
    with journal.open("w", encoding="utf-8") as file:
        json.dump({"created": created}, file)
        file.flush()
        os.fsync(file.fileno())


def _move(out: Path, planned: Plan) -> None:
    """Each file is replaced by one rename, its former text kept until all are; migration.json comes last."""
    staging = out / STAGING
    folders: set[Path] = set()
    for path in (*planned.take, *sorted(planned.put, key=lambda path: (path == FILE, path))):
        target = out / path
        if target.exists():
            backup = staging / "old" / path
            _folder(backup, folders)
            os.replace(target, backup)
        if path in planned.put:
            _folder(target, folders)
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
