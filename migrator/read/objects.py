"""What the interpreter makes of the user's definitions: functions, classes, instances, modules and their like."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from ..findings import Finding
from ..records import dataclass
from ..source import SourceFile, Span
from .trees import Parsed

if TYPE_CHECKING:
    from .frames import Frame
    from .host import Arg

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Missing:
    """The one value that means "there is none" where None is a value."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


class UserModule:
    """A file of the user's. `namespace` holds its top-level names after (and while) it runs.

    `failed` is the finding of the exception that stopped it. `partial` says that names may be missing that Python
    would have (something was not understood); a name not found is then unknown instead of an error.
    `star_imports` are modules out of sight of which `from module import *` was said.
    """

    def __init__(self, source: SourceFile, parsed: Parsed | None = None, is_package: bool = False) -> None:
        self.source = source
        self.parsed = parsed or Parsed(ast.Module([], []))
        self.is_package = is_package
        self.namespace: dict[str, Any] = {}
        self.imports: dict[str, UserModule] = {}  # the user's modules it imports, by dotted name
        self.failed: Finding | None = None
        self.finished = False
        self.partial = False
        self.star_imports: list[str] = []

    @property
    def tree(self) -> ast.Module:
        return self.parsed.tree

    @property
    def name(self) -> str:
        return self.source.module

    def __repr__(self) -> str:
        return f"<module {self.source.file}>"


@dataclass(eq=False, slots=True)
class UserFunction:
    """A function or lambda of the user's. `frame` is the scope it was defined in; `owner` its class, if any."""

    name: str
    qualname: str
    node: FunctionNode
    module: UserModule
    frame: Frame
    defaults: list[Any] = field(default_factory=list)
    keyword_defaults: dict[str, Any] = field(default_factory=dict)
    owner: UserClass | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    decorators: list[Any] = field(default_factory=list)
    context_manager: bool = False
    opaque: bool = False  # a decorator nobody knows may have given it attributes

    @property
    def is_generator(self) -> bool:
        from .frames import function_scope

        return function_scope(self.node).yields

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    def lookup(self, name: str) -> Any:
        """The value of a free name of the body as it is now, from the enclosing calls; MISSING when it is not there."""
        frame: Frame | None = self.frame
        while frame is not None and not frame.is_module:
            if not frame.is_class and name in frame.names:
                return frame.names[name]
            frame = frame.parent
        return MISSING

    @property
    def closure(self) -> dict[str, Any]:
        """The free names the body takes from enclosing calls (not from the module), with their values now."""
        found: dict[str, Any] = {}
        for node in ast.walk(self.node):
            if isinstance(node, ast.Name) and node.id not in found:
                value = self.lookup(node.id)
                if value is not MISSING:
                    found[node.id] = value
        for own in (*self.node.args.posonlyargs, *self.node.args.args, *self.node.args.kwonlyargs):
            found.pop(own.arg, None)
        return found

    def __repr__(self) -> str:
        return f"<function {self.qualname}>"


@dataclass(eq=False, slots=True)
class UserClass:
    """A class of the user's. `mro` holds its own class first, then user classes, host classes, real types and symbols.

    `fields` are those of a dataclass or NamedTuple (name, default or MISSING, default factory or MISSING, in init).
    """

    name: str
    qualname: str
    node: ast.ClassDef
    module: UserModule
    bases: list[Any] = field(default_factory=list)
    mro: list[Any] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    keywords: dict[str, Any] = field(default_factory=dict)
    fields: list[Field] | None = None
    is_tuple: bool = False
    members: dict[str, Any] | None = None  # of an Enum

    def find(self, name: str, after: UserClass | None = None) -> Any:
        """The attribute in the first user class of the MRO that has it (after `after`), or MISSING."""
        seen = after is None
        for cls in self.mro:
            if seen and type(cls) is UserClass and name in cls.attributes:
                return cls.attributes[name]
            if cls is after:
                seen = True
        return MISSING

    def __repr__(self) -> str:
        return f"<class {self.qualname}>"


@dataclass(slots=True)
class Field:
    """One field of a dataclass or NamedTuple."""

    name: str
    default: Any = MISSING
    factory: Any = MISSING
    init: bool = True
    keyword_only: bool = False


@dataclass(eq=False, slots=True)
class Instance:
    """An instance of a user's class.

    `host` is the host's object behind it (see HostClass.construct). `base` is the real Python object behind it
    where its class extends a real type (dict, str, an exception). `args`/`kwargs`/`at` are those of the call
    that made it.
    """

    cls: UserClass
    attributes: dict[str, Any] = field(default_factory=dict)
    host: Any = None
    base: Any = MISSING
    args: list[Arg] = field(default_factory=list)
    kwargs: dict[str, Arg] = field(default_factory=dict)
    at: Any = None

    def __repr__(self) -> str:
        return f"<{self.cls.name} instance>"


@dataclass(eq=False, slots=True)
class BoundMethod:
    """A function taken from an instance (or class, for class methods): the call gets it first."""

    function: Any
    instance: Any


@dataclass(eq=False, slots=True)
class Partial:
    """`functools.partial`: the function, with arguments given in advance."""

    function: Any
    args: list[Any]
    kwargs: dict[str, Any]


@dataclass(eq=False, slots=True)
class Super:
    """`super()`: attributes of `instance` (or class) from behind `cls` in its MRO."""

    cls: UserClass
    instance: Any


@dataclass(eq=False, slots=True)
class HostInit:
    """`__init__` of a host class, reached from a user's subclass; `instance` is None when it is not bound."""

    cls: Any
    instance: Any = None


@dataclass(eq=False, slots=True)
class Wrapped:
    """What `@property`, `@classmethod`, `@staticmethod` make of a function."""

    kind: str
    function: Any
    setter: Any = None


@dataclass(eq=False, slots=True)
class Native:
    """A function of Python's own the interpreter has a model of. `run(args, kwargs, at)` gives the result.

    `path` names it in deferred values. With `lazy` the model wants arguments as they are, be they known or not;
    without, a call with one that is not known never reaches it and becomes a deferred call.
    """

    path: str
    run: Callable[..., Any]
    lazy: bool = False

    def __repr__(self) -> str:
        return f"<{self.path}>"


@dataclass(eq=False, slots=True)
class NativeMethod:
    """A method of a real Python object (or a class's, when `owner` is a type)."""

    owner: Any
    name: str


@dataclass(eq=False, slots=True)
class NativeModule:
    """The model of a library module; a name not in `names` is a symbol."""

    path: str
    names: dict[str, Any]


@dataclass(eq=False, slots=True)
class Generator:
    """What the call of a generator function gave: all its values, made in advance, and an iterator over them."""

    values: list[Any]
    items: Iterator[Any]


@dataclass(frozen=True, slots=True)
class Spread:
    """`*value` in a call where the value is not known: any number of positional arguments."""

    value: Any


@dataclass(eq=False, slots=True)
class ContextManager:
    """A call of a function decorated with `contextlib.contextmanager`, not yet run."""

    function: UserFunction
    args: list[Any]
    kwargs: dict[str, Any]


@dataclass(eq=False, slots=True)
class EnterOnly:
    """A context manager whose entering gives `value` and whose leaving does nothing; `suppress` as contextlib's."""

    value: Any
    suppress: tuple[Any, ...] = ()


@dataclass(eq=False, slots=True)
class Foreign:
    """An exception instance known only by its class's name, raised by a host."""

    name: str
    message: str


class Raised(Exception):
    """An exception of the interpreted program on its way: `value` is the exception as the program sees it."""

    def __init__(self, value: Any, span: Span | None) -> None:
        super().__init__()
        self.value = value
        self.span = span


class Enough(Exception):
    """A generator has yielded more than anybody should need."""


class Stop(Exception):
    """The whole reading of a file must end here (steps used up)."""


class BoundReached(Exception):
    """One operation would be too large: its value is unknown. `what` says which bound."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
