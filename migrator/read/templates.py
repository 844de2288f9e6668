"""Jinja templates as Airflow's operators use them, taken apart with jinja2's own lexer and parser, never rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from jinja2 import Environment, TemplateSyntaxError, meta
from jinja2 import nodes as jinja

from ..records import dataclass
from .template_names import DATE_ATTRIBUTES, DATE_NAMES, JINJA_GLOBALS, TASK_INSTANCE_NAMES
from .template_nodes import Attribute, Call, Constant, Item, Name, Node, XComPull, chain, node_of, walk


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text: `source` as written (with comments, raw tags, whitespace to be stripped), `text` as rendered."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """`{{ … }}`. `code` is what stands between the braces; `names` its root names, template-local ones included."""

    source: str
    code: str
    node: Node
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Anything else, from its opening tag to its closing one: for, if, set, macro … `kind` is the tag's name."""

    source: str
    kind: str


Part: TypeAlias = Text | Expression | Block


@dataclass(frozen=True, slots=True)
class Template:
    """A template's parts, in order; their sources together are the text.

    `names` are the root names it takes from the context, `nodes` its expressions wherever they stand (in blocks too),
    `filters` and `tests` what it uses of these. `error` is what jinja2 says of an invalid one, which has no parts.
    """

    text: str
    parts: tuple[Part, ...] = ()
    names: frozenset[str] = frozenset()
    nodes: tuple[Node, ...] = ()
    filters: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()
    error: str | None = None

    @property
    def has_blocks(self) -> bool:
        return any(isinstance(part, Block) for part in self.parts)

    @property
    def uses_dates(self) -> bool:
        """Whether what it renders to depends on the data interval."""
        return bool(self.names & DATE_NAMES) or any(_reads_date(node) for node in all_nodes(self))


# Both lines: the sandboxed environment with `do`, and everything else as jinja2 has it. So the last newline is dropped.
_ENVIRONMENT = Environment(extensions=["jinja2.ext.do"])
_TAGS = re.compile(r"\{[{%#]")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_BLOCKS = frozenset({"for", "if", "macro", "call", "filter", "set", "block", "with", "autoescape"})


def is_plain(text: str) -> bool:
    """Whether a text holds no tag at all; rendering such a text only drops its last newline."""
    return _TAGS.search(text) is None


@lru_cache(maxsize=4096)
def parse(text: str, keep_trailing_newline: bool = False) -> Template:
    """Take a template apart. Never fails: an invalid one has an `error` and no parts.

    `keep_trailing_newline` is true for DAGs that say so in `jinja_environment_kwargs`.
    """
    try:
        tree = _ENVIRONMENT.parse(text)
        parts = tuple(_parts(text, keep_trailing_newline))
        filters = frozenset(node.name for node in tree.find_all(jinja.Filter))
        tests = frozenset(node.name for node in tree.find_all(jinja.Test))
        names = _undeclared(text, filters, tests)
        return Template(text, parts, names, tuple(_expressions(tree)), filters, tests)
    except TemplateSyntaxError as error:
        return Template(text, error=error.message or "invalid")
    except (RecursionError, ValueError, OverflowError) as error:
        return Template(text, error=f"{type(error).__name__}: {error}")


def names_used(template: Template) -> frozenset[str]:
    """The root names a template takes from the context (`params` for `params.table`)."""
    return template.names


def all_nodes(template: Template) -> Iterator[Node]:
    """Every node of every expression, in blocks too."""
    for node in template.nodes:
        yield from walk(node)


def pulls(template: Template) -> tuple[XComPull, ...]:
    """Every XCom it pulls, in blocks too."""
    return tuple(node for node in all_nodes(template) if isinstance(node, XComPull))


def pushes(template: Template) -> bool:
    """Whether rendering it pushes an XCom: `{{ ti.xcom_push(key="rows", value=1) }}`."""
    return any(
        isinstance(node, Call)
        and isinstance(node.function, Attribute)
        and node.function.name == "xcom_push"
        and isinstance(node.function.base, Name)
        and node.function.base.name in TASK_INSTANCE_NAMES
        for node in all_nodes(template)
    )


def constant(template: Template) -> str | None:
    """What a template of text and constants renders to; None for any other."""
    found: list[str] = []
    for part in template.parts:
        if isinstance(part, Text):
            found.append(part.text)
        elif isinstance(part, Expression) and isinstance(part.node, Constant):
            found.append(str(part.node.value))
        else:
            return None
    return None if template.error is not None else "".join(found)


def _reads_date(node: Node) -> bool:
    if not isinstance(node, Attribute | Item):
        return False
    found = chain(node)
    return found is not None and bool(found[1]) and found[1][0] in DATE_ATTRIBUTES.get(found[0], ())


# --- names ---------------------------------------------------------------------------------------------------


def _undeclared(text: str, filters: frozenset[str], tests: frozenset[str]) -> frozenset[str]:
    environment = _ENVIRONMENT
    if filters - environment.filters.keys() or tests - environment.tests.keys():
        # jinja2 refuses to look at names beside filters it does not know, such as a DAG's user_defined_filters.
        environment = Environment(extensions=["jinja2.ext.do"])
        for name in filters:
            environment.filters.setdefault(name, str)
        for name in tests:
            environment.tests.setdefault(name, lambda value: bool(value))
    return frozenset(meta.find_undeclared_variables(environment.parse(text))) - JINJA_GLOBALS


def _expressions(tree: jinja.Node) -> Iterator[Node]:
    """The outermost expressions in a tree."""
    for child in tree.iter_child_nodes():
        if isinstance(child, jinja.TemplateData):
            continue
        if isinstance(child, jinja.Expr) and not (isinstance(child, jinja.Name) and child.ctx != "load"):
            yield node_of(child)
        else:
            yield from _expressions(child)


# --- parts ---------------------------------------------------------------------------------------------------


def _parts(text: str, keep_trailing_newline: bool) -> Iterator[Part]:
    """The parts, from the lexer's tokens. The lexer leaves out whitespace that `-` strips; it goes to the tag."""
    normal = _NEWLINE.sub("\n", text)
    offsets = _offsets(text) if normal != text else None

    def source(start: int, end: int) -> str:
        return normal[start:end] if offsets is None else text[offsets[start] : offsets[end]]

    end = len(normal)
    if normal.endswith("\n") and not keep_trailing_newline:
        end -= 1
    position = start = 0
    depth = 0
    kind = tag = ""
    inside: list[tuple[str, str]] = []
    data: str | None = None
    for token, value in _tokens(normal[:end]):
        at = normal.index(value, position)
        if token in ("raw_begin", "comment_begin", "variable_begin", "block_begin") and depth == 0:
            start, data, inside = position, "", []
        position = at + len(value)
        if token == "data":
            if depth == 0:
                if data is None:
                    yield Text(source(at, position), value)
                else:
                    data += value
        elif token in ("raw_end", "comment_end"):
            if depth == 0:
                yield Text(source(start, position), data or "")
                data = None
        elif token == "variable_end":
            if depth == 0:
                yield _expression(source(start, position), inside)
                data = None
        elif token == "block_begin":
            inside = []
        elif token == "block_end":
            tag, opens, closes = _tag(inside)
            kind = tag if depth == 0 else kind
            depth += opens - closes
            if depth == 0:
                yield Block(source(start, position), kind)
                data = None
        elif token not in ("variable_begin", "comment"):
            inside.append((token, value))
    if position < len(normal):
        # The last newline, and whitespace before it that a tag strips.
        yield Text(source(position, len(normal)), "")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    # The lexer drops one last newline of what it is given; here that one counts.
    tail = "\n" if text.endswith("\n") else ""
    for _, token, value in _ENVIRONMENT.lex(text + tail):
        if value:
            yield token, value


def _offsets(text: str) -> list[int]:
    """Where each character of the text with normal newlines stands in the text as written."""
    found: list[int] = []
    position = 0
    for match in _NEWLINE.finditer(text):
        found.extend(range(position, match.start() + 1))
        position = match.end()
    found.extend(range(position, len(text) + 1))
    return found


def _tag(tokens: list[tuple[str, str]]) -> tuple[str, int, int]:
    """The name of a block tag, and whether it opens or closes a block."""
    words = [(token, value) for token, value in tokens if token != "whitespace"]
    name = words[0][1] if words else ""
    if name.startswith("end"):
        return name, 0, 1
    opens = name in _BLOCKS and not (name == "set" and any(word == ("operator", "=") for word in words))
    return name, int(opens), 0


def _expression(source: str, tokens: list[tuple[str, str]]) -> Expression:
    code = "".join(value for _, value in tokens).strip()
    output = _ENVIRONMENT.parse("{{ " + code + " }}").body[0]
    assert isinstance(output, jinja.Output)
    node = node_of(output.nodes[0])
    # From jinja2's tree: the algebra's pulls, Variables and Connections do not name `ti`, `var` and `conn` any more.
    names = frozenset(name.name for name in output.find_all(jinja.Name) if name.ctx == "load")
    return Expression(source, code, node, names - JINJA_GLOBALS)
