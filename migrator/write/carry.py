"""The user's own functions, constants and classes, carried over with their comments and layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

import libcst as cst

from ..dagster_model import Carried, CarriedBody, Rewrite
from ..records import dataclass
from ..source import SourceFile, Span
from .returns import keyed_returns
from .rewrite import REMOVED, Remover, piece
from .text import InvalidCode, indent

Transform = Callable[[cst.Module, SourceFile], cst.Module]
"""A last change to the tree of a piece of a file that has imports: making those of other copied modules relative."""


@dataclass(frozen=True, slots=True)
class BodyText:
    """A function's statements at column 0, and what was outside of them."""

    text: str
    above: str = ""
    """The comment lines directly above the function."""
    is_async: bool = False
    is_generator: bool = False


def unchanged(module: cst.Module, source: SourceFile) -> cst.Module:
    """The transform that changes nothing; pieces it is given for need no parsing."""
    return module


def carried_text(item: Carried, resolve: Callable[[str], str] = str, transform: Transform = unchanged) -> str:
    """A top-level piece of the user's source as it goes into a generated module.

    Text that needs no change but its rewrites is not touched by a parser at all. Raises InvalidCode.
    """
    text = piece(item.source, item.span, item.rewrites, resolve)
    transform = transform if "import" in text else unchanged
    nested = text.startswith((" ", "\t"))
    if not (nested or REMOVED in text or item.rename or transform is not unchanged):
        return text.strip("\n")
    module = _parse(text, str(item.span))
    if REMOVED in text:
        module = _visit(module, Remover())
    if item.rename and item.rename != item.name:
        module = _renamed(module, item.name, item.rename)
    return transform(module, item.source).code.strip("\n")


def carried_body(body: CarriedBody, resolve: Callable[[str], str] = str, transform: Transform = unchanged) -> BodyText:
    """The statements of a user's function or lambda as the body of a generated one. Raises InvalidCode."""
    found = _body(body.source, body.span, body.rewrites, returns_of(body), resolve, transform)
    preamble = [resolve(text) for text in body.preamble]
    if body.xcom_dict and not any(text.startswith(("xcom =", "xcom:")) for text in preamble):
        preamble.append("xcom: dict[str, Any] = {}")
    text = "\n".join(part for part in (*preamble, found.text) if part.strip()) or "pass"
    return BodyText(text, found.above, found.is_async, found.is_generator)


Returns: TypeAlias = Literal["value", "keyed", "outputs"]


def returns_of(body: CarriedBody) -> Returns:
    """What a body's returns are to give: the value, a dict by key, or such a dict with the value's own keys."""
    return "value" if not body.xcom_dict else "outputs" if body.multiple_outputs else "keyed"


@lru_cache(maxsize=512)
def _body(
    source: SourceFile,
    span: Span,
    rewrites: tuple[Rewrite, ...],
    returns: Returns,
    resolve: Callable[[str], str],
    transform: Transform,
) -> BodyText:
    """Cached, since a loop in a DAG file makes many tasks of one function."""
    text = piece(source, span, rewrites, resolve)
    if text.lstrip(" \t(").startswith("lambda") and not text.lstrip().startswith("@"):
        return _lambda_body(text, str(span), returns)
    module = _parse(text, str(span))
    if REMOVED in text:
        module = _visit(module, Remover())
    functions = [node for node in module.body if isinstance(node, cst.FunctionDef)]
    if len(functions) != 1:
        raise InvalidCode(f"{span}: not one function")
    function = functions[0]
    generator = "yield" in text and _yields(function)
    statements, footer = _statements(function)
    bare = module.with_changes(body=statements, header=[], footer=footer, has_trailing_newline=True)
    if returns != "value" and not generator:
        bare = keyed_returns(bare, outputs=returns == "outputs")
    if "import" in text:
        bare = transform(bare, source)
    code = bare.code.strip("\n")
    if not bare.body and code:
        code += "\npass"
    return BodyText(code, _comments_above(source, span), function.asynchronous is not None, generator)


def _statements(function: cst.FunctionDef) -> tuple[list[cst.BaseStatement], Sequence[cst.EmptyLine]]:
    """A function's statements without its docstring, and the comment lines after them.

    A comment behind the `def` line's colon becomes a line of its own, unless it only speaks to a linter.
    """
    if isinstance(function.body, cst.SimpleStatementSuite):
        line = cst.SimpleStatementLine(body=function.body.body, trailing_whitespace=function.body.trailing_whitespace)
        statements: list[cst.BaseStatement] = [line]
        footer: Sequence[cst.EmptyLine] = ()
        header = None
    else:
        assert isinstance(function.body, cst.IndentedBlock)
        statements = list(function.body.body)
        footer = function.body.footer
        header = function.body.header.comment
    if function.get_docstring(clean=False) is not None:
        statements = _without_docstring(statements)
    if header is not None and not header.value.startswith(("# noqa", "# type:", "# pylint", "# pragma", "# nosec")):
        empty = cst.EmptyLine(comment=header)
        if statements:
            leading = getattr(statements[0], "leading_lines", ())
            statements[0] = statements[0].with_changes(leading_lines=[empty, *leading])
        else:
            footer = [empty, *footer]
    return statements, footer


def _without_docstring(statements: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    """The statements without the first one's docstring; comments above it stay, blank lines do not."""
    first = statements[0]
    assert isinstance(first, cst.SimpleStatementLine)
    comments = [line for line in first.leading_lines if line.comment is not None]
    if len(first.body) > 1:
        return [first.with_changes(body=first.body[1:], leading_lines=comments), *statements[1:]]
    rest = statements[1:]
    if rest:
        leading = [*comments, *getattr(rest[0], "leading_lines", ())]
        while leading and leading[0].comment is None:
            leading.pop(0)
        rest[0] = rest[0].with_changes(leading_lines=leading)
    return rest


def _lambda_body(text: str, place: str, returns: Returns) -> BodyText:
    """A lambda's expression as a return statement."""
    try:
        expression = cst.parse_expression("(" + text.strip() + "\n)")
    except cst.ParserSyntaxError as error:
        raise InvalidCode(f"{place}: not a lambda: {error.message}") from error
    if not isinstance(expression, cst.Lambda):
        raise InvalidCode(f"{place}: not a lambda")
    code = cst.Module([]).code_for_node(expression.body)
    if "\n" in code or isinstance(expression.body, cst.Yield):
        code = f"({code})"
    if returns == "outputs":
        return BodyText(f'xcom["return_value"] = {code}\nreturn {{**xcom, **(xcom["return_value"] or {{}})}}')
    return BodyText(f"return {code}" if returns == "value" else f'return {{**xcom, "return_value": {code}}}')


def _parse(text: str, place: str) -> cst.Module:
    """Statements at any depth as a module whose body is at column 0. Raises InvalidCode."""
    nested = text.startswith((" ", "\t"))
    try:
        module = cst.parse_module("if True:\n" + text + "\n" if nested else text + "\n")
    except cst.ParserSyntaxError as error:
        raise InvalidCode(f"{place}: {error.message}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidCode(f"{place}: {error}") from error
    if nested:
        outer = module.body[0]
        assert isinstance(outer, cst.If)
        assert isinstance(outer.body, cst.IndentedBlock)
        module = module.with_changes(body=outer.body.body, footer=outer.body.footer)
    # Blocks without an indentation of their own follow the module's, which four spaces now are.
    return module.with_changes(default_indent="    ")


def _visit(module: cst.Module, transformer: cst.CSTTransformer) -> cst.Module:
    changed = module.visit(transformer)
    assert isinstance(changed, cst.Module)
    return changed


def _yields(function: cst.FunctionDef) -> bool:
    """Whether the function itself, not one inside it, is a generator."""
    finder = _YieldFinder()
    function.body.visit(finder)
    return finder.found


class _YieldFinder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.found = True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False


def _renamed(module: cst.Module, old: str, new: str) -> cst.Module:
    """The piece with what it defines under another name; uses elsewhere are the caller's rewrites."""

    class Renamer(cst.CSTTransformer):
        def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
            return False

        def visit_ClassDef(self, node: cst.ClassDef) -> bool:
            return False

        def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
            return updated_node.with_changes(name=cst.Name(new)) if original_node.name.value == old else updated_node

        def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
            return updated_node.with_changes(name=cst.Name(new)) if original_node.name.value == old else updated_node

        def leave_AssignTarget(
            self, original_node: cst.AssignTarget, updated_node: cst.AssignTarget
        ) -> cst.AssignTarget:
            target = updated_node.target
            if isinstance(target, cst.Name) and target.value == old:
                return updated_node.with_changes(target=cst.Name(new))
            return updated_node

        def leave_AnnAssign(self, original_node: cst.AnnAssign, updated_node: cst.AnnAssign) -> cst.AnnAssign:
            target = updated_node.target
            if isinstance(target, cst.Name) and target.value == old:
                return updated_node.with_changes(target=cst.Name(new))
            return updated_node

    return _visit(module, Renamer())


def _comments_above(source: SourceFile, span: Span) -> str:
    """The comment lines that stand directly above the function, at its own depth."""
    lines = source.lines()
    margin = " " * span.column
    found: list[str] = []
    for line in reversed(lines[: span.line - 1]):
        if not line.startswith(margin + "#"):
            break
        found.append(line.strip())
    shebang = [line for line in found if line.startswith("#!") or "coding" in line]
    return "" if shebang else "\n".join(reversed(found))


def as_function_body(text: str) -> str:
    """Statements one level deep; `pass` for none."""
    return indent(text.strip("\n") or "pass")
