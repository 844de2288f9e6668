"""Names: of imports, of definitions, and as Dagster takes them."""

from __future__ import annotations

import ast

import pytest

from migrator.dagster_model import (
    AssetCheck,
    Becomes,
    Code,
    DagModule,
    Import,
    Input,
    Job,
    LibModule,
    Origin,
    Schedule,
    Sensor,
)
from migrator.source import SourceFile
from migrator.write import RenderedProject, render
from migrator.write.fstrings import fit, quotes_around
from migrator.write.imports import Place, import_block, parse_imports, statement
from migrator.write.loading import missing_names
from migrator.write.runtime import Runtime
from migrator.write.text import InvalidCode, free_name, literal

from .build import asset, body, carried, dag, dag_record, project, rewrite, source, task_record


def code(*dags: DagModule, **more: object) -> str:
    """The text of the first DAG's module; fails when it was left out."""
    rendered = render(project(*dags, **more), Runtime())
    assert [item for item in rendered.findings if item.severity == "error"] == []
    return rendered.files[f"airflow_dags/defs/{dags[0].package}/assets.py"]


def faults(*dags: DagModule, **more: object) -> list[str]:
    rendered = render(project(*dags, **more), Runtime())
    return [item.message for item in rendered.findings if item.code == "A2D605"]


class TestImports:
    here = Place("p", "defs.d.assets")

    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            (Import("os"), "import os"),
            (Import("numpy", alias="np"), "import numpy as np"),
            (Import("a.b", "c", "d"), "from a.b import c as d"),
            (Import("@resources", "R"), "from ..resources import R"),
            (Import("@compat.bash", "run_bash"), "from ...airflow_compat.bash import run_bash"),
            (Import("@lib.a.b", "f"), "from ...lib.a.b import f"),
            (Import("@lib.a.b"), "from ...lib.a import b"),
            (Import("@lib", "a"), "from ...lib import a"),
            (Import("@here.helpers", "f"), "from .helpers import f"),
        ],
    )
    def test_statements(self, item: Import, expected: str) -> None:
        assert statement(item, self.here) == expected

    def test_from_elsewhere(self) -> None:
        assert statement(Import("@compat.xcom", "X"), Place("p", "defs.resources")) == (
            "from ..airflow_compat.xcom import X"
        )
        assert Place("p", "lib.a", is_package=True).relative("lib.a.b") == ".b"
        assert Place("p", "lib.a.c").relative("lib.b") == "..b"

    def test_only_those_used(self) -> None:
        items = [Import("os"), Import("sys"), Import("a.b"), Import("a.c"), Import("os")]
        assert import_block(items, frozenset({"os", "a"}), self.here) == "import a.b\nimport a.c\nimport os"

    def test_users_statements(self) -> None:
        assert parse_imports("import a.b, c as d") == (Import("a.b"), Import("c", alias="d"))
        assert parse_imports("from .a import (b,\n  c as d)") == (Import(".a", "b"), Import(".a", "c", "d"))

    def test_names_in_quoted_annotations_are_used(self) -> None:
        file = source('from decimal import Decimal\ndef f(x: "list[Decimal]") -> None: ...\n')
        items = (
            carried(file, "from decimal import Decimal", "Decimal", "import"),
            carried(file, 'def f(x: "list[Decimal]") -> None: ...', "f", "function"),
        )
        assert "from decimal import Decimal" in code(dag("d", asset("d/a"), carried=items))

    def test_future_annotations_are_kept(self) -> None:
        file = source("from __future__ import annotations\n")
        items = (carried(file, file.text.strip(), "annotations", "import"),)
        text = code(dag("d", asset("d/a", needs_context=True), carried=items))
        assert text.split("\n")[2] == "from __future__ import annotations"


class TestClashes:
    users = source("import datetime\n\n\ndef f():\n    return datetime.date.today(), g()\n")
    ours = Import("datetime", "datetime")

    def test_ours_gives_way(self) -> None:
        items = (carried(self.users, "import datetime", "datetime", "import"),)
        first = asset("d/a", "return datetime(2024, 1, 1, tzinfo=x.datetime)", body=None)
        first = asset("d/a", body=Code("return datetime(2024, 1, 1, fold=o.datetime)", (self.ours, Import("o"))))
        text = code(dag("d", first, carried=items))
        assert "from datetime import datetime as datetime_datetime" in text
        assert "return datetime_datetime(2024, 1, 1, fold=o.datetime)" in text

    def test_in_what_comes_into_the_users_text(self) -> None:
        items = (carried(self.users, "import datetime", "datetime", "import"),)
        made = body(
            self.users,
            "def f():\n    return datetime.date.today(), g()",
            rewrite(self.users, "g()", "datetime.now()"),
            preamble=("start = datetime.min",),
            imports=(self.ours,),
        )
        text = code(dag("d", asset("d/a", body=made), carried=items))
        assert "start = datetime_datetime.min\n    return datetime.date.today(), datetime_datetime.now()" in text

    def test_in_the_users_own_text(self) -> None:
        items = (carried(self.users, "import datetime", "datetime", "import"),)
        made = body(self.users, "def f():\n    return datetime.date.today(), g()", imports=(self.ours,))
        (message,) = faults(dag("d", asset("d/a", body=made), carried=items))
        assert "the name datetime is used for two things" in message

    def test_a_constant_called_like_an_import_of_ours(self) -> None:
        file = source("dg = 1\n")
        (message,) = faults(dag("d", asset("d/a"), carried=(carried(file, "dg = 1", "dg", "assign"),)))
        assert "the name dg" in message


class TestLoading:
    @pytest.mark.parametrize(
        ("text", "missing"),
        [
            ("x = y", ("y",)),
            ("x = [a for a in b]", ("b",)),
            ("f = lambda: nothing", ()),
            ("def f():\n    return nothing", ()),
            ("def f(a=b): ...", ("b",)),
            ("def f(a: b) -> c: ...", ("b", "c")),
            ("from __future__ import annotations\ndef f(a: b) -> c: ...", ()),
            ("class A(B):\n    x = 1\n    y = x\n    z = w", ("B", "w")),
            ("@d(e)\ndef f(): ...", ("d", "e")),
            ("try:\n    x = y\nexcept NameError:\n    x = 1", ()),
            ("for i in range(3):\n    j = i\nprint(i, j)", ()),
            ("with open(__file__) as f:\n    g = f", ()),
            ("if a:\n    b = 1", ("a",)),
            ("from x import *\ny", ()),
            ("x = 1\nx: y = x", ("y",)),
            ("f()\ndef f(): ...", ("f",)),
        ],
    )
    def test_missing_names(self, text: str, missing: tuple[str, ...]) -> None:
        assert missing_names(ast.parse(text)) == missing

    def test_one_dag_that_would_not_load_does_not_keep_the_rest_from_it(self) -> None:
        good, bad = asset("d/a"), asset("e/a", decorators=(Code("missing_name()"),))
        (message,) = faults(dag("d", good), dag("e", bad))
        assert "the name missing_name is not defined" in message

    @pytest.mark.parametrize(
        "item",
        [Import("@compat.none", "x"), Import("@lib.none", "x"), Import("@lib.a", "y"), Import("@resources", "R")],
    )
    def test_imports_of_what_is_not_there(self, item: Import) -> None:
        lib = (LibModule("a", SourceFile("a.py", "a", "x = 1\n")),)
        made = asset("d/a", body=Code(f"return {item.name}", (item,)))
        (message,) = faults(dag("d", made), dag("e", asset("e/a")), lib=lib)
        assert "which is not there" in message


class TestDefinitions:
    def test_free_names(self) -> None:
        taken = {"a"}
        found = [free_name(name, taken, "_asset") for name in ("a", "b-c", "class", "1x", "print", "a", "ü.x")]
        assert found == ["a_asset", "b_c", "class_", "_1x", "print_asset", "a_asset_2", "ü_x"]

    def test_two_tasks_of_one_name(self) -> None:
        text = code(dag("d", asset("d/a-b", function="a_b"), asset("d/a.c", function="a_b")))
        assert "def a_b() -> Any:" in text
        assert "def a_b_asset() -> Any:" in text


class TestNamespace:
    def render(self, *dags: DagModule, **more: object) -> RenderedProject:
        rendered = render(project(*dags, **more), Runtime())
        assert {item.code for item in rendered.findings} == {"A2D601"}
        return rendered

    def test_keys_that_dagster_refuses(self) -> None:
        first = asset("d/a b", function="a_b")
        second = asset("d/c", inputs=(Input("x", ("d", "a b")),), deps=(("e", "é"),))
        other = asset("e/é", function="e")
        record = dag_record("d", task_record("a b", Becomes("asset", "a_b", ("d", "a b"))))
        rendered = self.render(dag("d", first, second), dag("e", other), records=(record,))
        text = rendered.files["airflow_dags/defs/d/assets.py"]
        assert 'key=["d", "a_b"]' in text
        assert 'ins={"x": dg.AssetIn(["d", "a_b"])}' in text
        assert 'deps=[["e", "_"]]' in text
        assert rendered.records[0].tasks[0].becomes[0].key == ("d", "a_b")
        assert ("d", "a b", 0) in rendered.becomes

    def test_keys_that_are_the_same_to_dagster(self) -> None:
        text = self.render(dag("d", asset("d/a-b"), asset("d/a.b"))).files["airflow_dags/defs/d/assets.py"]
        assert 'key=["d", "a-b"]' in text
        assert 'key=["d", "a.b_2"]' in text

    def test_a_job_called_like_an_asset(self) -> None:
        made = dag(
            "orders",
            asset("orders", group="orders"),
            schedule=Schedule("s", "orders", ("@daily",), "UTC", Origin("orders")),
        )
        rendered = self.render(made, records=(dag_record("orders"),))
        assert (
            'dg.define_asset_job(\n    "orders_job"' in rendered.files["airflow_dags/defs/orders/assets.py"]
            or 'dg.define_asset_job("orders_job"' in rendered.files["airflow_dags/defs/orders/assets.py"]
        )
        assert rendered.records[0].job == "orders_job"
        assert ("orders", "job", "orders_job") in rendered.automation

    def test_a_check_called_like_an_asset(self) -> None:
        check = AssetCheck("c", ("d", "a"), Code("return dg.AssetCheckResult(passed=True)"), Origin("d", "c"))
        text = self.render(dag("d", asset("d/a"), asset("d/a_c"), checks=(check,)))
        assert "def c_check(" in text.files["airflow_dags/defs/d/assets.py"]

    def test_names_that_cannot_be(self) -> None:
        assert faults(dag("d", asset("d/a"), job=Job("a b", "d", Origin("d"))))
        sensor = Sensor("s", "d", Code("return None"), Origin("d"))
        both = [dag(x, asset(f"{x}/a"), sensors=(sensor,)) for x in ("d", "e")]
        assert faults(*both) == [
            "The generated code for DAG e is not valid: two schedules or sensors are called s",
        ]


class TestText:
    @pytest.mark.parametrize("value", ["a", 'a"b', "a'b", "a'b\"c", "a\nb", "\\", "\x00é\u2028", "x" * 80 + "\n" + "y"])
    def test_strings(self, value: str) -> None:
        assert ast.literal_eval(literal(value)) == value

    def test_sets_are_sorted(self) -> None:
        assert literal({"b", "a"}) == '{"a", "b"}'

    @pytest.mark.parametrize(
        ("text", "quotes", "expected"),
        [
            ("a['b']", ('"',), "a['b']"),
            ('a["b"]', ('"',), "a['b']"),
            ('a["b"]', ('"""',), 'a["b"]'),
            ('a["b"] + f(c, "d")', ('"',), "a['b'] + f(c, 'd')"),
            ('a["it\'s"]', ("'''",), 'a["it\'s"]'),
        ],
    )
    def test_expressions_inside_f_strings(self, text: str, quotes: tuple[str, ...], expected: str) -> None:
        assert fit(text, quotes) == expected

    def test_characters_that_cannot_stand_in_an_f_string(self) -> None:
        assert fit('a["x\\n#"]', ('"',)) == "a[('x' + chr(10) + chr(35))]"
        with pytest.raises(InvalidCode):
            fit('a["b"]', ('"', "'"))

    def test_where_f_strings_are(self) -> None:
        text = "x = f\"{a}\" + \"{b}\"\ny = f'''\n{c}'''\n"
        assert quotes_around(text, 1, 7) == ('"',)
        assert quotes_around(text, 1, 15) == ()
        assert quotes_around(text, 3, 1) == ("'''",)
