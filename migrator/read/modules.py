"""Which file a dotted import means, and the reading of data files: only inside the folders that were given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ..records import dataclass
from ..source import SourceFile
from .discover import DATA_LIMIT, SOURCE_LIMIT, decode

NEIGHBOURS = ("", "plugins", "include", "dags", "src", "airflow", "airflow/plugins", "airflow/dags")
"""The folders beside a DAG file, and beside each folder it is in, that imports are looked up in."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a dotted name is: a file (`source`), or a package without `__init__.py` (`source` is None)."""

    source: SourceFile | None
    is_package: bool
    folder: str  # of the package, or of the module's file


class ModuleFinder:
    """Looks modules up as a DAG folder's `sys.path` would: the DAG file's folder, its parents up to the root,
    `plugins/`, `include/`, `dags/` and the like beside each, then the extra folders.

    `root` is the folder the user named (or a file's folder); `paths` are further folders. Everything is named by its
    path relative to the root; a file under an extra folder by that folder's name, `@name/…`.
    """

    def __init__(self, root: Path, paths: Sequence[Path] = ()) -> None:
        self.root = root.resolve()
        self._roots: dict[str, Path] = {"": self.root}
        for path in paths:
            resolved = path.resolve()
            if resolved != self.root:
                name = f"@{path.name or 'path'}"
                while name in self._roots:
                    name += "_"
                self._roots[name] = resolved
        self._found: dict[tuple[str, str], Found | None] = {}
        self._bases_listed: dict[str, dict[str, bool]] = {}
        self._listing: dict[Path, dict[str, bool]] = {}

    def find(self, dotted: str, file: str) -> Found | None:
        """What `dotted`, absolute, means to a DAG file at this relative path; None when no folder has it."""
        folder = str(PurePosixPath(file).parent)
        key = (folder, dotted)
        if key not in self._found:
            self._found[key] = self._find(dotted, folder)
        return self._found[key]

    def _find(self, dotted: str, folder: str) -> Found | None:
        namespace: Found | None = None
        parts = dotted.split(".")
        for base in self._bases(folder):
            found = self._in(base, parts)
            if found is not None and found.source is not None:
                return found
            namespace = namespace or found
        return namespace

    def _bases(self, folder: str) -> Iterator[str]:
        """The folders imports are looked up in, nearest first."""
        here = PurePosixPath(folder)
        seen = set()
        for parent in (here, *here.parents):
            for name in NEIGHBOURS:
                base = str(parent / name)
                if base not in seen:
                    seen.add(base)
                    yield base
        yield from (name for name in self._roots if name and name not in seen)

    def _in(self, base: str, parts: Sequence[str]) -> Found | None:
        top = self._tops(base)
        if parts[0] not in top and f"{parts[0]}.py" not in top:
            return None
        path = PurePosixPath(base, *parts)
        real = self.real(str(path))
        if real is None:
            return None
        names = self._names(real.parent)
        if names.get(real.name) and self._names(real).get("__init__.py") is False:
            package = self._source(path / "__init__.py", ".".join(parts))
            return None if package is None else Found(package, True, str(path))
        if names.get(real.name + ".py") is False:
            module = self._source(path.with_name(path.name + ".py"), ".".join(parts))
            return None if module is None else Found(module, False, str(path.parent))
        if names.get(real.name) and any(name.endswith(".py") or folder for name, folder in self._names(real).items()):
            return Found(None, True, str(path))
        return None

    def _tops(self, base: str) -> dict[str, bool]:
        """What is in a folder given by its relative path: almost all look-ups end here."""
        if base not in self._bases_listed:
            real = self.real(base)
            self._bases_listed[base] = {} if real is None else self._names(real)
        return self._bases_listed[base]

    def _source(self, path: PurePosixPath, dotted: str) -> SourceFile | None:
        data = self.read(str(path), SOURCE_LIMIT)
        if data is None:
            return None
        text = decode(data)
        return SourceFile(_normal(str(path)), dotted, text) if isinstance(text, str) else None

    def _names(self, folder: Path) -> dict[str, bool]:
        """What is in a folder: name -> is a folder."""
        if folder not in self._listing:
            try:
                self._listing[folder] = {entry.name: entry.is_dir() for entry in folder.iterdir()}
            except (OSError, ValueError):
                self._listing[folder] = {}
        return self._listing[folder]

    # --- data files ---

    def real(self, path: str) -> Path | None:
        """The file or folder of this path relative to the root, if inside the given folders; it need not exist."""
        if "\0" in path or len(path) > 4096:
            return None
        first, _, rest = path.partition("/")
        root, below = (
            (self._roots[first], rest) if first.startswith("@") and first in self._roots else (self.root, path)
        )
        if below.startswith("/"):
            return None
        try:
            resolved = (root / below).resolve()
        except (OSError, RuntimeError, ValueError):
            return None
        return resolved if any(resolved == r or r in resolved.parents for r in self._roots.values()) else None

    def locate(self, path: str) -> Path | None:
        """Like `real`, also for an absolute path of the usual Airflow installations, of which the end is looked up."""
        if not path.startswith("/"):
            return self.real(path)
        for prefix in _HOMES:
            if path.startswith(prefix + "/"):
                below = path[len(prefix) + 1 :]
                for candidate in (below, below.partition("/")[2]):
                    real = self.real(candidate) if candidate else None
                    if real is not None and real.exists():
                        return real
        return None

    def relative(self, real: Path) -> str:
        """The name, relative to the root, of a path `real` gave."""
        for name, root in self._roots.items():
            if real == root or root in real.parents:
                return str(PurePosixPath(name, real.relative_to(root).as_posix()))
        return real.name

    def read(self, path: str, limit: int = DATA_LIMIT) -> bytes | None:
        """A file's bytes, None when it is not there, outside the folders or too large."""
        real = self.locate(path)
        try:
            if real is None or not real.is_file() or real.stat().st_size > limit:
                return self._read_zipped(path, limit)
            return real.read_bytes()
        except (OSError, ValueError):
            return None

    def _read_zipped(self, path: str, limit: int) -> bytes | None:
        head, mark, inner = path.partition(".zip/")
        archive = self.real(f"{head}.zip") if mark else None
        if archive is None or not archive.is_file():
            return None
        import zipfile

        try:
            with zipfile.ZipFile(archive) as opened:
                info = opened.getinfo(inner)
                return opened.read(info) if info.file_size <= limit else None
        except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
            return None


_HOMES = (
    "/opt/airflow",
    "/usr/local/airflow",
    "/home/airflow/gcs",
    "/home/airflow/airflow",
    "/airflow",
)


def _normal(path: str) -> str:
    return path[2:] if path.startswith("./") else path
