"""How Jinja templates are taken apart: parts, names, the algebra of expressions, and agreement with jinja2 itself."""

from __future__ import annotations

from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.read.template_names import CONTEXT_NAMES, DATE_NAMES, OBJECT_NAMES
from migrator.read.template_nodes import (
    Attribute,
    Call,
    Collection,
    Conditional,
    Connection,
    Constant,
    Filter,
    Item,
    Name,
    Node,
    Operation,
    Slice,
    Test,
    Unsupported,
    Variable,
    XComPull,
    chain,
)
from migrator.read.templates import (
    Block,
    Expression,
    Template,
    Text,
    all_nodes,
    constant,
    is_plain,
    names_used,
    parse,
    pulls,
)

Test.__test__ = False  # type: ignore[attr-defined]  # a node, not a test
AIRFLOW = jinja2.Environment(undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"])


def written(template: Template) -> str:
    return "".join(part.source for part in template.parts)


def node(code: str) -> Node:
    (part,) = parse("{{ " + code + " }}").parts
    assert isinstance(part, Expression)
    return part.node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("plain { } % #", [Text]),
        ("{{ ds }}", [Expression]),
        ("a {{ ds }} b {{ ts }}", [Text, Expression, Text, Expression]),
        ("line\n", [Text, Text]),
        ("{{ ds }}\n", [Expression, Text]),
        ("{# remark #}a", [Text, Text]),
        ("{% raw %}{{ ds }}{% endraw %}", [Text]),
        ("{%- raw -%} {{ ds }} {%- endraw -%} b", [Text, Text]),
        ("{% if ds %}a{% else %}b{% endif %}c", [Block, Text]),
        ("{% for a in x %}{% if a %}{{ a }}{% endif %}{% endfor %}{{ ds }}", [Block, Expression]),
        ("{% set a = 1 %}{{ a }}", [Block, Expression]),
        ("{% set a %}b{{ ds }}{% endset %}", [Block]),
        ("{% do x.append(1) %}", [Block]),
        ("{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1) }}", [Block, Expression]),
        ("{% for a in x %}{% raw %}{% endfor %}{% endraw %}{# {% endfor %} #}{% endfor %}b", [Block, Text]),
        ("{% include 'a.sql' %}", [Block]),
    ],
)
def test_parts(text: str, expected: list[type]):
    template = parse(text)
    assert [type(part) for part in template.parts] == expected
    assert written(template) == text


@pytest.mark.parametrize(
    "text",
    [
        "a\n",
        "a\n\n",
        "\n",
        "{{ '{{' }} {{ '}}' }} {{ \"%}\" }}",
        "a  {#- b -#}  c\n\n",
        "{% raw %} {{ x }} {% endraw %}\n{{ 1 }}",
        "x {%- raw %} a {% endraw -%}\n\n y",
        "a {{- 1 -}} \n\n b {{+ 2 }} c",
        "a\r\nb\rc {{ 1 }}\r\n",
        "{{ 'é' }}\u2028x",
        "{{ none }} {{ true }} {{ 1.50 }} {{ 'a' 'b' }}",
    ],
)
@pytest.mark.parametrize("keep", [False, True])
def test_constants_fold_to_what_jinja_renders(text: str, keep: bool):
    environment = AIRFLOW.overlay(keep_trailing_newline=keep)  # type: ignore[call-arg]
    template = parse(text, keep)
    assert written(template) == text
    assert constant(template) == environment.from_string(text).render()


@pytest.mark.parametrize("text", ["{{ ds }}", "{% if 1 %}a{% endif %}", "{{ "])
def test_what_is_not_constant(text: str):
    assert constant(parse(text)) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ ds }}/{{ params.table }}", "ds params"),
        ("{% set day = ds %}{{ day }}", "ds"),
        ("{% for t in params.tables %}{{ t }}{{ loop.index }}{% endfor %}", "params"),
        ("{{ macros.ds_add(ds, 1) }}", "ds macros"),
        ("{{ ti.xcom_pull(task_ids=params.x) }}", "params ti"),
        ("{{ var.value.a ~ conn.b.host }}", "conn var"),
        ("{{ range(3) }}{{ dict(a=1) }}", ""),
        ("{{ mine | own_filter is own_test }}", "mine"),
        ("{% raw %}{{ ds }}{% endraw %}{# {{ ts }} #}", ""),
        ("{% macro m(a) %}{{ a }}{{ run_id }}{% endmacro %}{{ m(ts) }}", "run_id ts"),
    ],
)
def test_names(text: str, names: str):
    assert names_used(parse(text)) == frozenset(names.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ ds }}", True),
        ("{% if params.x %}{{ next_execution_date }}{% endif %}", True),
        ("{{ dag_run.logical_date.strftime('%Y') }}", True),
        ("{{ ti.execution_date }}", True),
        ("{{ dag_run.conf['ds'] }} {{ run_id }} {{ params.ds }}", False),
        ("{% set ds = 'x' %}{{ ds }}", False),
    ],
)
def test_whether_a_date_is_used(text: str, expected: bool):
    assert parse(text).uses_dates is expected


DS = Name("ds")
PARAMS = Name("params")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ds", DS),
        ("params.table", Attribute(PARAMS, "table")),
        ("params['a'].b[0]", Item(Attribute(Item(PARAMS, Constant("a")), "b"), Constant(0))),
        ("ts[:10]", Item(Name("ts"), Slice(None, Constant(10), None))),
        ("macros.ds_add(ds, -1)", Call(Attribute(Name("macros"), "ds_add"), (DS, Operation("neg", (Constant(1),))))),
        ("logical_date.add(days=1)", Call(Attribute(Name("logical_date"), "add"), (), (("days", Constant(1)),))),
        ("logical_date | ds_nodash", Filter(Name("logical_date"), "ds_nodash")),
        ("params.x | default('a', true)", Filter(Attribute(PARAMS, "x"), "default", (Constant("a"), Constant(True)))),
        ("params | tojson(indent=2)", Filter(PARAMS, "tojson", (), (("indent", Constant(2)),))),
        ("params.x is defined", Test(Attribute(PARAMS, "x"), "defined")),
        ("not ds", Operation("not", (DS,))),
        ("ds ~ '_' ~ 1", Operation("~", (DS, Constant("_"), Constant(1)))),
        ("1 < params < 3",
         Operation("and", (Operation("<", (Constant(1), PARAMS)), Operation("<", (PARAMS, Constant(3)))))),
        ("ds not in ['a']", Operation("not in", (DS, Collection("list", (Constant("a"),))))),
        ("'a' if ds else 'b'", Conditional(DS, Constant("a"), Constant("b"))),
        ("'a' if ds", Conditional(DS, Constant("a"), None)),
        ("{'a': ds}", Collection("dict", (Constant("a"), DS))),
        ("ds, 1", Collection("tuple", (DS, Constant(1)))),
        ("f(*ds)", Call(Name("f"), unpacks=True)),
        # Variables and Connections
        ("var.value.bucket", Variable("bucket")),
        ("var.json.conf.a['b'][0]", Variable("conf", json=True, path=("a", "b", 0))),
        ("var['value']['x']", Variable("x")),
        ("var.value.get('x', 'y')", Variable("x", default=Constant("y"))),
        ("var.json.get('x', default={}).z", Variable("x", json=True, path=("z",), default=Collection("dict", ()))),
        ("var.value[params.name]", Variable(Attribute(PARAMS, "name"))),
        ("var.value.x.upper()", Call(Attribute(Variable("x"), "upper"))),
        ("var.json.x.get('a')", Call(Attribute(Variable("x", json=True), "get"), (Constant("a"),))),
        ("conn.pg.host", Connection("pg", ("host",))),
        ("conn.get('pg').extra_dejson.role", Connection("pg", ("extra_dejson", "role"))),
        ("conn.pg.get_uri()", Call(Attribute(Connection("pg"), "get_uri"))),
        # XComs
        ("ti.xcom_pull('a')", XComPull("a")),
        ("task_instance.xcom_pull(task_ids='a', key='k')['b'][0]", XComPull("a", "k", ("b", 0))),
        ("ti.xcom_pull(['a', 'b'])", XComPull(("a", "b"))),
        ("ti.xcom_pull(key='k')", XComPull(None, "k")),
        ("ti.xcom_pull('a', 'other', 'k', True)", XComPull("a", "k", (), "other", True)),
        ("ti.xcom_pull(params.t)", XComPull(Attribute(PARAMS, "t"))),
        ("ti.xcom_pull('a').strip()", Call(Attribute(XComPull("a"), "strip"))),
        ("ti.xcom_pull('a') | first", Filter(XComPull("a"), "first")),
        ("ti.xcom_pull(**x)", XComPull(unpacks=True)),
        ("other.xcom_pull('a')", Call(Attribute(Name("other"), "xcom_pull"), (Constant("a"),))),
    ],
)  # fmt: skip
def test_the_algebra(code: str, expected: Node):
    assert node(code) == expected


def test_what_the_algebra_leaves_out():
    assert node("x | f(*y)") == Unsupported("filter")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("dag_run.conf['x'].y[0]", ("dag_run", ("conf", "x", "y", 0))),
        ("ds", ("ds", ())),
        ("params[ds]", None),
        ("f(ds).x", None),
    ],
)
def test_chains(code: str, expected: Any):
    assert chain(node(code)) == expected


def test_pulls_wherever_they_stand():
    text = (
        "{% for r in ti.xcom_pull('a') %}{{ r }}{% endfor %}{{ macros.f(ti.xcom_pull('b', key='k')['x']) }}"
        "{% if task_instance.xcom_pull(task_ids=['c']) and ds %}{% set z = [ti.xcom_pull('d')] %}{% endif %}"
    )
    assert pulls(parse(text)) == (XComPull("a"), XComPull("b", "k", ("x",)), XComPull(("c",)), XComPull("d"))


@pytest.mark.parametrize(
    "text",
    [
        "{{ ds",
        "{{ }}",
        "{% if %}",
        "{% endfor %}",
        "{% for a in b %}",
        "{{ ds }",
        "{% what %}",
        "{{ a b }}",
        "{{ 'a }}",
    ],
)
def test_invalid_templates_say_so(text: str):
    template = parse(text)
    assert template.error is not None
    assert (template.parts, constant(template)) == ((), None)


def test_deep_templates_do_not_crash():
    assert parse("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}").error
    for terms in (100, 300, 500, 1000, 20000):
        template = parse("{{ 1" + " + 1" * terms + " }}")
        assert template.error or list(all_nodes(template))


def test_plain():
    assert is_plain("echo ${X} {x} 100%")
    assert not any(is_plain(text) for text in ("{{ ds }}", "{% if %}", "{# #}"))


def test_expressions_keep_what_was_written():
    (part,) = parse("{{- ti.xcom_pull( 'a' )  |  tojson -}}").parts
    assert isinstance(part, Expression)
    assert part.code == "ti.xcom_pull( 'a' )  |  tojson"
    assert part.names == {"ti"}
    assert parse("{{ a | tojson }}{% if b is defined %}{% endif %}").filters == {"tojson"}


# --- the tables ----------------------------------------------------------------------------------------------


def test_tables_agree_with_airflow_2():
    airflow = pytest.importorskip("airflow")
    if not airflow.__version__.startswith("2."):
        pytest.skip("not Airflow 2")
    context = pytest.importorskip("airflow.utils.context")
    assert {row.name for row in CONTEXT_NAMES.values() if "2" in row.lines} == context.KNOWN_CONTEXT_KEYS


def test_tables_agree_with_airflow_3():
    context = pytest.importorskip("airflow.sdk.definitions.context")
    known = context.KNOWN_CONTEXT_KEYS - {"test_mode"}  # listed, and set by nothing
    assert {row.name for row in CONTEXT_NAMES.values() if "3" in row.lines} == known


def test_tables_are_consistent():
    assert CONTEXT_NAMES.keys() >= DATE_NAMES
    assert not DATE_NAMES & OBJECT_NAMES
    assert {"ds", "ts", "execution_date", "data_interval_end", "next_ds"} <= DATE_NAMES


# --- properties ----------------------------------------------------------------------------------------------

texts = st.text(alphabet="ab \n\r\té}#%'\"", max_size=8).map(lambda text: text.replace("#}", "}").replace("%}", "}"))
constants = st.sampled_from(["{{ 'x' }}", "{{- 1 }}", "{{ 2 -}}", "{#- c #}", "{# {{ ds }} -#}"]) | st.sampled_from(
    ["{% raw %}{{ ds }}{% endraw %}", "{%- raw %} {% if %} {% endraw -%}", "{{ '}}' }}", "{{ none }}"]
)
expressions = st.sampled_from(
    ["{{ ds }}", "{{- ds -}}", "{{params['a']}}", "{{ ti.xcom_pull('a')[0] }}", "{{ ds | upper }}", "{{ ts\n}}"]
)


@given(st.lists(texts | constants | expressions, max_size=8).map("".join))
def test_sources_give_the_text_back(text: str):
    template = parse(text)
    if template.error is None:
        assert written(template) == text
    else:
        with pytest.raises(jinja2.TemplateSyntaxError):
            AIRFLOW.parse(text)


@given(st.lists(texts | constants, max_size=8).map("".join), st.booleans())
def test_constant_templates_render_to_their_constant(text: str, keep: bool):
    template = parse(text, keep)
    if template.error is None:
        environment = AIRFLOW.overlay(keep_trailing_newline=keep)  # type: ignore[call-arg]
        assert constant(template) == environment.from_string(text).render()


@given(st.lists(texts | constants | expressions, max_size=8).map("".join))
def test_parts_render_to_what_the_whole_renders_to(text: str):
    template = parse(text)
    if template.error is not None:
        return
    values = {"ds": "2024-01-01", "ts": "T", "params": {"a": 1}}
    pulled = {"a": [7]}

    class Instance:
        def xcom_pull(self, task_ids: str) -> Any:
            return pulled[task_ids]

    found = ""
    for part in template.parts:
        if isinstance(part, Text):
            found += part.text
        else:
            assert isinstance(part, Expression)
            found += AIRFLOW.from_string("{{ " + part.code + " }}").render(values, ti=Instance())
    assert found == AIRFLOW.from_string(text).render(values, ti=Instance())
