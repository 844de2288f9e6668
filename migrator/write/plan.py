"""What writing into a folder comes to, file by file, when a person has worked in it since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from ..records import dataclass
from . import store
from .folder import BESIDE, Existing, text_hash
from .merge import fault, merge
from .record import FILE, Conflict, Edits, migration_json, sha256
from .rendered import RenderedProject

Read = Callable[[str], bytes]
"""Gives the content of a file of the folder by its path."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Files to put in place and to take away, those of `.migrate` among them, and what becomes of the project's.

    `kept` were edited and stay as they are; `left` of them are not generated any more. `merged` were edited and get
    what is new; `conflicts` cannot get it and wait for a person, with the reason. `restored` were deleted.
    """

    put: Mapping[str, bytes]
    take: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    left: tuple[str, ...]
    merged: tuple[str, ...]
    conflicts: Mapping[str, str]
    restored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """What becomes of one file.

    `base` is the hash of what the next merge starts from, `base_text` its text where it can be known. `put` is what to
    write, `beside` what to write beside it. `conflict` is there while a merge waits, `waiting` the text it is about.
    """

    kind: Literal["unchanged", "written", "restored", "kept", "merged", "conflict"]
    base: str
    base_text: str | None
    put: bytes | None = None
    beside: bytes | None = None
    conflict: Conflict | None = None
    waiting: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Former:
    """What an earlier run left: the hash and text of the base, and a merge that a person is working on."""

    base: str | None
    text: str | None
    open: Conflict | None
    waiting: str | None


def plan(rendered: RenderedProject, existing: Existing, read: Read) -> Plan:
    """Compare what is to be written with what is there. `read` is asked for files with edits and for their bases."""
    steps = {path: _step(path, text, existing, read) for path, text in rendered.files.items()}
    gone = {path: _former(path, existing, read) for path in existing.recorded if path not in steps}
    left = {
        path: former
        for path, former in gone.items()
        if former.open is not None or existing.files.get(path) not in (None, former.base)
    }
    conflicts = {path: step.conflict for path, step in steps.items() if step.conflict is not None}
    edits = Edits(
        bases={path: step.base for path, step in steps.items()},
        kept={path: former.base for path, former in left.items() if former.base is not None},
        conflicts=conflicts | {path: former.open for path, former in left.items() if former.open is not None},
    )
    record = migration_json(rendered, edits)
    copies = _copies(steps, left)
    wanted: dict[str, bytes | None] = {path: step.put for path, step in steps.items()}
    wanted |= {f"{path}{BESIDE}": steps[path].beside if path in steps else None for path in edits.conflicts}
    wanted |= dict.fromkeys(left)
    pages = {path: sha256(text) == existing.files.get(path) for path, text in rendered.derived.items()}
    wanted |= {path: None if same else rendered.derived[path].encode() for path, same in pages.items()}
    wanted[FILE] = None if existing.files.get(FILE) == sha256(record) else record.encode()
    put = {path: content for path, content in wanted.items() if content is not None}
    put |= {name: text.encode() for name, text in copies.items() if existing.stored.get(name) != sha256(text)}
    take = [path for path in existing.files if path not in wanted]
    take += [name for name in existing.stored if store.is_copy(name) and name not in copies]

    def of(kind: str) -> tuple[str, ...]:
        return tuple(sorted(path for path, step in steps.items() if step.kind == kind))

    return Plan(
        put=put,
        take=tuple(sorted(take)),
        unchanged=tuple(sorted((*of("unchanged"), *(p for p in (FILE, *pages) if p not in put)))),
        kept=tuple(sorted((*of("kept"), *of("conflict"), *left))),
        left=tuple(sorted(left)),
        merged=of("merged"),
        conflicts={path: steps[path].reason for path in of("conflict")},
        restored=of("restored"),
    )


def _step(path: str, text: str, existing: Existing, read: Read) -> _Step:
    new = sha256(text)
    mine = existing.files.get(path)
    former = _former(path, existing, read)
    # A merge that a person is at work on stays as it is, whatever becomes of the file.
    if mine == new:
        return _Step("unchanged", new, text, conflict=former.open, waiting=former.waiting)
    if mine is None or mine == former.base:
        kind: Literal["restored", "written"] = "restored" if mine is None and former.base is not None else "written"
        return _Step(kind, new, text, text.encode(), conflict=former.open, waiting=former.waiting)
    base = former.base or ""
    if former.open is not None:
        reason = f"{path}{BESIDE} is being worked on"
        return _Step("conflict", base, former.text, conflict=former.open, waiting=former.waiting, reason=reason)
    if new == former.base:
        return _Step("kept", base, former.text)
    merged, reason = _merged(path, read(path), text, former.text)
    if not reason:
        return _Step("merged", new, text, merged)
    conflict = Conflict(generated=new, beside=text_hash(merged))
    same = existing.files.get(f"{path}{BESIDE}") == conflict.beside
    return _Step("conflict", base, former.text, None, None if same else merged, conflict, text, reason)


def _former(path: str, existing: Existing, read: Read) -> _Former:
    """What an earlier run left of a file. Where a conflict was dealt with, the base is what it was about."""

    def copy(name: str, hashed: str | None) -> str | None:
        found = hashed is not None and existing.stored.get(name) == hashed
        return read(name).replace(b"\r\n", b"\n").decode() if found else None

    recorded, conflict = existing.recorded.get(path), existing.conflicts.get(path)
    if recorded == existing.files.get(path) and conflict is None:
        return _Former(recorded, None, None, None)  # never asked for: the file itself is the base
    if conflict is None:
        return _Former(recorded, copy(store.written(path), recorded), None, None)
    waiting = copy(store.waiting(path), conflict.generated)
    beside = existing.files.get(f"{path}{BESIDE}")
    if beside is None:
        return _Former(conflict.generated, waiting, None, None)
    base = copy(store.written(path), recorded)
    if beside == conflict.beside:
        return _Former(recorded, base, None, None)
    return _Former(recorded, base, conflict, waiting)


def _merged(path: str, content: bytes, theirs: str, base: str | None) -> tuple[bytes, str]:
    """The file's content with what is new in it; or what to put beside it, and the reason."""
    crlf = content.count(b"\r\n") * 2 > content.count(b"\n")
    try:
        mine = content.replace(b"\r\n", b"\n").decode()
    except UnicodeDecodeError:
        return theirs.encode(), "it is not UTF-8"
    result = merge(base, mine, theirs)
    reason = ""
    if base is None:
        reason = "what was written before is not known"
    elif result.conflicts:
        reason = "both changed the same lines"
    elif path.endswith(".py") and (found := fault(result.text, mine, theirs)):
        reason, result = f"merged, {found}", merge(None, mine, theirs)
    return (result.text.replace("\n", "\r\n") if crlf else result.text).encode(), reason


def _copies(steps: Mapping[str, _Step], left: Mapping[str, _Former]) -> dict[str, str]:
    """Everything that is to be in `.migrate`."""
    bases = {path: step.base_text for path, step in steps.items()} | {path: item.text for path, item in left.items()}
    texts = {path: step.waiting for path, step in steps.items()} | {path: item.waiting for path, item in left.items()}
    return {
        store.ATTRIBUTES_FILE: store.ATTRIBUTES,
        **{store.written(path): text for path, text in bases.items() if text is not None},
        **{store.waiting(path): text for path, text in texts.items() if text is not None},
    }
