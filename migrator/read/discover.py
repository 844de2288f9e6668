"""Which files under a path are DAG files, as Airflow's own discovery decides, and their decoded text."""

from __future__ import annotations

import codecs
import io
import os
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from ..findings import Finding
from ..records import dataclass
from ..source import SourceFile, Span
from .backends import xcom_backends

SOURCE_LIMIT = 5_000_000
DATA_LIMIT = 5_000_000
_PASSED_OVER = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "env", "__MACOSX"})
_IGNORE_FILE = ".airflowignore"
IgnoreSyntax = Literal["glob", "regexp", "both"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an .airflowignore: what it excludes, relative to the folder `base` the file lies in."""

    base: str
    expression: re.Pattern[str]
    anchored: bool
    negated: bool = False
    folders_only: bool = False

    def matches(self, path: str, is_folder: bool) -> bool:
        if self.base not in ("", ".") and not path.startswith(self.base + "/"):
            return False
        below = path[len(self.base) + 1 :] if self.base not in ("", ".") else path
        if self.folders_only and not is_folder:
            return False
        return (self.expression.match if self.anchored else self.expression.search)(below) is not None


def discover(path: Path, ignore: IgnoreSyntax = "both") -> tuple[list[SourceFile], list[Finding]]:
    """The DAG files under a folder (or the one file named), sorted, and findings for those that could not be read.

    A DAG file's text mentions `airflow`, and `dag` or `asset`, in whatever case; a single file named is taken as it is.
    `ignore` is how .airflowignore files are read: `regexp` was Airflow 2's default, `glob` is Airflow 3's; `both`
    takes a line for a glob where it cannot have been meant as a regular expression, and the other way round.
    """
    findings: list[Finding] = []
    sources: list[SourceFile] = []
    single = path.is_file()
    try:
        if single:
            found: Iterator[tuple[str, Path]] = iter([(path.name, path)])
        else:
            os.listdir(path)
            found = _files(path, ignore)
    except OSError as error:
        return [], [Finding("A2D003", f"{path.name}: {error.strerror or 'cannot be opened'}.", Span(path.name, 1))]
    for name, real in found:
        if name.endswith(".zip"):
            sources += _zipped(name, real, findings)
            continue
        try:
            if real.stat().st_size > SOURCE_LIMIT:
                findings.append(_too_large(name))
                continue
            data = real.read_bytes()
        except OSError as error:
            findings.append(Finding("A2D003", f"{name}: {error.strerror or 'cannot be opened'}.", Span(name, 1)))
            continue
        _add(name, data, single, sources, findings)
    return sorted(sources, key=lambda s: s.file), sorted(
        findings, key=lambda f: (f.span.file if f.span else "", f.code)
    )


def decode(data: bytes) -> str | UnicodeDecodeError | SyntaxError:
    """Python source bytes as text, as PEP 263 says: a BOM, a declared encoding, or UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = codecs.decode(data, encoding)
    except (UnicodeDecodeError, SyntaxError) as error:
        return error
    except (LookupError, ValueError, TypeError) as error:
        return SyntaxError(str(error))
    return text if isinstance(text, str) else SyntaxError(f"{encoding} is not a text encoding")


def module_name(file: str) -> str:
    """The dotted name other files import a file by, taken from its path under the root."""
    path = PurePosixPath(file)
    parts = list(path.with_suffix("").parts)
    if parts and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def mentions_dag(text: bytes | str) -> bool:
    """Airflow 3's own test ("safe mode"): `airflow` occurs, and `dag` or (which 2 did not look for) `asset`."""
    lower = text.lower()
    if isinstance(lower, bytes):
        return b"airflow" in lower and (b"dag" in lower or b"asset" in lower)
    return "airflow" in lower and ("dag" in lower or "asset" in lower)


def _add(name: str, data: bytes, always: bool, sources: list[SourceFile], findings: list[Finding]) -> None:
    text = decode(data)
    if isinstance(text, str):
        findings += xcom_backends(SourceFile(name, module_name(name), text))
        if always or mentions_dag(text):
            sources.append(SourceFile(name, module_name(name), text))
    elif always or mentions_dag(data):
        findings.append(Finding("A2D002", f"{name} cannot be decoded: {text}.", Span(name, 1)))


def _too_large(name: str) -> Finding:
    return Finding("A2D004", f"{name} is larger than {SOURCE_LIMIT // 1_000_000} MB.", Span(name, 1))


def _zipped(name: str, real: Path, findings: list[Finding]) -> list[SourceFile]:
    """The DAG files at the top of a zip, which is where Airflow looks."""
    import zipfile

    sources: list[SourceFile] = []
    try:
        with zipfile.ZipFile(real) as archive:
            for info in sorted(archive.infolist(), key=lambda i: i.filename):
                if "/" in info.filename or not info.filename.endswith(".py"):
                    continue
                inner = f"{name}/{info.filename}"
                if info.file_size > SOURCE_LIMIT:
                    findings.append(_too_large(inner))
                    continue
                before = len(sources)
                _add(inner, archive.read(info), False, sources, findings)
                if len(sources) > before:
                    sources[-1] = SourceFile(inner, PurePosixPath(info.filename).stem, sources[-1].text)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        findings.append(Finding("A2D003", f"{name} is not a readable zip archive: {error}.", Span(name, 1)))
    return sources


def _files(root: Path, ignore: IgnoreSyntax) -> Iterator[tuple[str, Path]]:
    """(relative path, path) of the Python files and zips under a folder that no .airflowignore excludes."""
    stack: list[tuple[str, Path, list[Pattern]]] = [("", root, [])]
    seen: set[tuple[int, int]] = set()
    while stack:
        prefix, folder, patterns = stack.pop()
        try:
            status = folder.stat()
            # A symbolic link back to a parent would never end.
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = sorted(folder.iterdir(), key=lambda p: p.name)
            patterns = [*patterns, *_patterns(folder / _IGNORE_FILE, prefix.rstrip("/"), ignore)]
        except OSError:
            continue
        for entry in entries:
            name = prefix + entry.name
            try:
                is_folder, is_file = entry.is_dir(), entry.is_file()
            except OSError:
                continue
            if _ignored(name, is_folder, patterns):
                continue
            if is_folder:
                if entry.name not in _PASSED_OVER and not entry.name.startswith(".") and not _is_made(entry):
                    stack.append((f"{name}/", entry, patterns))
            elif is_file and (entry.suffix == ".py" or (entry.suffix == ".zip" and _is_zip(entry))):
                yield name, entry


def _is_zip(file: Path) -> bool:
    import zipfile

    return zipfile.is_zipfile(file)


def _is_made(folder: Path) -> bool:
    """Whether a folder is a virtual environment, or a project that migrate wrote, whose files mention Airflow too."""
    if (folder / "pyvenv.cfg").exists():
        return True
    try:
        with (folder / "migration.json").open(encoding="utf-8") as record:
            return re.match(r'\{\s*"schema": \d+,\s*"package": "', record.read(100)) is not None
    except (OSError, ValueError):
        return False


def _ignored(name: str, is_folder: bool, patterns: list[Pattern]) -> bool:
    ignored = False
    for pattern in patterns:
        if pattern.matches(name, is_folder):
            ignored = not pattern.negated
    return ignored


def _patterns(file: Path, base: str, ignore: IgnoreSyntax) -> list[Pattern]:
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    patterns = []
    for raw in lines:
        # In the regexp syntax everything from # on is a comment, in the glob syntax only a line that begins with it.
        line = raw.strip() if ignore == "glob" else re.sub(r"\s*#.*", "", raw).strip()
        if not line or line.startswith("#"):
            continue
        if ignore == "regexp" or (ignore == "both" and _looks_like_regexp(line)):
            try:
                patterns.append(Pattern(base, re.compile(line), anchored=False))
            except re.error:
                continue
        else:
            patterns.append(_glob(line, base))
    return patterns


def _looks_like_regexp(line: str) -> bool:
    """Whether a line makes sense as a regular expression rather than as a glob."""
    return re.search(r"\.\*|\.\+|\\[.dwsb]|^\^|\$$|\(|\||\+", line) is not None


def _glob(line: str, base: str) -> Pattern:
    """A line in .gitignore's syntax."""
    negated = line.startswith("!")
    line = line[1:] if negated else line
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    rooted = "/" in line
    line = line.lstrip("/")
    out = ["" if rooted else "(?:.*/)?"]
    i = 0
    while i < len(line):
        c = line[i]
        if line.startswith("**/", i):
            out.append("(?:.*/)?")
            i += 3
            continue
        if line.startswith("**", i):
            out.append(".*")
            i += 2
            continue
        if c == "*":
            out.append("[^/]*")
        elif c == "?":
            out.append("[^/]")
        elif c == "[" and (end := line.find("]", i + 2)) > 0:
            inside = line[i + 1 : end].replace("\\", "\\\\")
            out.append(f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]")
            i = end
        elif c == "\\" and i + 1 < len(line):
            i += 1
            out.append(re.escape(line[i]))
        else:
            out.append(re.escape(c))
        i += 1
    try:
        expression = re.compile("".join(out) + r"\Z", re.S)
    except re.error:
        expression = re.compile(re.escape(line) + r"\Z")
    return Pattern(base, expression, anchored=True, negated=negated, folders_only=folders_only)
