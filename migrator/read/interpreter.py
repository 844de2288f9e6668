"""A bounded, pure interpreter for Python syntax trees. It knows nothing of Airflow: that is its host's to know.

`Interpreter(host, modules).run_file(source)` runs one file and what it imports and never raises for anything the file
can do; `findings` says what went wrong, the module's `namespace` what came of it.
"""

from __future__ import annotations

import ast
import sys
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from ..airflow_model import Symbol
from ..findings import Finding
from ..source import SourceFile, Span
from . import builtins, stdlib
from .comparing import Comparing
from .core import Bounds
from .folders import absolute
from .frames import Frame
from .host import Host
from .modules import Found, ModuleFinder
from .objects import (
    MISSING,
    BoundReached,
    Foreign,
    Instance,
    NativeModule,
    Raised,
    Stop,
    UserModule,
)
from .trees import Parsed, parse, with_deep_stack
from .values import describe

_GONE = frozenset(
    {  # modules of Python 2, which files try first and import under `except ImportError`
        "ConfigParser",
        "Queue",
        "StringIO",
        "cPickle",
        "cStringIO",
        "commands",
        "httplib",
        "urllib2",
        "urlparse",
        "HTMLParser",
        "Tkinter",
        "__builtin__",
        "md5",
        "sets",
    }
)


class Interpreter(Comparing):
    """Runs files. One interpreter is for one DAG file: the bounds are shared by the file and all it imports."""

    def __init__(self, host: Host, modules: ModuleFinder, bounds: Bounds | None = None) -> None:
        super().__init__(host, modules, bounds)
        self.builtins = builtins.table()
        self._natives: dict[str, NativeModule] = {}
        self._left_loop = []
        self._main: UserModule | None = None
        self._missing: dict[str, set[str]] = {}

    def run_file(self, source: SourceFile) -> UserModule:
        """Run a file to its end, or to where it stops; never raises for anything the file does."""
        return with_deep_stack(lambda: self._run_file(source))

    def _run_file(self, source: SourceFile) -> UserModule:
        module = self._load(source, source.file.endswith("/__init__.py") or source.file == "__init__.py")
        if module is None:
            empty = UserModule(source)
            empty.failed = self.findings[-1] if self.findings else None
            return empty
        self._main = module
        try:
            self._run_module(module)
        except Raised as error:
            self._uncaught(module, error)
        except Stop:
            pass
        return module

    def _load(self, source: SourceFile, is_package: bool) -> UserModule | None:
        """Parse a file; a finding and None when it cannot be."""
        parsed = self._parse(source)
        if parsed is None:
            return None
        module = UserModule(source, parsed, is_package)
        module.namespace.update(
            {
                "__name__": source.module,
                "__file__": self.file_of(module),
                "__doc__": ast.get_docstring(parsed.tree),
                "__package__": source.module if is_package else source.module.rpartition(".")[0],
            }
        )
        self.modules[source.file] = module
        return module

    def _parse(self, source: SourceFile) -> Parsed | None:
        try:
            return parse(source.file, source.text)
        except SyntaxError as error:
            line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
            message = f"{error.msg}.".replace("..", ".")
            self.report(Finding("A2D001", message, Span(source.file, line, column, line, column + 1)))
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            reason = str(error) or "nested too deep"
            message = f"The file cannot be parsed: {reason}."
            self.report(Finding("A2D001", message, Span(source.file, 1, 0, 1, 0)))
        return None

    def file_of(self, module: UserModule) -> str:
        return absolute(module.source.file)

    def _run_module(self, module: UserModule) -> None:
        """Run a module's statements; an exception the file raises goes on to whoever imports it."""
        frame = Frame(module, module.namespace, None, is_module=True)
        outside = self.conditional, self.repeated, self.journal, self.assumed
        if module.tree.body:
            start: ast.AST = module.tree.body[0]
        else:
            start = module.tree
        self.host.module_started(module.source, self.at(start, frame))
        try:
            for statement in module.tree.body:
                try:
                    signal = self.block([statement], frame)
                except RecursionError:
                    self.bound("code nested too deep", statement, frame)
                    self.forget(statement, frame, "code nested too deep")
                    continue
                except BoundReached as bound:
                    self.bound(bound.what, statement, frame)
                    continue
                except MemoryError:
                    self.bound("more memory than there is", statement, frame)
                    continue
                if signal is not None:
                    break
        finally:
            self.conditional, self.repeated, self.journal, self.assumed = outside
            module.finished = True
            self.host.module_finished(module.source, module.namespace, self.at(start, frame))

    def _uncaught(self, module: UserModule, error: Raised) -> None:
        value = error.value
        related: tuple[tuple[str, Span], ...] = ()
        span = error.span or Span(module.source.file, 1)
        if isinstance(value, BaseException):
            name, message = (
                type(value).__name__,
                str(value) if not isinstance(value, KeyError) else repr(value.args[0] if value.args else ""),
            )
        elif isinstance(value, Foreign):
            name, message = value.name, value.message
        elif type(value) is Instance:
            args = ", ".join(map(str, value.base.args)) if isinstance(value.base, BaseException) else ""
            name, message = value.cls.name, args
        else:
            name, message = describe(value), ""
        text = f"{name}: {message}"[:300] if message else name
        module.failed = Finding("A2D008", f"{' '.join(text.split())}.".replace("..", "."), span, related)
        self.report(module.failed)

    # --- imports ---

    def _import(self, node: ast.Import, frame: Frame) -> None:
        for alias in node.names:
            value = self.import_module(alias.name, node, frame)
            if alias.asname:
                self.bind_name(alias.asname, value, frame)
            else:
                top = alias.name.partition(".")[0]
                self.bind_name(top, self.import_module(top, node, frame) if top != alias.name else value, frame)

    def import_module(self, dotted: str, node: ast.AST, frame: Frame) -> Any:
        """What `import dotted` brings: a user's module, a model, the host's, or a symbol."""
        if self._reserved(dotted):
            return self.host.import_module(dotted, self.at(node, frame))
        native = self.native_module(dotted)
        if native is not None:
            return native
        module = self.user_module(dotted, node, frame)
        if module is not None:
            return module
        return self._elsewhere(dotted, node, frame)

    def _reserved(self, dotted: str) -> bool:
        # A host written before there was `reserves` reserves nothing.
        reserves = getattr(self.host, "reserves", None)
        return callable(reserves) and bool(reserves(dotted))

    def native_module(self, dotted: str) -> NativeModule | None:
        if dotted not in self._natives:
            names = stdlib.names(dotted, self)
            if names is None:
                return None
            self._natives[dotted] = NativeModule(dotted, names)
        return self._natives[dotted]

    def _elsewhere(self, dotted: str, node: ast.AST, frame: Frame) -> Any:
        top = dotted.partition(".")[0]
        if top in _GONE:
            self.raise_("ModuleNotFoundError", f"No module named {dotted!r}", node, frame)
        if top in sys.stdlib_module_names:
            return Symbol(dotted)
        if self.host.owns(dotted):
            return self.host.import_module(dotted, self.at(node, frame))
        # `import a.b` also brings `a`: one finding is enough, and one for each file.
        said = self._missing.setdefault(frame.module.source.file, set())
        if not any(name == dotted or name.startswith(f"{dotted}.") for name in said):
            said.add(dotted)
            message = f"The module {dotted} is not in the given folders."
            self.report(Finding("A2D013", message, self.span(node, frame)))
        return Symbol(dotted)

    def user_module(self, dotted: str, node: ast.AST, frame: Frame) -> UserModule | None:
        """The user's module of this name, run if it has not been; its parent packages too."""
        # As Python does, from the folders of the DAG file, whichever module asks. A DAG file has no name of its own:
        # `from kubernetes import client` in dags/kubernetes.py means the library.
        main = self._main or frame.module
        found = self.finder.find(dotted, main.source.file)
        if found is None:
            return None
        if (
            found.source is not None
            and frame.module is main
            and found.source.file == main.source.file
            and not main.is_package
        ):
            return None
        parent, _, last = dotted.rpartition(".")
        package = self.user_module(parent, node, frame) if parent else None
        module = self._module_of(found, dotted)
        frame.module.imports[dotted] = module
        if package is not None and last not in package.namespace:
            package.namespace[last] = module
        return module

    def _module_of(self, found: Found, dotted: str) -> UserModule:
        source = found.source
        if source is None:
            key = f"{found.folder}/"
            if key not in self.modules:
                module = UserModule(SourceFile(key, dotted, ""), is_package=True)
                module.finished = True
                self.modules[key] = module
            return self.modules[key]
        if source.file in self.modules:
            return self.modules[source.file]
        loaded = self._load(source, found.is_package)
        if loaded is None:
            broken = UserModule(source, is_package=found.is_package)
            broken.partial = broken.finished = True
            self.modules[source.file] = broken
            return broken
        if self.depth >= self.bounds.depth:
            raise BoundReached("imports nested too deep")
        self.depth += 10
        # What an import under a condition defines is there for whoever imports it elsewhere.
        outside = self.conditional, self.repeated, self.journal, self.assumed
        self.conditional, self.repeated, self.journal, self.assumed = (), (), None, []
        try:
            self._run_module(loaded)
        except Raised:
            del self.modules[source.file]
            raise
        finally:
            self.depth -= 10
            self.conditional, self.repeated, self.journal, self.assumed = outside
        return loaded

    def run_imports_in_functions(self) -> None:
        """Run the user's modules that are imported in functions only, so that they are among `modules`, too.

        Call it when everything else is taken from the interpreter and its host: findings and DAGs of such modules are
        none of the file's.
        """
        with_deep_stack(self._run_imports_in_functions)

    def _run_imports_in_functions(self) -> None:
        done: set[str] = set()
        while waiting := [module for file, module in self.modules.items() if file not in done]:
            for module in waiting:
                done.add(module.source.file)
                frame = Frame(module, module.namespace, None, is_module=True)
                for node in module.parsed.imports_in_functions:
                    for dotted in self._named_modules(node, frame):
                        with suppress(Raised, BoundReached, RecursionError, MemoryError):
                            if not self._reserved(dotted) and self.native_module(dotted) is None:
                                self.user_module(dotted, node, frame)

    def _named_modules(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> list[str]:
        """The absolute names of everything in an import statement that may be a module."""
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        dotted = self._absolute(node, frame)
        return [dotted, *(f"{dotted}.{alias.name}" for alias in node.names if alias.name != "*")] if dotted else []

    def _import_from(self, node: ast.ImportFrom, frame: Frame) -> None:
        dotted = self._absolute(node, frame)
        if dotted is None:
            for alias in node.names:
                self.bind_name(
                    alias.asname or alias.name, Symbol(f"{'.' * node.level}{node.module or ''}.{alias.name}"), frame
                )
            return
        if dotted == "__future__":
            return
        for alias in node.names:
            if alias.name == "*":
                self._import_star(dotted, node, frame)
            else:
                self.bind_name(alias.asname or alias.name, self.import_name(dotted, alias.name, node, frame), frame)

    def _absolute(self, node: ast.ImportFrom, frame: Frame) -> str | None:
        """The absolute name of the module; None for a relative import that leaves the folders."""
        if not node.level:
            return node.module or ""
        # By the file's place, whatever name it was imported by.
        folder = PurePosixPath(frame.module.source.file).parent
        parts = frame.module.source.module.split(".")
        if not frame.module.is_package:
            parts = parts[:-1]
        for _ in range(node.level - 1):
            folder, parts = folder.parent, parts[:-1]
        if not parts:
            parts = [p for p in folder.parts if p != "."]
        return ".".join([*parts, *([node.module] if node.module else [])]) or None

    def import_name(self, dotted: str, name: str, node: ast.AST, frame: Frame) -> Any:
        """What `from dotted import name` brings."""
        if self._reserved(dotted):
            return self.host.import_name(dotted, name, self.at(node, frame))
        native = self.native_module(dotted)
        if native is not None:
            found = native.names.get(name, MISSING)
            if found is not MISSING:
                return found
            inner = self.native_module(f"{dotted}.{name}")
            return inner if inner is not None else Symbol(f"{dotted}.{name}")
        module = self.user_module(dotted, node, frame)
        if module is None:
            elsewhere = self._elsewhere(dotted, node, frame)
            if isinstance(elsewhere, Symbol) and not self.host.owns(dotted):
                return Symbol(f"{dotted}.{name}")
            return self.host.import_name(dotted, name, self.at(node, frame))
        if name in module.namespace:
            return module.namespace[name]
        inner_module = self.user_module(f"{dotted}.{name}", node, frame)
        if inner_module is not None:
            return inner_module
        getter = module.namespace.get("__getattr__")
        if getter is not None:
            return self.call(getter, [name], {}, node, frame)
        found = self.module_attribute(module, name, node, frame)
        # The DAG file itself is loaded under a name of its own: importing it again is no cycle.
        if found is not MISSING and (module.finished or module is self._main):
            return found
        self.raise_("ImportError", f"cannot import name {name!r} from {dotted!r}", node, frame)

    def _import_star(self, dotted: str, node: ast.AST, frame: Frame) -> None:
        if self._reserved(dotted):
            for name in self.host.public_names(dotted):
                self.bind_name(name, self.host.import_name(dotted, name, self.at(node, frame)), frame)
            return
        native = self.native_module(dotted)
        if native is not None:
            for name, value in native.names.items():
                if not name.startswith("_"):
                    self.bind_name(name, value, frame)
            return
        module = self.user_module(dotted, node, frame)
        if module is None:
            self._elsewhere(dotted, node, frame)
            names = self.host.public_names(dotted) if self.host.owns(dotted) else ()
            for name in names:
                self.bind_name(name, self.host.import_name(dotted, name, self.at(node, frame)), frame)
            if not names:
                frame.module.star_imports.append(dotted)
            return
        listed = module.namespace.get("__all__")
        if isinstance(listed, (list, tuple)):
            for name in listed:
                if isinstance(name, str):
                    self.bind_name(name, self.import_name(dotted, name, node, frame), frame)
        else:
            for name, value in list(module.namespace.items()):
                if isinstance(name, str) and not name.startswith("_"):
                    self.bind_name(name, value, frame)
        frame.module.star_imports += module.star_imports
        frame.module.partial = frame.module.partial or module.partial
