"""Property: a pure program gives in the interpreter what it gives in Python, exceptions included."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .recording import run

NAMES = ["a", "b", "c", "d"]
numbers = st.integers(-9, 9)
atoms = st.one_of(
    st.sampled_from(NAMES),
    numbers.map(str),
    st.sampled_from(
        ["'x'", "'yy'", "''", "True", "None", "2.5", "[1, 2]", "(3,)", "{'k': 1}", "{1, 2}", "[]", "range(3)"]
    ),
)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions over expressions."""
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(
            inner, st.sampled_from(["+", "-", "*", "//", "%", "==", "<", "in", "and", "or", "is not", "!=", "|"]), inner
        ).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda e: f"(not {e})"),
        inner.map(lambda e: f"-({e})"),
        inner.map(lambda e: f"len({e})"),
        inner.map(lambda e: f"str({e})"),
        inner.map(lambda e: f"sorted({e})"),
        inner.map(lambda e: f"f'<{{{e.replace(chr(39), chr(34))}}}>'"),
        pair.map(lambda t: f"[{t[0]}, {t[1]}]"),
        pair.map(lambda t: f"({t[0]}, *{t[1]})"),
        pair.map(lambda t: f"{{'p': {t[0]}, 'q': {t[1]}}}"),
        pair.map(lambda t: f"{t[0]}[{t[1]}]"),
        pair.map(lambda t: f"[{t[0]} for e in {t[1]}]"),
        pair.map(lambda t: f"[e for e in {t[0]} if {t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        pair.map(lambda t: f"f({t[0]}, k={t[1]})"),
        inner.map(lambda e: f"isinstance({e}, (int, str))"),
        inner.map(lambda e: f"list({e})[:2]"),
        inner.map(lambda e: f"dict(z={e}).get('z')"),
        pair.map(lambda t: f"(lambda u: {t[0]})({t[1]})"),
        inner.map(lambda e: f"'%s' % ({e},)"),
    )


expressions = st.recursive(atoms, compound, max_leaves=6)


def indent(body: list[str]) -> str:
    return "\n".join("    " + line for statement in body for line in statement.split("\n"))


simple = st.one_of(
    st.tuples(st.sampled_from(NAMES), expressions).map(lambda t: f"{t[0]} = {t[1]}"),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["+=", "*=", "-="]), expressions).map(
        lambda t: f"{t[0]} {t[1]} {t[2]}"
    ),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), expressions).map(lambda t: f"{t[0]}, {t[1]} = {t[2]}"),
    expressions.map(lambda e: f"out.append({e})"),
)


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Compound statements over statements."""
    body = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.tuples(expressions, body, body).map(lambda t: f"if {t[0]}:\n{indent(t[1])}\nelse:\n{indent(t[2])}"),
        st.tuples(expressions, body).map(
            lambda t: f"for d in {t[0]}:\n{indent(t[1])}\n    if len(out) > 20:\n        break"
        ),
        st.tuples(body, body).map(
            lambda t: (
                f"try:\n{indent(t[0])}\nexcept (TypeError, KeyError):\n{indent(t[1])}\nfinally:\n    out.append('f')"
            )
        ),
        st.tuples(body, expressions).map(
            lambda t: f"def f(a=1, *r, k=2):\n    b = c = d = 0\n{indent(t[0])}\n    return {t[1]}"
        ),
    )


statements = st.recursive(simple, blocks, max_leaves=5)
programs = st.lists(statements, min_size=1, max_size=6).map("\n".join)
START = "out = []\na, b, c, d = 1, 'b', [1, 2], {'k': 3}\ndef f(x=0, *r, k=1):\n    return (x, k)\n"


def values(namespace: dict[str, Any]) -> dict[str, Any]:
    return {name: namespace.get(name) for name in (*NAMES, "out")}


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(programs)
def test_same_as_python(program: str) -> None:
    text = START + program
    expected: dict[str, Any] = {}
    raised = ""
    try:
        exec(compile(text, "main", "exec"), expected)
    except SyntaxError:
        return
    except RecursionError:
        return
    except Exception as error:
        raised = type(error).__name__
    result = run(text)
    assert [f.code for f in result.findings if f.code != "A2D008"] == []
    assert [f.message.partition(":")[0].rstrip(".") for f in result.findings] == ([raised] if raised else [])
    assert repr(values(result.module.namespace)) == repr(values(expected))
