"""The text that the rules for Python functions, commands and statements write."""

from __future__ import annotations

from typing import Any

import pytest
from stub import apply, function, text

from migrator.airflow_model import Symbol, Use, XComRef
from migrator.rules.bash import is_plain
from migrator.rules.text import inline

PYTHON = "airflow.providers.standard.operators.python.PythonOperator"
BASH = "airflow.providers.standard.operators.bash.BashOperator"
SQL = "airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator"
POSTGRES = "airflow.providers.postgres.operators.postgres.PostgresOperator"
SNOWFLAKE = "airflow.providers.snowflake.operators.snowflake.SnowflakeOperator"


def test_function_is_the_body() -> None:
    result, view = apply(
        PYTHON,
        callable_=function("load", "day", "rows", returns="dict[str, int]"),
        python_callable=...,
        op_args=["{{ ds }}"],
        op_kwargs={"rows": XComRef("dag", "extract"), "not_taken": 1},
        show_return_value_in_logs=False,
    )
    assert text(result) == "<body of load>(render('{{ ds }}'), rows=extract)"
    assert (result.returns, result.kinds) == ("dict", ("python",))
    assert view.dropped == {"show_return_value_in_logs": "Dagster does not log return values."}


def test_everything_goes_to_a_function_with_keywords() -> None:
    called = function("load", "**context", returns_value=False)
    result, _ = apply(
        PYTHON, callable_=called, python_callable=..., op_kwargs={"a": 1}, templates_dict={"q": "{{ ds }}"}
    )
    assert text(result) == "<body of load>(a=1, templates_dict=render({'q': '{{ ds }}'}))"
    assert result.returns == "None"


@pytest.mark.parametrize(
    ("airflow", "given", "ending"), [("1", {}, " without context"), ("1", {"provide_context": True}, "")]
)
def test_airflow_1_passes_context_on_demand(airflow: str, given: dict[str, Any], ending: str) -> None:
    result, _ = apply(PYTHON, airflow, callable_=function("f", "conf"), python_callable=..., **given)
    assert text(result) == f"<body of f>(){ending}"


def test_value_that_is_not_pushed() -> None:
    result, _ = apply(PYTHON, callable_=function("f", "ds"), python_callable=..., do_xcom_push=False)
    assert (text(result), result.returns) == ("f(ds)", "None")


def test_arguments_of_unknown_number() -> None:
    given = XComRef("dag", "plan")
    result, _ = apply(PYTHON, callable_=function("f", "**options"), python_callable=..., op_kwargs=given)
    assert text(result) == "return f(**plan)"


def test_library_function_and_unknown_function() -> None:
    result, _ = apply(PYTHON, python_callable=Symbol("shutil.rmtree"), op_args=["/tmp/{{ ds }}"])
    assert text(result) == "return shutil.rmtree(render('/tmp/{{ ds }}'))"
    result, _ = apply(PYTHON, python_callable=...)
    assert text(result).startswith("manual A2D205")


def test_skips_and_coroutines() -> None:
    skip = Use("raises", "airflow.exceptions.AirflowSkipException", function().span)
    assert apply("@task", callable_=function("f", uses=(skip,)))[0].may_skip
    result, _ = apply("@task", "3", callable_=function("f", "a", "b", is_async=True), call=((1,), {"b": 2}))
    assert text(result) == "return asyncio.run(f(1, b=2))"


def test_virtual_environment_is_named() -> None:
    result, view = apply(
        "@task.virtualenv", callable_=function("fit"), requirements=["pandas==2.2"], system_site_packages=False
    )
    assert text(result) == "<body of fit>()"
    assert view.said == ["The project's environment must have pandas==2.2."]


@pytest.mark.parametrize(
    ("command", "fidelity", "may_skip"),
    [("echo {{ ds }}", "exact", False), ("dbt run", None, True), ("./x $AIRFLOW_CTX_DAG_ID", "exact", True)],
)
def test_bash(command: str, fidelity: str | None, may_skip: bool) -> None:
    result, _ = apply(BASH, bash_command=command)
    assert text(result).startswith("return run_bash(")
    assert (result.fidelity, result.may_skip) == (fidelity, may_skip)


@pytest.mark.parametrize(
    ("command", "plain"),
    [
        ("echo 'a (b); exit 99' > /tmp/{{ ds }}.txt 2>&1", True),
        ("set -e; mkdir -p {{ params.dir }}\nawk 'NR > 1' x.csv | sort -u", True),
        ('file={{ params.dir }}/x; [ -f $file ] && rm "$file" || exit 1', True),
        ("echo \"$(basename $PWD): {{ ti.xcom_pull(task_ids='a') }}\"  # tell", True),
        ("{% if params.dry %}echo dry{% else %}rm x{% endif %}", True),
        ("find . -exec ./run.sh {} +", False),
        ("for f in *.csv; do wc -l $f; done", True),
        ("exit 99", False),
        ("exit $code", False),
        ("awk '{exit 99}' x", False),
        ("python load.py", False),
        ("DAY=1 ./run.sh", False),
        ("echo $(./run.sh)", False),
        ("{{ params.command }}", False),
        ("bash -c 'exit 99'", False),
        ("cat <<EOF\n$AIRFLOW\nEOF", False),
        ("find . -name x | xargs rm", False),
    ],
)
def test_commands_of_everyday_tools(command: str, plain: bool) -> None:
    assert is_plain(command) == plain


def test_bash_arguments() -> None:
    result, _ = apply(
        BASH,
        bash_command="./run.sh ",
        env={"DAY": "{{ ds }}"},
        append_env=True,
        cwd="/srv",
        skip_on_exit_code=[98, 99],
        output_processor=function("parse", "line"),
        output_encoding="latin-1",
    )
    assert text(result) == (
        "return parse(run_bash('./run.sh ', env=render({'DAY': '{{ ds }}'}), append_env=True, cwd='/srv', "
        "skip_on_exit_code=[98, 99], output_encoding='latin-1'))"
    )


def test_bash_of_airflow_1() -> None:
    result, _ = apply(BASH, "1", bash_command="make")
    assert (text(result), result.may_skip) == ("run_bash('make', skip_on_exit_code=None)", False)
    assert text(apply(BASH, "1", bash_command="make", xcom_push=True)[0]).startswith("return ")


def test_bash_decorator() -> None:
    called = function("build", "ds", source='def build(ds):\n    return f"make {ds}"')
    assert text(apply("@task.bash", callable_=called)[0]) == "return run_bash(build(ds))"
    called = function("build", source='def build():\n    return "make {{ ds }}"')
    assert text(apply("@task.bash", callable_=called)[0]) == "return run_bash(airflow.render(build()))"


def test_statement_without_rows() -> None:
    result, _ = apply(
        SQL, types={"pg": "postgres"}, conn_id="pg", sql="INSERT INTO mart.orders SELECT * FROM s WHERE d = '{{ ds }}'"
    )
    assert text(result) == "pg.run(render(\"INSERT INTO mart.orders SELECT * FROM s WHERE d = '{{ ds }}'\"))"
    assert (result.returns, result.kinds) == ("None", ("sql", "postgres"))
    assert result.metadata == (("dagster/table_name", "mart.orders"),)


def test_query() -> None:
    result, _ = apply(
        SQL,
        conn_id="w",
        sql="SELECT 1; SELECT 2",
        split_statements=True,
        return_last=False,
        parameters={"d": "{{ ds }}"},
    )
    assert text(result) == (
        "return w.run('SELECT 1; SELECT 2', parameters=render({'d': '{{ ds }}'}), split_statements=True, "
        "return_last=False, handler=fetch_all)"
    )


def test_rows_nobody_keeps() -> None:
    assert text(apply(SQL, conn_id="w", sql="SELECT 1", do_xcom_push=False)[0]) == "w.run('SELECT 1')"
    assert text(apply(SQL, conn_id="w", sql="SELECT 1", handler=None)[0]) == "w.run('SELECT 1')"
    one = Symbol("airflow.providers.common.sql.hooks.handlers.fetch_one_handler")
    assert text(apply(SQL, conn_id="w", sql="SELECT 1", handler=one)[0]) == (
        "return w.run('SELECT 1', handler=fetch_one)"
    )


def test_operators_of_one_database() -> None:
    result, _ = apply(
        POSTGRES, sql=["DROP TABLE IF EXISTS a", "CREATE TABLE a (x int)"], database="sales", autocommit=True
    )
    assert text(result) == (
        "postgres_default.using(database='sales')"
        ".run(['DROP TABLE IF EXISTS a', 'CREATE TABLE a (x int)'], autocommit=True)"
    )
    assert result.metadata == ()
    assert text(apply(POSTGRES, "1", sql="SELECT 1", postgres_conn_id="pg", parameters=[1])[0]) == (
        "pg.run('SELECT 1', parameters=[1])"
    )
    assert text(apply(SNOWFLAKE, sql="SELECT 1", warehouse="XS")[0]) == (
        "return snowflake_default.using(warehouse='XS').run('SELECT 1', autocommit=True, split_statements=True, "
        "handler=fetch_dicts)"
    )


@pytest.mark.parametrize(
    ("conn_type", "used"),
    [
        ("postgres", "w.using(database='x')"),
        ("mysql", "w.using(database='x')"),
        ("snowflake", "w.using(schema_name='x')"),
    ],
)
def test_database_that_replaces_the_connections(conn_type: str, used: str) -> None:
    result, _ = apply(SQL, types={"w": conn_type}, conn_id="w", sql="SELECT 1", database="x")
    assert text(result).startswith(f"return {used}.run(")
    _, view = apply(SQL, conn_id="w", sql="SELECT 1", database="x")
    assert list(view.lost) == ["database"]


def test_database_without_a_resource() -> None:
    assert text(apply(SQL, types={"o": "oracle"}, conn_id="o", sql="SELECT 1")[0]) == "bridge"


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        (
            "CREATE TABLE IF NOT EXISTS s.t (a int); DELETE FROM s.t WHERE d = '{{ ds }}'; INSERT INTO s.t SELECT 1",
            ("s", "t"),
        ),
        ("INSERT INTO {{ params.table }} SELECT 1", None),
        ("INSERT INTO a SELECT 1; INSERT INTO b SELECT 1", None),
        ("CREATE TEMP TABLE x AS SELECT 1; INSERT INTO t SELECT * FROM x", ("t",)),
        ("DELETE FROM t", None),
        ("{% for t in params.tables %}INSERT INTO {{ t }} SELECT 1;{% endfor %}", None),
        ("CALL refresh()", None),
        ("not sql at all (", None),
        ("TRUNCATE t; COPY t FROM '/x'", ("t",)),
        ("DROP TABLE IF EXISTS a; CREATE TABLE a (x int)", ("a",)),
        ("DROP TABLE old; CREATE TABLE t AS SELECT 1", None),
    ],
)
def test_written_table(sql: str, table: tuple[str, ...] | None) -> None:
    result, _ = apply(POSTGRES, sql=sql)
    assert result.metadata == ((("dagster/table_name", ".".join(table)),) if table else ())


def test_everything_is_read() -> None:
    _, view = apply(
        SQL, conn_id="w", sql="SELECT 1", retry_on_failure=False, show_return_value_in_logs=True, hook_params={"a": 1}
    )
    assert view.read >= {a.name for a in view.task.arguments}
    assert view.lost == {"hook_params": "The connection is opened with what the resource is configured with."}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("(lambda line: int(line))(last())", "int(last())"),
        ("(lambda r: r.json()['a'] or None)(response)", "(response.json()['a'] or None)"),
        ("(lambda response: [r for r in response if response])(response)", "[r for r in response if response]"),
        ("(lambda r: r + r)(response)", "(lambda r: r + r)(response)"),
        ("(lambda x: -x)(a + b)", "(-(a + b))"),
        ("(lambda é: f(é))(ü)", "f(ü)"),
        ("(lambda r, ds: r)(response, ds)", "(lambda r, ds: r)(response, ds)"),
        ("(lambda r=1: r)(2)", "(lambda r=1: r)(2)"),
        ("(lambda r: lambda: r)(x())", "(lambda r: lambda: r)(x())"),
        ("ready(response)", "ready(response)"),
    ],
)
def test_inline(call: str, expected: str) -> None:
    assert inline(call) == expected
