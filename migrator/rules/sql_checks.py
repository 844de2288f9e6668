"""Tasks that check data with SQL and fail when it is not as it should be."""

from __future__ import annotations

from .api import Result, TaskView, rule
from .connections import DATABASES
from .sql import database, served
from .text import call, has, rendered_unless, unless

_COMMON_SQL = "airflow.providers.common.sql.operators.sql"
_SNOWFLAKE = "airflow.providers.snowflake.operators.snowflake"


@rule(f"{_COMMON_SQL}.SQLCheckOperator", f"{_SNOWFLAKE}.SnowflakeCheckOperator", checks=True)
def sql_check_operator(view: TaskView) -> Result:
    """An asset check that passes when every value of the query's first row is true.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html
    Dagster: https://docs.dagster.io/guides/test/asset-checks
    """
    found = _database(view)
    if found is None:
        return view.bridge()
    row = call(f"{found}.get_first", view.template("sql"), _parameters(view))
    final = "" if _tried_again(view) else ", allow_retries=False"
    return _result(
        view,
        f'row = {row}\nreturn dg.AssetCheckResult(passed=bool(row) and all(row), metadata={{"first_row": str(row)}})',
        f'row = {row}\nif not row or not all(row):\n    raise dg.Failure(f"The check did not pass: {{row}}"{final})',
    )


@rule(
    f"{_COMMON_SQL}.SQLValueCheckOperator",
    f"{_SNOWFLAKE}.SnowflakeValueCheckOperator",
    checks=True,
)
def sql_value_check_operator(view: TaskView) -> Result:
    """An asset check that passes when the query's first row has the expected value, within a tolerance.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html#check-value-against-expected
    Dagster: https://docs.dagster.io/guides/test/asset-checks
    """
    found = _database(view)
    if found is None:
        return view.bridge()
    row = call(f"{found}.get_first", view.template("sql"), _parameters(view))
    judged = call(
        view.compat("sql", "check_value"),
        row,
        view.template("pass_value"),
        tolerance=unless(view, "tolerance", None),
    )
    return _verdict(view, judged)


@rule(f"{_COMMON_SQL}.SQLColumnCheckOperator", checks=True)
def sql_column_check_operator(view: TaskView) -> Result:
    """An asset check of a table's columns: nulls, distinct and unique values, minimum and maximum.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html#check-sql-table-columns
    Dagster: https://docs.dagster.io/guides/test/asset-checks
    """
    found = _database(view)
    if found is None:
        return view.bridge()
    judged = call(
        view.compat("sql", "check_columns"),
        found,
        view.template("table"),
        view.template("column_mapping"),
        partition_clause=rendered_unless(view, "partition_clause", None),
        accept_none=unless(view, "accept_none", True),
    )
    return _verdict(view, judged)


@rule(f"{_COMMON_SQL}.SQLTableCheckOperator", checks=True)
def sql_table_check_operator(view: TaskView) -> Result:
    """An asset check that passes when each of the table's conditions holds.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html#check-sql-table-values
    Dagster: https://docs.dagster.io/guides/test/asset-checks
    """
    found = _database(view)
    if found is None:
        return view.bridge()
    judged = call(
        view.compat("sql", "check_table"),
        found,
        view.template("table"),
        view.template("checks"),
        partition_clause=rendered_unless(view, "partition_clause", None),
        accept_none=unless(view, "accept_none", False),
    )
    return _verdict(view, judged)


@rule(
    f"{_COMMON_SQL}.SQLIntervalCheckOperator",
    f"{_SNOWFLAKE}.SnowflakeIntervalCheckOperator",
    checks=True,
)
def sql_interval_check_operator(view: TaskView) -> Result:
    """An asset check that compares a day's metrics with those of some days before.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html
    Dagster: https://docs.dagster.io/guides/test/asset-checks
    """
    found = _database(view)
    if found is None:
        return view.bridge()
    judged = call(
        view.compat("sql", "check_interval"),
        found,
        view.template("table"),
        view.code("metrics_thresholds"),
        view.rendered("{{ ds }}"),
        days_back=unless(view, "days_back", -7),
        date_filter_column=rendered_unless(view, "date_filter_column", "ds"),
        ratio_formula=unless(view, "ratio_formula", "max_over_min"),
        ignore_zero=unless(view, "ignore_zero", True),
    )
    return _verdict(view, judged)


@rule(f"{_COMMON_SQL}.SQLThresholdCheckOperator", checks=True)
def sql_threshold_check_operator(view: TaskView) -> Result:
    """An asset check that passes when the query's value lies between two bounds, given as numbers or queries.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html#check-values-against-a-threshold
    Dagster: https://docs.dagster.io/guides/test/asset-checks
    """
    found = _database(view)
    if found is None:
        return view.bridge()
    bounds = [view.template(name) for name in ("min_threshold", "max_threshold")]
    return _verdict(view, call(view.compat("sql", "check_threshold"), found, view.template("sql"), *bounds))


def _database(view: TaskView) -> str | None:
    """The resource, or None where the connection is not known to be of a database we have one for."""
    if has(view, "snowflake_conn_id") or view.task.name.startswith(_SNOWFLAKE):
        view.drop("conn_id", "The operator has its own argument for the connection.")
        for name in ("authenticator", "session_parameters"):
            view.unsupported(name, "The session is opened with what the resource is configured with.")
        return database(view, "snowflake_conn_id", "snowflake", "snowflake_default")
    # The operators of Presto had another argument for the connection; Airflow knows them by the same name today.
    if not has(view, "conn_id") or has(view, "presto_conn_id") or not served(view, "conn_id"):
        return None
    return database(view, "conn_id", None, None)


def _parameters(view: TaskView) -> str:
    return view.code("parameters") if has(view, "parameters") else ""


def _verdict(view: TaskView, verdict: str) -> Result:
    """What the runtime module's check function decides, as a check or as an exception."""
    final = "" if _tried_again(view) else "retry_on_failure=False"
    return _result(view, f"return {verdict}.check_result()", call(f"{verdict}.require", final))


def _result(view: TaskView, body: str, raising: str) -> Result:
    conn_type = view.connection_type("conn_id")
    return Result(
        view.text(body),
        raising=view.text(raising),
        check=True,
        returns="None",
        kinds=("sql", conn_type) if conn_type in DATABASES - {"sql"} else ("sql",),
        may_fail_finally=not _tried_again(view),
        tried_again=_tried_again(view),
    )


def _tried_again(view: TaskView) -> bool:
    return view.value("retry_on_failure", True) is not False
