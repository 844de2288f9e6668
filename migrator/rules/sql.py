"""Tasks that run SQL statements: SQLExecuteQueryOperator and the operators of one database that preceded it."""

from __future__ import annotations

import ast

from ..airflow_model import Symbol, Value
from ..records import dataclass
from .api import MISSING, Result, TaskView, rule
from .connections import DATABASES
from .python import call_text, decorated_call
from .statements import gives_rows, written_table
from .text import call, has, pushes, unless

_HANDLERS = {
    f"airflow.providers.common.sql.hooks.{module}.{name}_handler": name
    for module in ("sql", "handlers")
    for name in ("fetch_all", "fetch_one")
}


@dataclass(frozen=True, slots=True)
class Operator:
    """How one operator differs from the others: its connection argument and that one's defaults."""

    connection: str
    conn_type: str | None = None
    default: str | None = None
    templated_parameters: bool = False
    autocommit: bool = False
    handler: str = "fetch_all"


@rule("airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator")
def sql_execute_query_operator(view: TaskView) -> Result:
    """The statements run through the connection's resource in one transaction; rows of the last one are the value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    return _execute(view, Operator("conn_id", templated_parameters=True))


@rule("@task.sql", "airflow.providers.common.sql.decorators.sql._SQLDecoratedOperator")
def task_sql(view: TaskView) -> Result:
    """The function gives the statements, which run through the connection's resource; their rows are the value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    function = view.task.function
    if function is None:
        return view.manual("A2D205", "The function that gives the statements could not be found.")
    # Airflow renders what the function returns.
    sql = call(f"{view.airflow_context()}.render", call_text(view, function, decorated_call(view)))
    return _execute(view, Operator("conn_id", templated_parameters=True), sql)


@rule("airflow.providers.postgres.operators.postgres.PostgresOperator")
def postgres_operator(view: TaskView) -> Result:
    """The statements run through the connection's Postgres resource in one transaction; their rows are the value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-postgres/5.10.0/operators/postgres_operator_howto_guide.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    view.unsupported("runtime_parameters", "The server settings it makes for the statements are not made.")
    return _execute(view, Operator("postgres_conn_id", "postgres", "postgres_default"))


@rule("airflow.providers.mysql.operators.mysql.MySqlOperator")
def mysql_operator(view: TaskView) -> Result:
    """The statements run through the connection's MySQL resource in one transaction; their rows are the value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-mysql/5.5.0/operators.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    templated = view.dag.airflow != "1"
    return _execute(view, Operator("mysql_conn_id", "mysql", "mysql_default", templated))


@rule("airflow.providers.sqlite.operators.sqlite.SqliteOperator")
def sqlite_operator(view: TaskView) -> Result:
    """The statements run through the connection's SQLite resource in one transaction; their rows are the value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-sqlite/3.7.0/operators.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    return _execute(view, Operator("sqlite_conn_id", "sqlite", "sqlite_default"))


@rule("airflow.providers.snowflake.operators.snowflake.SnowflakeOperator")
def snowflake_operator(view: TaskView) -> Result:
    """The statements run through the connection's Snowflake resource; their rows, as dictionaries, are the value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-snowflake/5.7.0/operators/snowflake.html
    Dagster: https://docs.dagster.io/integrations/libraries/snowflake
    """
    for name in ("authenticator", "session_parameters"):
        view.unsupported(name, "The session is opened with what the resource is configured with.")
    return _execute(
        view,
        Operator("snowflake_conn_id", "snowflake", "snowflake_default", autocommit=True, handler="fetch_dicts"),
    )


_HOOK_PARAMETERS = {
    "postgres": {"database": "database"},
    "mysql": {"schema": "database"},
    "snowflake": {"warehouse": "warehouse", "role": "role", "database": "database", "schema": "schema_name"},
}
"""Connection type -> argument of Airflow's hook -> field of the resource."""


def database(view: TaskView, argument: str, conn_type: str | None, default: str | None) -> str:
    """The resource of a task's database, with what the operator's own arguments replace of the connection."""
    resource = view.connection(argument, conn_type, default)
    known = conn_type or view.connection_type(argument, default) or ""
    fields = _HOOK_PARAMETERS.get(known, {})
    replaced = {}
    if has(view, "database"):
        # BaseSQLOperator sets the hook's `database` for Postgres and its `schema` for any other.
        own = conn_type == "snowflake" or known == "postgres"
        field = fields.get("database" if own else "schema")
        if field is None:
            view.unsupported("database", "The database that the resource is configured with is used.")
        else:
            replaced[field] = view.template("database")
    for name in ("schema", "warehouse", "role"):
        if has(view, name):
            replaced[fields[name]] = view.code(name)
    parameters = view.value("hook_params")
    if isinstance(parameters, dict) and set(parameters) <= set(fields):
        replaced |= {fields[name]: view.rendered(value) for name, value in parameters.items()}
    elif parameters:
        view.unsupported("hook_params", "The connection is opened with what the resource is configured with.")
    return call(f"{resource}.using", **replaced) if replaced else resource


def served(view: TaskView, argument: str, default: str | None = None) -> bool:
    """Whether there is a resource for the connection's database, as far as its type is known."""
    known = view.connection_type(argument, default)
    return known is None or known in DATABASES


def _execute(view: TaskView, operator: Operator, sql: str | None = None) -> Result:
    if not served(view, operator.connection, operator.default) or has(view, "output_processor"):
        return view.bridge()
    conn_type = operator.conn_type or view.connection_type(operator.connection, operator.default)
    sources = view.template_source("sql") if sql is None else None
    resource = database(view, operator.connection, operator.conn_type, operator.default)
    view.drop("show_return_value_in_logs", "Dagster does not log return values.")
    view.drop("retry_on_failure", "It matters to checks only.")
    if operator.connection != "conn_id":
        view.drop("conn_id", "The operator has its own argument for the connection.")
    returns = _pushes(view)
    # Without a handler nothing is fetched; with one, a statement that gives no rows has the value None.
    rows = has(view, "handler") or (view.value("handler", MISSING) is MISSING and gives_rows(sources, conn_type))
    fetches = (bool(view.literal("requires_result_fetch", bool, False)) or returns) and rows
    text = call(
        f"{resource}.run",
        sql or view.template("sql"),
        parameters=_parameters(view, operator),
        autocommit=unless(view, "autocommit", False) or ("True" if _commits(view, operator) else None),
        split_statements=_split(view, conn_type),
        return_last=unless(view, "return_last", True),
        handler=_handler(view, operator) if fetches else None,
    )
    # In another database than the connection's, the name alone would say something else.
    elsewhere = any(has(view, name) for name in ("database", "schema", "hook_params"))
    table = None if elsewhere else written_table(sources, conn_type)
    returns = returns and fetches
    return Result(
        view.text(f"return {text}" if returns else text),
        kinds=("sql", conn_type) if conn_type in DATABASES and conn_type != "sql" else ("sql",),
        returns="Any" if returns else "None",
        metadata=(("dagster/table_name", ".".join(table)),) if table else (),
    )


def _pushes(view: TaskView) -> bool:
    """The operators of Airflow 1 return nothing."""
    return view.dag.airflow != "1" and pushes(view)


def _commits(view: TaskView, operator: Operator) -> bool:
    return operator.autocommit and view.value("autocommit", MISSING) is MISSING


def _handler(view: TaskView, operator: Operator) -> str:
    """The expression of what turns a cursor into the value."""
    match view.value("handler", MISSING):
        case Symbol(path) if path in _HANDLERS:
            return view.library("@resources", _HANDLERS[path])
        case value if value is MISSING:
            return view.library("@resources", operator.handler)
    return view.code("handler")


def _parameters(view: TaskView, operator: Operator) -> str | None:
    value: Value = view.value("parameters")
    if value is None or value in ([], (), {}):
        return None
    if isinstance(value, str):
        # Airflow reads a text as a Python literal before it renders it.
        try:
            return view.rendered(ast.literal_eval(value))
        except (SyntaxError, ValueError):
            pass
    return view.template("parameters") if operator.templated_parameters else view.code("parameters")


def _split(view: TaskView, conn_type: str | None) -> str | None:
    """Airflow's hooks take a text as one statement, but for Snowflake's."""
    if view.value("split_statements") is None:
        return "True" if conn_type == "snowflake" else None
    return unless(view, "split_statements", False)
