"""Return statements of a function that hands its XComs over as one dict named `xcom`."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst


def keyed_returns(module: cst.Module, *, outputs: bool = False) -> cst.Module:
    """A function's body (as a module) in which every return carries `xcom` along.

    `return value` becomes `return {**xcom, "return_value": value}`, a bare return and the end of the body
    `return xcom`. Functions and classes inside keep their returns. Where such a function may push while the value is
    computed, the value is computed first. With `outputs`, the keys of the value are pushed too, as those of a task
    with `multiple_outputs` are.
    """
    late = _contains(module, (cst.FunctionDef, cst.Lambda))
    changed = module.visit(_Returns(late, outputs))
    assert isinstance(changed, cst.Module)
    if _ends(changed.body):
        return changed
    return changed.with_changes(body=[*changed.body, cst.SimpleStatementLine([_return_xcom()])])


def _contains(node: cst.CSTNode, kinds: tuple[type[cst.CSTNode], ...]) -> bool:
    """Whether a tree has a node of these kinds. (libcst.matchers would do, but takes as long to import as libcst.)"""
    return isinstance(node, kinds) or any(_contains(child, kinds) for child in node.children)


def _return_xcom() -> cst.Return:
    return cst.Return(cst.Name("xcom"), whitespace_after_return=cst.SimpleWhitespace(" "))


class _Returns(cst.CSTTransformer):
    def __init__(self, late: bool, outputs: bool) -> None:
        super().__init__()
        self._late, self._outputs = late, outputs

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def leave_Return(
        self, original_node: cst.Return, updated_node: cst.Return
    ) -> cst.Return | cst.FlattenSentinel[cst.BaseSmallStatement]:
        value = updated_node.value
        if value is None or (isinstance(value, cst.Name) and value.value == "None"):
            return _return_xcom()
        if isinstance(value, cst.Tuple) and not value.lpar:
            value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        if self._outputs:
            target = cst.AssignTarget(cst.parse_expression('xcom["return_value"]'))  # type: ignore[arg-type]
            keys = 'xcom["return_value"]' if isinstance(value, cst.Dict) else '(xcom["return_value"] or {})'
            both = cst.parse_expression(f"{{**xcom, **{keys}}}")
            return cst.FlattenSentinel(
                [cst.Assign([target], value), cst.Return(both, whitespace_after_return=cst.SimpleWhitespace(" "))]
            )
        if self._late and _contains(value, (cst.Call, cst.Await)):
            target = cst.AssignTarget(cst.parse_expression('xcom["return_value"]'))  # type: ignore[arg-type]
            return cst.FlattenSentinel([cst.Assign([target], value), _return_xcom()])
        elements: list[cst.BaseDictElement] = [
            cst.StarredDictElement(cst.Name("xcom")),
            cst.DictElement(cst.SimpleString('"return_value"'), value),
        ]
        return cst.Return(
            cst.Dict(elements), whitespace_after_return=cst.SimpleWhitespace(" "), semicolon=updated_node.semicolon
        )


def _ends(statements: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> bool:
    """Whether control never falls off the end of these statements; false where it is not plain to see."""
    if not statements:
        return False
    match statements[-1]:
        case cst.Return() | cst.Raise():
            return True
        case cst.SimpleStatementLine(body=body):
            return _ends(body)
        case cst.If(body=block, orelse=cst.If() as other):
            return _ends(block.body) and _ends([other])
        case cst.If(body=block, orelse=cst.Else() as other):
            return _ends(block.body) and _ends(other.body.body)
        case cst.Try(finalbody=cst.Finally() as final) if _ends(final.body.body):
            return True
        case cst.Try(body=block, handlers=handlers, orelse=orelse):
            straight = _ends(block.body) or (orelse is not None and _ends(orelse.body.body))
            return straight and all(_ends(handler.body.body) for handler in handlers)
        case _:
            # A `with` may swallow the exception that a raise in it ends on; a loop may not be entered.
            return False
