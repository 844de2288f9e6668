"""What is read of user functions and modules: items, names, and every meeting with Airflow at its exact place."""

from __future__ import annotations

import ast
import sys
import textwrap
from typing import Any

import pytest

from migrator.airflow_model import Function, ModuleItem, Symbol, Unknown, Use
from migrator.read.bindings import names_in
from migrator.read.callables import describe
from migrator.read.outline import module_items, outline_of
from migrator.read.places import span_of, text_of
from migrator.source import SourceFile, Span


def source_of(text: str) -> SourceFile:
    return SourceFile("dags/example.py", "dags.example", textwrap.dedent(text).lstrip("\n"))


def items_of(text: str, **namespace: Any) -> tuple[SourceFile, tuple[ModuleItem, ...]]:
    source = source_of(text)
    return source, module_items(source, namespace)


def described(text: str, name: str = "f", namespace: dict[str, Any] | None = None, **more: Any) -> Function:
    source = source_of(text)
    tree = ast.parse(source.text)
    node = next(
        n
        for n in ast.walk(tree)
        if (isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name == name)
        or (isinstance(n, ast.Lambda) and name == "lambda")
    )
    return describe(node, source, module_items(source, namespace or {}), **more)


def written(use: Use | Span, function: Function) -> str:
    return text_of(use if isinstance(use, Span) else use.span, function.source)


def uses(function: Function) -> list[tuple[str, str, str]]:
    return [(use.kind, use.name, written(use, function)) for use in function.uses]


# --- module items --------------------------------------------------------------------------------------------

MODULE = '''
#!/usr/bin/env python
"""Doc."""
import csv, os.path
import numpy as np
from airflow import DAG
from airflow.models import Variable
from .shared import clean as tidy
from common import *

# Where files land.
# Two lines.
LANDING = os.path.join("a", "b")  # a trailing remark

LIMIT: int = 3
UNSET: int
A, (B, *C) = LIMIT, (2, 3)
NAMES = []
NAMES.append(LIMIT)
NAMES[0] = 4
del A
DEFAULT = Variable.get("x", None)

try:
    import pandas
except ImportError:
    pandas = None

for letter in "ab":
    last = letter

with open("x") as handle:
    content = handle.read()

def decorate(function):
    return function

# The cleaner.
@decorate
def clean(row, limit=LIMIT, *, to: "np.ndarray" = None):
    """Clean."""
    def inner():
        return tidy(row, letter)
    return [csv for csv in inner() if csv]

class Reader(dict):
    size = LIMIT
    def read(self):
        return clean(self.size), size, mystery

with DAG("d") as dag:
    def inside():
        from airflow.utils import timezone
        return NAMES
'''


def test_items_in_the_order_of_the_text_with_kinds():
    _, items = items_of(MODULE)
    found = {kind: [i.name for i in items if i.kind == kind] for kind in sorted({i.kind for i in items})}
    assert found == {
        "import": ["csv", "os", "np", "DAG", "Variable", "tidy", "common.*"],
        "assign": ["LANDING", "LIMIT", "A", "B", "C", "NAMES", "DEFAULT"],
        "other": ["NAMES", "NAMES", "A", "pandas", "letter", "last", "handle", "content", "dag"],
        "function": ["decorate", "clean", "inside"],
        "class": ["Reader"],
    }
    assert [i.span for i in items] == sorted((i.span for i in items), key=lambda span: span.line)


@pytest.mark.parametrize(
    ("name", "needs", "airflow"),
    [
        ("csv", (), False),
        ("DAG", (), True),
        ("LANDING", ("os",), False),
        ("B", ("LIMIT",), False),
        ("DEFAULT", ("Variable",), True),
        ("clean", ("decorate", "LIMIT", "np", "tidy", "letter"), False),
        ("Reader", ("LIMIT", "clean", "common.*"), False),
        ("dag", ("DAG",), True),
        ("inside", ("NAMES",), True),
    ],
)
def test_what_an_item_needs(name: str, needs: tuple[str, ...], airflow: bool):
    _, items = items_of(MODULE)
    item = next(i for i in items if i.name == name)
    assert (item.needs, item.airflow) == (needs, airflow)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("LANDING", "# Where files land.", 'LANDING = os.path.join("a", "b")  # a trailing remark'),
        ("clean", "# The cleaner.", "    return [csv for csv in inner() if csv]"),
        ("csv", "import csv, os.path", "import csv, os.path"),
        ("pandas", "try:", "    pandas = None"),
        ("last", 'for letter in "ab":', "    last = letter"),
        ("inside", "def inside():", "        return NAMES"),
    ],
)
def test_spans_take_decorators_and_comments(name: str, first: str, last: str):
    source, items = items_of(MODULE)
    text = text_of(next(i for i in items if i.name == name).span, source).split("\n")
    assert (text[0], text[-1]) == (first, last)


def test_a_name_several_statements_change_has_several_items():
    source, items = items_of(MODULE)
    assert [text_of(i.span, source) for i in items if i.name == "NAMES"] == [
        "NAMES = []",
        "NAMES.append(LIMIT)",
        "NAMES[0] = 4",
    ]


def test_imports_of_items():
    _, items = items_of(MODULE)
    assert {i.name: i.imports for i in items if i.kind == "import"} == {
        "csv": ("csv", ""),
        "os": ("os.path", ""),
        "np": ("numpy", ""),
        "DAG": ("airflow", "DAG"),
        "Variable": ("airflow.models", "Variable"),
        "tidy": (".shared", "clean"),
        "common.*": ("common", "*"),
    }


def test_values_come_from_the_namespace_when_the_model_can_hold_them():
    _, items = items_of("A = 1\nB = [x()]\nC = z\n", A=1, B=[object()])
    assert items[0].value == 1
    assert isinstance(items[1].value, Unknown)
    assert isinstance(items[2].value, Unknown)


def test_a_shebang_and_a_coding_line_belong_to_nobody():
    source, items = items_of("#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# mine\nA = 1\n")
    assert text_of(items[0].span, source) == "# mine\nA = 1"


def test_imports_by_the_name_they_bind():
    source = source_of(
        "import os\nimport airflow.utils.timezone as tz\nimport airflow.models\n"
        "from airflow.operators.bash_operator import BashOperator as Bash\n"
        "try:\n    from airflow.sdk import Variable\nexcept ImportError:\n    from own import Variable\n"
        "def f():\n    from airflow import DAG\n"
    )
    assert outline_of(source).imported == {
        "os": "os",
        "tz": "airflow.utils.timezone",
        "airflow": "airflow",
        "Bash": "airflow.operators.bash_operator.BashOperator",
        "Variable": "airflow.sdk.Variable",
    }


# --- the function itself -------------------------------------------------------------------------------------


def test_parameters_with_defaults_and_annotations():
    function = described(
        """
        async def f(a, /, b: int, c: list[str] = [1, 2], *rest: int, d, e=None, **more: str) -> dict[str, int]:
            '''Doc.

            More.
            '''
            yield 1
        """
    )
    assert [(p.name, p.kind, p.default, p.annotation) for p in function.parameters] == [
        ("a", "positional", None, None),
        ("b", "positional", None, "int"),
        ("c", "positional", "[1, 2]", "list[str]"),
        ("rest", "var_positional", None, "int"),
        ("d", "keyword_only", None, None),
        ("e", "keyword_only", "None", None),
        ("more", "var_keyword", None, "str"),
    ]
    assert (function.is_async, function.is_generator, function.returns) == (True, True, "dict[str, int]")
    assert function.docstring == "Doc.\n\nMore."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pass", False),
        ("return", False),
        ("return None", False),
        ("return 1", True),
        ("if x:\n        return x\n    return None", True),
        ("def inner():\n        return 1\n    inner()", False),
        ("yield 1", True),
        ("g = lambda: (yield)", False),
        ("raise ValueError", False),
    ],
)
def test_whether_a_value_is_returned(body: str, expected: bool):
    assert described(f"def f(x):\n    {body}\n").returns_value is expected


def test_lambdas():
    function = described("t = lambda ti, **kw: ti.xcom_pull('a') + kw['ds']\n", "lambda")
    assert (function.name, function.is_lambda, function.returns_value) == ("<lambda>", True, True)
    assert uses(function) == [("pull", "", "ti.xcom_pull('a')"), ("context", "ds", "kw['ds']")]
    assert written(function.span, function).startswith("lambda ti")
    assert described("t = lambda: None\n", "lambda").returns_value is False


@pytest.mark.parametrize(
    ("text", "qualname"),
    [
        ("def f(): pass\n", "f"),
        ("class A:\n    def f(self): pass\n", "A.f"),
        ("def dag():\n    @task\n    def f(): pass\n", "dag.<locals>.f"),
    ],
)
def test_qualnames(text: str, qualname: str):
    assert described(text).qualname == qualname


def test_globals_are_all_that_is_needed():
    function = described(
        """
        import json
        from airflow.decorators import task
        from typing import Any
        LIMIT = 3
        HALF = LIMIT / 2
        ROW = dict
        UNUSED = 1
        def helper(x):
            return deeper(x) + HALF
        def deeper(x):
            return json.dumps(x)
        def retry(function): return function

        @task
        @retry
        def f(rows: "list[ROW]", size=LIMIT, *, how: Any = None):
            global_ = [r for r in rows]
            f(rows)
            try:
                print(helper(global_))
            except ValueError as error:
                raise error
            return lambda x: [x, undefined, __file__] + [y := 1, y]
        """
    )
    assert set(function.globals_used) == {
        "json", "Any", "LIMIT", "HALF", "ROW", "helper", "deeper", "retry"
    }  # fmt: skip


def test_captured_names():
    text = """
        def make(table, unused):
            other = 1
            def f(ti):
                return ti.xcom_pull(task_ids=table), other, missing
            return f
        """
    function = described(text, captured={"table": "orders", "unused": 1, "other": 1})
    assert function.captured == {"table": "orders", "other": 1}
    assert function.globals_used == ()
    assert function.uses[0].get("task_ids") == "orders"


def test_a_star_import_may_hold_what_is_not_found():
    function = described("from common import *\ndef f():\n    return helper()\n")
    assert function.globals_used == ("common.*",)


def test_dags_are_named_but_not_entered():
    function = described(
        """
        from airflow import DAG
        SCHEDULE = "@daily"
        if True:
            dag = DAG("d", schedule=SCHEDULE)
        def f():
            return dag.dag_id
        """
    )
    assert function.globals_used == ("dag",)


# --- meetings with Airflow -----------------------------------------------------------------------------------

HEAD = """
from airflow.models import Variable, TaskInstance
from airflow.models.connection import Connection
from airflow.hooks.base_hook import BaseHook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.providers.http.hooks.http import HttpHook
from airflow.exceptions import AirflowSkipException, AirflowFailException
from airflow.operators.python import get_current_context
from airflow.utils import timezone
import airflow.models
import airflow.utils.dates as dates
TASK = "extract"
IDS = [TASK, "b"]
"""
VARIABLE = "airflow.sdk.Variable"
POSTGRES = "airflow.providers.postgres.hooks.postgres.PostgresHook"


@pytest.mark.parametrize(
    ("signature", "body", "expected"),
    [
        # the context, by parameter
        ("ds", "print(ds, ds)", [("context", "ds", "ds"), ("context", "ds", "ds")]),
        ("dag_run=None, *, params", "return dag_run.conf['é'], f'é {params}'",
         [("context", "dag_run", "dag_run"), ("context", "params", "params")]),
        ("prev_execution_date_success, row", "return prev_execution_date_success or row",
         [("context", "prev_execution_date_success", "prev_execution_date_success")]),
        # by mapping
        ("**kwargs", "return kwargs['ds'], kwargs.get('run_id'), kwargs.pop('ts', None)",
         [("context", "ds", "kwargs['ds']"), ("context", "run_id", "kwargs.get('run_id')"),
          ("context", "ts", "kwargs.pop('ts', None)")]),
        ("**context", "return context['dag_run'].conf.get('x')", [("context", "dag_run", "context['dag_run']")]),
        ("context", "return context['ds']", [("context", "ds", "context['ds']")]),
        ("**_", "return _['my_own']", [("context", "my_own", "_['my_own']")]),
        ("", "return get_current_context()['ds']", [("context", "ds", "get_current_context()['ds']")]),
        ("", "c = get_current_context()\n    return c['ds']",
         [("context", "", "get_current_context()"), ("context", "ds", "c['ds']")]),
        # escapes
        ("**kwargs", "print(kwargs)", [("context_all", "", "kwargs")]),
        ("**kwargs", "other(**kwargs)", [("context_all", "", "kwargs")]),
        ("key, **kwargs", "return kwargs[key]", [("context_all", "", "kwargs")]),
        ("**kwargs", "for k in kwargs.items(): pass", [("context_all", "", "kwargs")]),
        ("**kwargs", "return 'ds' in kwargs", [("context_all", "", "kwargs")]),
        ("ti", "other(ti)", [("context", "ti", "ti")]),
        # pulls and pushes
        ("ti", "return ti.xcom_pull('a')[0]", [("pull", "", "ti.xcom_pull('a')")]),
        ("**kw", "return kw['ti'].xcom_pull(task_ids='a').split()", [("pull", "", "kw['ti'].xcom_pull(task_ids='a')")]),
        ("**kw", "ti = kw['ti']\n    x = ti.xcom_pull('a')\n    return ti.try_number",
         [("context", "ti", "kw['ti']"), ("pull", "", "ti.xcom_pull('a')"), ("context", "ti", "ti")]),
        ("**kw", "ti, day = kw['ti'], kw['ds']\n    return ti.xcom_pull(day)",
         [("context", "ti", "kw['ti']"), ("context", "ds", "kw['ds']"), ("pull", "", "ti.xcom_pull(day)")]),
        ("**kw", "if t := kw.get('ti'):\n        t.xcom_push('k', 1)",
         [("context", "ti", "kw.get('ti')"), ("push", "k", "t.xcom_push('k', 1)")]),
        ("task_instance: TaskInstance", "task_instance.xcom_push(key='k', value=1)",
         [("airflow", "airflow.models.taskinstance.TaskInstance", "TaskInstance"),
          ("push", "k", "task_instance.xcom_push(key='k', value=1)")]),
        ("ti", "def inner():\n        return [ti.xcom_pull(t) for t in IDS]\n    return inner()",
         [("pull", "", "ti.xcom_pull(t)")]),
        ("ti", "ti = ti or None\n    return ti.xcom_pull('a')", [("context", "ti", "ti"), ("context", "ti", "ti")]),
        ("thing", "return thing.xcom_pull('a')", []),
        # Variables
        ("", "return Variable.get('k')", [("variable", "k", "Variable.get('k')")]),
        ("", "return airflow.models.Variable.get(TASK)",
         [("variable", "extract", "airflow.models.Variable.get(TASK)")]),
        ("key", "return Variable.get(key)", [("variable", "", "Variable.get(key)")]),
        ("", "Variable.set('k', 1)", [("airflow", VARIABLE + ".set", "Variable.set('k', 1)")]),
        ("var", "return var.value.k + var.json.get('j', {})['a'] + var['value']['z']",
         [("variable", "k", "var.value.k"), ("variable", "j", "var.json.get('j', {})"),
          ("variable", "z", "var['value']['z']")]),
        # Connections and hooks
        ("", "return BaseHook.get_connection('c').host", [("connection", "c", "BaseHook.get_connection('c')")]),
        ("", "return Connection.get('c')", [("connection", "c", "Connection.get('c')")]),
        ("conn", "return conn.pg.host, conn.get('x')",
         [("connection", "pg", "conn.pg"), ("connection", "x", "conn.get('x')")]),
        ("", "with PostgresHook('pg').get_conn() as c:\n        c.run()", [("hook", POSTGRES, "PostgresHook('pg')")]),
        # raises and the rest
        ("", "raise AirflowSkipException('no')",
         [("raises", "airflow.exceptions.AirflowSkipException", "raise AirflowSkipException('no')")]),
        ("", "raise AirflowFailException",
         [("raises", "airflow.exceptions.AirflowFailException", "raise AirflowFailException")]),
        ("", "raise ValueError('x')", []),
        ("", "try:\n        pass\n    except AirflowSkipException:\n        pass",
         [("airflow", "airflow.exceptions.AirflowSkipException", "AirflowSkipException")]),
        ("", "return timezone.utcnow()", [("airflow", "airflow.sdk.timezone.utcnow", "timezone.utcnow")]),
        ("", "return dates.days_ago(1)", [("airflow", "airflow.utils.dates.days_ago", "dates.days_ago")]),
        ("x=Variable.get('d')", "return x", [("variable", "d", "Variable.get('d')")]),
    ],
)  # fmt: skip
def test_meetings(signature: str, body: str, expected: list[tuple[str, str, str]]):
    function = described(f"{HEAD}\ndef f({signature}):\n    {body}\n")
    assert [use for use in uses(function) if not dict(function.uses[0].details).get("in")] == expected


def one(body: str, signature: str = "ti, ds, **kwargs", **more: Any) -> Use:
    function = described(f"{HEAD}\ndef f({signature}):\n    {body}\n", **more)
    return function.uses[0]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("ti.xcom_pull('a')", {"task_ids": "a", "key": "return_value", "has_default": False, "dag_id": None}),
        ("ti.xcom_pull(task_ids=['a', TASK], key='k')", {"task_ids": ["a", "extract"], "key": "k"}),
        ("ti.xcom_pull(IDS)", {"task_ids": ["extract", "b"]}),
        ("ti.xcom_pull(('a', f'{TASK}_2'))", {"task_ids": ("a", "extract_2")}),
        ("ti.xcom_pull('a', 'other_dag', 'k', True)", {"dag_id": "other_dag", "key": "k", "include_prior_dates": True}),
        ("ti.xcom_pull(key='k')", {"task_ids": None, "key": "k"}),
        ("ti.xcom_pull('a', default=[1])", {"default": [1], "has_default": True}),
        ("ti.xcom_pull('a', map_indexes=[0, 1])", {"map_indexes": [0, 1]}),
        ("ti.xcom_pull(task_ids='g.' + TASK)", {"task_ids": "g.extract"}),
        ("ti.xcom_pull(task_ids=['x_%s' % i for i in IDS])", {"task_ids": ["x_extract", "x_b"]}),
        ("ti.xcom_pull(task_ids='{}.{n}'.format(TASK, n=2))", {"task_ids": "extract.2"}),
        ("ti.xcom_pull(task_ids='%s_%d%%' % (TASK, 3) + 'z')", {"task_ids": "extract_3%z"}),
        ("[ti.xcom_pull(task_ids=f'x_{i}') for i in IDS]", {"task_ids_among": ("x_extract", "x_b")}),
        ("[ti.xcom_pull(task_ids=f'{i}_{j}') for i in IDS for j in IDS]", {"task_ids_among": None}),
    ],
)  # fmt: skip
def test_what_a_pull_asks_for(call: str, expected: dict[str, Any]):
    use = one(f"return {call}")
    assert {name: use.get(name) for name in expected} == expected


def test_a_pull_in_a_loop_over_literals():
    use = one("for table in ['a', 'b']:\n        ti.xcom_pull(task_ids='load_' + table)")
    assert isinstance(use.get("task_ids"), Unknown)
    assert use.get("task_ids_among") == ("load_a", "load_b")


@pytest.mark.parametrize(
    "arguments", ["'%1000000000s' % 'a'", "'{:>999}'.format('a')", "'%s %s' % 'a'", "'{}'.format()"]
)
def test_formats_that_are_not_plain_stay_unknown(arguments: str):
    assert isinstance(one(f"return ti.xcom_pull({arguments})").get("task_ids"), Unknown)


@pytest.mark.parametrize("arguments", ["ds", "f'a_{ds}'", "**kwargs", "*ds", "[x for x in ds]"])
def test_a_pull_that_cannot_be_known(arguments: str):
    assert isinstance(one(f"return ti.xcom_pull({arguments})").get("task_ids"), Unknown)


def test_a_pull_by_a_parameter():
    use = one("return ti.xcom_pull(task_ids=source)", "ti, source='a'")
    assert isinstance(use.get("task_ids"), Unknown)
    assert use.get("task_ids_parameter") == "source"
    assert one("return ti.xcom_pull(source)", "ti, source", arguments={"source": "orders"}).get("task_ids") == "orders"


def test_a_pull_bound_to_a_local_once():
    function = described("def f(ti):\n    rows = ti.xcom_pull('a')\n    return rows\n")
    use = function.uses[0]
    assert use.get("assigned") == "rows"
    assert written(use.get("statement"), function) == "rows = ti.xcom_pull('a')"
    assert one("rows = ti.xcom_pull('a')\n    rows = rows or []").get("assigned") is None
    assert one("x: list = ti.xcom_pull('a')").get("assigned") == "x"


def test_a_push_and_its_value():
    function = described("def f(ti):\n    ti.xcom_push('k', a + 1)\n    return ti.xcom_push(key=b, value=2)\n")
    first, second = function.uses
    assert written(first.get("value"), function) == "a + 1"
    assert written(first.get("statement"), function) == "ti.xcom_push('k', a + 1)"
    assert (second.name, second.get("returned"), second.get("statement")) == ("", True, None)


def test_variables_in_detail():
    use = one("x = Variable.get('k', default_var=[1], deserialize_json=True)")
    assert (use.get("default"), use.get("has_default"), use.get("deserialize_json")) == ([1], True, True)
    assert one("x = Variable.get('k', default=None)").get("has_default") is True
    assert one("x = Variable.get('k', None)").get("has_default") is True
    assert one("x = kwargs['var']['json'].get('k', 3)").get("default") == 3
    assert one("x = kwargs['var'].json.k").get("deserialize_json") is True


@pytest.mark.parametrize(
    ("body", "conn_id", "methods", "escapes"),
    [
        ("hook = PostgresHook(postgres_conn_id='pg', schema='s')\n    hook.run('x')\n    hook.get_records('y')",
         "pg", ("run", "get_records"), False),
        ("PostgresHook().run('x')", None, ("run",), False),
        ("with PostgresHook('pg') as h:\n        h.insert_rows([])", "pg", ("insert_rows",), False),
        ("return HttpHook('GET', 'api').run('/x')", "api", ("run",), False),
        ("return HttpHook('GET').run('/x')", None, ("run",), False),
        ("return HttpHook(method='GET', http_conn_id='api').run('/x')", "api", ("run",), False),
        ("other(PostgresHook('pg'))", "pg", (), True),
        ("hook = PostgresHook('pg')\n    other(hook)", "pg", (), True),
        ("def inner():\n        return hook.run('x')\n    hook = PostgresHook('pg')", "pg", ("run",), False),
        ("if ds:\n        h = PostgresHook('pg')\n    else:\n        h = PostgresHook('q')\n    h.run()",
         "pg", ("run",), False),
        ("self.hook = PostgresHook('pg')", "pg", (), True),
    ],
)  # fmt: skip
def test_hooks_and_what_is_done_with_them(body: str, conn_id: str, methods: tuple[str, ...], escapes: bool):
    use = next(u for u in described(f"{HEAD}\ndef f(ds=1):\n    {body}\n").uses if u.kind == "hook")
    assert (use.get("conn_id"), use.get("methods"), use.get("escapes")) == (conn_id, methods, escapes)


def test_a_hook_of_the_module_may_be_used_anywhere():
    function = described(f"{HEAD}\nhook = PostgresHook('pg')\ndef f():\n    return hook.get_first('x')\n")
    (use,) = function.uses
    assert (use.kind, use.get("in"), use.get("conn_id"), use.get("escapes")) == ("hook", "hook", "pg", True)


def test_context_paths():
    use = one("return kwargs['dag_run'].conf['x'].get('y')")
    assert (use.name, use.get("path"), use.get("called")) == ("dag_run", ("conf", "x", "get"), True)
    assert one("return kwargs['macros'].ds_add(ds, 1)").get("path") == ("ds_add",)
    assert one("return kwargs['mine']").get("known") is False


def test_imports_in_the_body_can_be_removed():
    function = described(
        """
        def f():
            from airflow.models import Variable, Connection as C
            import airflow.utils.timezone
            from airflow.utils.state import State
            return Variable.get("k")
        """
    )
    variable = next(u for u in function.uses if u.kind == "variable")
    assert written(variable.get("import"), function) == "from airflow.models import Variable, Connection as C"
    assert variable.get("import_names") == ("Variable", "C")
    assert [written(u.get("import"), function) for u in function.uses if u.get("unused")] == [
        "import airflow.utils.timezone",
        "from airflow.utils.state import State",
    ]


def test_helpers_are_followed():
    function = described(
        HEAD
        + """
def show(**context):
    deeper(context["ti"], context)
def deeper(instance, mapping):
    key = "k"
    return instance.xcom_pull("a", key=key), mapping["ds"], Variable.get("v")
def apart(ti):
    return ti.xcom_pull("never")
CONFIG = Variable.get("config", default_var="{}")
def f(ti, **kwargs):
    show(**kwargs)
    apart(1)
    return CONFIG
"""
    )
    assert [(u.kind, u.name, u.get("in")) for u in function.uses] == [
        ("context_all", "", None),
        ("context", "ti", "show"),
        ("context_all", "", "show"),
        ("pull", "", "deeper"),
        ("context", "ds", "deeper"),
        ("variable", "v", "deeper"),
        ("variable", "config", "CONFIG"),
    ]
    first, _, handed = function.uses[:3]
    assert (first.get("to"), first.get("followed"), first.get("unpacked")) == ("show", True, True)
    assert (handed.get("to"), handed.get("followed")) == ("deeper", True)


def test_following_ends_where_a_helper_has_no_parameter_for_it():
    function = described("def show(*things):\n    print(things)\ndef f(ti):\n    show(ti)\n")
    assert [(u.name, u.get("to"), u.get("followed")) for u in function.uses] == [("ti", "show", False)]


def test_what_is_passed_to_unknown_code_is_said():
    use = one("lib.send(x, ti=ti)")
    assert (use.kind, use.name, use.get("to"), use.get("followed")) == ("context", "ti", "lib.send", False)


def test_captured_functions_and_airflow_names():
    inner = described("from airflow.models import Variable\ndef g():\n    return Variable.get('k')\n", "g")
    text = "def make():\n    def f():\n        return helper(), Var.get('m')\n"
    function = described(text, captured={"helper": inner, "Var": Symbol("airflow.sdk.Variable")})
    assert [(u.kind, u.name, u.get("in")) for u in function.uses] == [
        ("variable", "m", None),
        ("variable", "k", "helper"),
    ]
    assert function.globals_used == ("Variable",)


def test_parameters_the_task_passes_are_not_the_contexts():
    assert described("def f(params, ds):\n    return params, ds\n", arguments={"params": 1}).uses[0].name == "ds"
    callback = described("def f(info):\n    return info['ti'].task_id\n", context_parameter="info")
    assert uses(callback) == [("context", "ti", "info['ti']")]


def test_spans_count_characters():
    function = described("def f(ds):\n    return 'ééé', ds, 'ß', f'日本 {ds} é'\n")
    assert [written(u, function) for u in function.uses] == ["ds", "ds"]
    assert [u.span.column for u in function.uses] == [18, 33]


# --- the ground it stands on ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "free"),
    [
        ("def f(a, *b, c=d, **e): return a, b, c, e, g", "d g"),
        ("x = [i for i in y if i and z]", "y z"),
        ("class A(B):\n    c = d\n    def e(self): return c", "B d c"),
        ("def f():\n    global a\n    a = 1\n    return a", "a"),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n        return x", ""),
        ("try:\n    pass\nexcept E as e:\n    print(e)", "E print e"),
        ("match a:\n    case [b, *c] if b: d(b, c)\n    case {'k': v, **w}: v, w", "a b d b c v w"),
        ("def f():\n    for i, (j, k) in a: yield i, j, k\n    with b as c: del c", "a b"),
        ("def f(x: 'T[U]') -> V: y: W = x", "T U V W"),
        ("lambda a=b: (c := a) and c", "b"),
        ("def f():\n    return [y := f(x) for x in z], y", "z f"),
        ("def f():\n    import a.b, c as d\n    return a, d, c", "c"),
    ],
)
def test_free_names(code: str, free: str):
    assert [name.id for name in names_in(*ast.parse(code).body).free()] == free.split()


def test_spans_and_form_feeds():
    source = SourceFile("a.py", "a", "x = 1\n\x0c\ny = 2\r\nz = 'é' + y\n")
    tree = ast.parse(source.text)
    assert [text_of(span_of(n, source), source) for n in tree.body] == ["x = 1", "y = 2", "z = 'é' + y"]


def test_long_sums_are_no_trouble():
    text = (
        "def f(ds, ti):\n    return " + " + ".join(["'a'"] * 800) + " + ds + ti.xcom_pull(" + "'b' + " * 800 + "'c')\n"
    )
    function = described(text + "X = " + " + ".join(["1"] * 800) + "\n")
    assert [use.kind for use in function.uses] == ["context", "pull"]
    assert function.uses[1].get("task_ids") == "b" * 800 + "c"


@pytest.mark.parametrize(
    "text",
    [
        "X0 = 'ab'\n" + "".join(f"X{n + 1} = X{n} + X{n}\n" for n in range(60)) + "def f(ti): ti.xcom_pull(X60)\n",
        "X0 = 'ab'\n" + "".join(f"X{n + 1} = X{n} + 'a'\n" for n in range(900)) + "def f(ti): ti.xcom_pull(X900)\n",
        "def f(ti, **kw):\n    return kw" + ".get('a')" * 60 + ", ti.xcom_pull(kw['x'])\n",
        "def f(ti):\n    a = b\n    b = a\n    return ti.xcom_pull(a)\n",
        "def f(ti):\n    return ti.xcom_pull([" + "[" * 40 + "'a'" + "]" * 40 + " for x in [1, 2]])\n",
    ],
)
def test_hostile_code_ends_soon(text: str):
    assert any(use.kind == "pull" for use in described(text).uses)


@pytest.mark.parametrize(
    "body",
    ["return df" + ".a(1)" * 300, "if ds == 0: pass\n" + "".join(f"    elif ds == {n}: pass\n" for n in range(400))],
    ids=["calls", "elif"],
)
def test_deep_code_is_read(body: str):
    limit = sys.getrecursionlimit()
    function = described(f"def f(df, ds):\n    {body}\n")
    assert len(function.uses) in (0, 401)
    assert sys.getrecursionlimit() == limit
