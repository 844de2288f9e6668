"""The user's code, carried over: layout, comments, rewrites, and what a body becomes."""

from __future__ import annotations

import pytest

from migrator.dagster_model import CarriedBody, Rewrite
from migrator.source import Span
from migrator.write.carry import as_function_body, carried_body, carried_text
from migrator.write.text import InvalidCode

from .build import body, carried, rewrite, source, span_of


def text_of(file_text: str, *changes: tuple[str, str], part: str | None = None, **more: object) -> str:
    """The body of the one function in a file, with rewrites."""
    file = source(file_text)
    return carried_body(body(file, part, *(rewrite(file, old, new) for old, new in changes), **more)).text


def test_docstring_goes_and_comments_stay() -> None:
    found = text_of('''\
def f(x):  # of the orders
    """What it does.

    At length.
    """

    # first
    y = x  # beside

    # last, before return

    return y
    # after
''')
    assert found == "# of the orders\n# first\ny = x  # beside\n\n# last, before return\n\nreturn y\n# after"


def test_a_comment_for_a_linter_goes_with_its_line() -> None:
    assert text_of("def f():  # noqa: D103\n    return 1\n") == "return 1"


def test_only_a_docstring() -> None:
    assert text_of('def f():\n    """Nothing."""\n') == "pass"
    assert text_of('def f():\n    """Nothing."""\n    # yet\n') == "# yet\npass"
    assert text_of('def f(): """Nothing."""; return 1\n') == "return 1"


def test_one_line() -> None:
    assert text_of("def f(x): y = x; return y  # why\n") == "y = x; return y  # why"


def test_multi_line_strings_keep_every_character() -> None:
    file = '''\
def outer():
    @task
    def f():
        sql = """
            SELECT 1
        -- less
    """
        other = f"""a
  {sql}
b"""
        more = "x\\
  y"
        return sql
'''
    found = text_of(file, part=file.split("\n", 1)[1].rstrip("\n"))
    made = "def f():\n" + as_function_body(found)
    scope: dict[str, object] = {}
    exec(made.replace("return sql", "return sql, other, more"), scope)
    assert scope["f"]() == (  # type: ignore[operator]
        "\n            SELECT 1\n        -- less\n    ",
        "a\n  \n            SELECT 1\n        -- less\n    \nb",
        "x  y",
    )


@pytest.mark.parametrize("margin", ["    ", "  ", "\t"])
def test_any_indentation(margin: str) -> None:
    lines = ["def f(x):", "@if x:", "@@return [", "@@    1,", "@@]", "@else:", "@@# no", "@@return 2"]
    found = text_of("\n".join(lines).replace("@", margin) + "\n")
    scope: dict[str, object] = {}
    exec("def f(x):\n" + as_function_body(found), scope)
    assert scope["f"](1) == [1]  # type: ignore[operator]
    assert scope["f"](0) == 2  # type: ignore[operator]
    assert "# no" in found


def test_windows_line_ends() -> None:
    assert text_of("def f():\r\n    x = 1\r\n    return x\r\n", part="def f():\r\n    x = 1\r\n    return x") == (
        "x = 1\nreturn x"
    )


def test_form_feeds_and_unicode_separators_do_not_count_as_lines() -> None:
    file = source('a = "\u2028"\n\x0c\ndef f():\n    return 1\n')
    assert carried_body(CarriedBody(file, Span(file.file, 3, 0, 4, 12))).text == "return 1"


def test_async_and_generator_are_told() -> None:
    file = source("async def f():\n    await g()\n")
    assert carried_body(body(file)).is_async
    file = source("def f():\n    yield 1\n")
    assert carried_body(body(file)).is_generator
    file = source("def f():\n    def g():\n        yield 1\n    return list(g())\n")
    assert not carried_body(body(file)).is_generator


def test_comments_above_the_function() -> None:
    file = source("x = 1\n\n# Why this is done\n# at night.\n@task\ndef f():\n    return 1\n")
    assert carried_body(body(file, "@task\ndef f():\n    return 1")).above == "# Why this is done\n# at night."


def test_rewrites() -> None:
    found = text_of(
        "def f(ti):\n    a = ti.xcom_pull('x') + ti.xcom_pull('y')\n    return a\n",
        ("ti.xcom_pull('x')", "x"),
        ("ti.xcom_pull('y')", "y"),
    )
    assert found == "a = x + y\nreturn a"


def test_an_outer_rewrite_wins() -> None:
    assert text_of("def f():\n    return g(h(1))\n", ("h(1)", "2"), ("g(h(1))", "3")) == "return 3"


def test_two_rewrites_of_the_same_place() -> None:
    with pytest.raises(InvalidCode, match="two different rewrites"):
        text_of("def f():\n    return g(1)\n", ("g(1)", "2"), ("g(1)", "3"))


def test_a_rewrite_of_several_statements() -> None:
    found = text_of("def f():\n    if x:\n        push('a', 1)\n", ("push('a', 1)", "xcom['a'] = 1\nlog('''\n x''')"))
    assert found == "if x:\n    xcom['a'] = 1\n    log('''\n x''')"


def test_removing_statements() -> None:
    file = """\
def f(ti):
    # about the pull
    a = ti.pull(1)  # gone
    if a:
        ti.push(2)
    else:
        # kept
        ti.push(3)
    for x in ti.all():
        print(x)
    b = 1; ti.push(4)
    return a, b
"""
    found = text_of(
        file,
        ("ti.pull(1)", ""),
        ("ti.push(2)", ""),
        ("ti.push(3)", ""),
        ("ti.all()", ""),
        ("ti.push(4)", ""),
    )
    assert found == "# about the pull\nif a:\n    pass\nelse:\n    pass\n    # kept\nb = 1\nreturn a, b"


def test_removing_a_decorator() -> None:
    file = source("@task(retries=1)\n@mine\ndef f():\n    return 1\n")
    item = carried(file, file.text.strip(), "f", "function", rewrite(file, "task(retries=1)", ""))
    assert carried_text(item) == "@mine\ndef f():\n    return 1"


def test_rename() -> None:
    file = source("def f():\n    return 1\n\n\nX = [1]\n")
    assert carried_text(carried(file, "def f():\n    return 1", "f", "function", rename="f_2")).startswith("def f_2():")
    assert carried_text(carried(file, "X = [1]", "X", "assign", rename="Y")) == "Y = [1]"


def test_a_nested_function_becomes_a_top_level_one() -> None:
    file = source("with DAG():\n    # helps\n    def f():\n        return '''\n  a'''\n")
    item = carried(file, "    # helps\n    def f():\n        return '''\n  a'''", "f", "function")
    assert carried_text(item) == "# helps\ndef f():\n    return '''\n  a'''"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lambda: 1", "return 1"),
        ("lambda ti, **context: ti.x if ti else None", "return ti.x if ti else None"),
        ("(lambda x: x)", "return x"),
        ("lambda: [\n        1,\n    ]", "return ([\n        1,\n    ])"),
        ("lambda: (\n    # why\n    1\n)", "return ((\n    # why\n    1\n))"),
        ("lambda x: lambda y: x", "return lambda y: x"),
    ],
)
def test_lambda(text: str, expected: str) -> None:
    file = source(f"task = PythonOperator(python_callable={text})\n")
    assert carried_body(CarriedBody(file, span_of(file, text))).text == expected


def test_lambda_with_pushes() -> None:
    file = source("x = lambda: g()\n")
    found = carried_body(CarriedBody(file, span_of(file, "lambda: g()"), xcom_dict=True)).text
    assert found == 'xcom: dict[str, Any] = {}\nreturn {**xcom, "return_value": g()}'


class TestXcomDict:
    def made(self, text: str) -> str:
        found = text_of(text, xcom_dict=True)
        assert found.startswith("xcom: dict[str, Any] = {}\n")
        return found.removeprefix("xcom: dict[str, Any] = {}\n")

    def test_returns(self) -> None:
        assert self.made("def f():\n    if a:\n        return\n    return 1, 2\n") == (
            'if a:\n    return xcom\nreturn {**xcom, "return_value": (1, 2)}'
        )

    def test_falling_off_the_end(self) -> None:
        assert self.made("def f():\n    g()\n") == "g()\nreturn xcom"
        assert self.made("def f():\n    if a:\n        return 1\n").endswith("\nreturn xcom")

    @pytest.mark.parametrize(
        "text",
        [
            "if a:\n    return 1\nelse:\n    raise E",
            "try:\n    return 1\nexcept E:\n    raise",
            "try:\n    g()\nfinally:\n    return 1",
            "if a:\n    return 1\nelif b:\n    return 2\nelse:\n    return 3",
        ],
    )
    def test_no_end_to_fall_off(self, text: str) -> None:
        assert not self.made("def f():\n" + as_function_body(text)).endswith("return xcom")

    def test_a_while_loop_or_with_may_be_left(self) -> None:
        assert self.made("def f():\n    with s():\n        return 1\n").endswith("\nreturn xcom")

    def test_nested_functions_keep_their_returns(self) -> None:
        found = self.made("def f():\n    def g():\n        xcom['a'] = 1\n        return 1\n    return g()\n")
        assert "    return 1\n" in found
        # `g` pushes, so it has to run before the dict is built.
        assert found.endswith('xcom["return_value"] = g(); return xcom')

    def test_a_generator_is_left_alone(self) -> None:
        assert self.made("def f():\n    yield 1\n    return 2\n") == "yield 1\nreturn 2"

    def test_a_preamble_that_makes_the_dict(self) -> None:
        assert text_of("def f():\n    g()\n", xcom_dict=True, preamble=("xcom = {}",)) == "xcom = {}\ng()\nreturn xcom"


def test_text_that_is_not_python() -> None:
    file = source("def f(:\n    print 1\n")
    with pytest.raises(InvalidCode):
        carried_body(body(file))
    with pytest.raises(InvalidCode, match="not a place"):
        carried_body(CarriedBody(file, Span(file.file, 90, 0, 91, 0)))


def test_a_rewrite_outside_the_piece_is_left_out() -> None:
    file = source("x = 1\ndef f():\n    return x\n")
    item = CarriedBody(file, span_of(file, "def f():\n    return x"), rewrites=(Rewrite(span_of(file, "1"), "2"),))
    assert carried_body(item).text == "return x"
