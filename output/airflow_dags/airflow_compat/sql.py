"""Verdicts on data, as the check operators of Airflow's common SQL provider reach them.

https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import dagster as dg

from .exceptions import AirflowException, AirflowFailException
from .macros import ds_add


class Database(Protocol):
    """A resource with the methods of Airflow's database hooks."""

    def get_first(self, sql: str) -> Any: ...

    def get_records(self, sql: str) -> Any: ...


@dataclass(frozen=True)
class Verdict:
    """Whether the data passed, and why."""

    passed: bool
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def check_result(self) -> dg.AssetCheckResult:
        """The verdict as the result of an asset check."""
        shown = {name: _shown(value) for name, value in self.metadata.items()}
        return dg.AssetCheckResult(passed=self.passed, description=self.description or None, metadata=shown)

    def require(self, *, retry_on_failure: bool = True) -> None:
        """Raise AirflowException where the data did not pass (AirflowFailException without `retry_on_failure`)."""
        if not self.passed:
            raise (AirflowException if retry_on_failure else AirflowFailException)(self.description)


def check_first_row(row: Any) -> Verdict:
    """SQLCheckOperator: there is a row, and every value in it is true."""
    if not row:
        return Verdict(False, "The query returned zero rows.")
    values = list(row.values()) if isinstance(row, dict) else list(row)
    return Verdict(all(values), f"First row: {values}", {"first_row": values})


def check_value(row: Any, pass_value: Any, tolerance: Any = None) -> Verdict:
    """SQLValueCheckOperator: every value of the row is `pass_value`, give or take `tolerance` times that.

    Values are compared as numbers where `pass_value` is one, else as text. Raises AirflowException where a value is no
    number but should be.
    """
    if not row:
        return Verdict(False, "The query returned zero rows.")
    expected, share = _number(str(pass_value)), _number(tolerance)
    if isinstance(expected, str):
        passed = all(str(value) == expected for value in row)
    else:
        try:
            numbers = [float(value) for value in row]
        except (ValueError, TypeError) as error:
            raise AirflowException(f"Converting a result to float failed: {row}") from error
        margin = abs(expected) * share if isinstance(share, float) else 0.0
        passed = all(expected - margin <= number <= expected + margin for number in numbers)
    described = f"Pass value: {expected}, tolerance: {tolerance}, first row: {list(row)}"
    return Verdict(passed, described, {"first_row": list(row), "pass_value": expected, "tolerance": tolerance})


def check_threshold(database: Database, sql: str, min_threshold: Any, max_threshold: Any) -> Verdict:
    """SQLThresholdCheckOperator: the query's first value lies between two others, numbers or queries."""

    def bound(threshold: Any) -> Any:
        number = _number(threshold)
        return number if isinstance(number, float) else database.get_first(number)[0]

    row = database.get_first(sql)
    if not row:
        return Verdict(False, "The query returned zero rows.")
    value, least, most = row[0], bound(min_threshold), bound(max_threshold)
    return Verdict(
        bool(least <= value <= most),
        f"Result: {value}, thresholds: {least} and {most}",
        {"result": value, "min_threshold": least, "max_threshold": most},
    )


RATIOS: Mapping[str, Callable[[Any, Any], Any]] = {
    "max_over_min": lambda current, past: max(current, past) / min(current, past),
    "relative_diff": lambda current, past: abs(current - past) / past,
}


def check_interval(
    database: Database,
    table: str,
    metrics_thresholds: Mapping[str, float],
    ds: str,
    *,
    days_back: int = -7,
    date_filter_column: str = "ds",
    ratio_formula: str = "max_over_min",
    ignore_zero: bool = True,
) -> Verdict:
    """SQLIntervalCheckOperator: each metric (an SQL expression) has changed less than its threshold in some days.

    A metric that is zero on either day passes with `ignore_zero`, else fails.
    """
    metrics = sorted(metrics_thresholds)
    select = f"SELECT {', '.join(metrics)} FROM {table} WHERE {date_filter_column}="
    past_row = database.get_first(f"{select}'{ds_add(ds, -abs(days_back))}'")
    row = database.get_first(f"{select}'{ds}'")
    if not past_row or not row:
        return Verdict(False, "The query returned zero rows.")
    results = {}
    for metric, current, past in zip(metrics, row, past_row, strict=False):
        ratio = None if current == 0 or past == 0 else RATIOS[ratio_formula](current, past)
        passed = ignore_zero if ratio is None else bool(ratio < metrics_thresholds[metric])
        results[metric] = {"current": current, "past": past, "ratio": ratio, "passed": passed}
    return _verdict(results)


COLUMN_CHECKS: Mapping[str, str] = {
    "null_check": "SUM(CASE WHEN {column} IS NULL THEN 1 ELSE 0 END)",
    "distinct_check": "COUNT(DISTINCT({column}))",
    "unique_check": "COUNT({column}) - COUNT(DISTINCT({column}))",
    "min": "MIN({column})",
    "max": "MAX({column})",
}


def check_columns(
    database: Database,
    table: str,
    column_mapping: Mapping[str, Mapping[str, Mapping[str, Any]]],
    *,
    partition_clause: str | None = None,
    accept_none: bool = True,
) -> Verdict:
    """SQLColumnCheckOperator: `{"price": {"min": {"geq_to": 0}, "null_check": {"equal_to": 0}}}`.

    All the values come from one query. NULL counts as 0 with `accept_none`.
    """
    queries = [
        f"SELECT '{column}' AS col_name, '{check}' AS check_type, {COLUMN_CHECKS[check].format(column=column)} "
        f"AS check_result FROM {table} {_where(partition_clause, wanted.get('partition_clause'))}"
        for column, checks in column_mapping.items()
        for check, wanted in checks.items()
    ]
    union = " UNION ALL ".join(queries)
    records = database.get_records(f"SELECT col_name, check_type, check_result FROM ({union}) AS check_columns")
    if not records:
        return Verdict(False, "The query returned zero rows.")
    results = {}
    for column, check, value in records:
        wanted = column_mapping[column][check]
        passed = _meets(0 if value is None and accept_none else value, wanted)
        results[f"{column}.{check}"] = {"value": value, "wanted": dict(wanted), "passed": passed}
    return _verdict(results)


def check_table(
    database: Database,
    table: str,
    checks: Mapping[str, Mapping[str, Any]],
    *,
    partition_clause: str | None = None,
    accept_none: bool = False,
) -> Verdict:
    """SQLTableCheckOperator: `{"row_count": {"check_statement": "COUNT(*) > 0"}}`, each true for every row.

    Raises ValueError where a statement gives neither true nor false: in particular NULL, for an empty table.
    """
    queries = [
        f"SELECT '{name}' AS check_name, MIN({name}) AS check_result "
        f"FROM (SELECT CASE WHEN {check['check_statement']} THEN 1 ELSE 0 END AS {name} "
        f"FROM {table} {_where(partition_clause, check.get('partition_clause'))}) AS sq"
        for name, check in checks.items()
    ]
    union = " UNION ALL ".join(queries)
    records = database.get_records(f"SELECT check_name, check_result FROM ({union}) AS check_table")
    if not records:
        return Verdict(accept_none, "The query returned zero rows.")
    return _verdict({name: {"value": value, "passed": parse_boolean(str(value))} for name, value in records})


def parse_boolean(text: str) -> bool:
    """What a database means by a truth value written as text. Raises ValueError where it is none."""
    if text.lower() in ("y", "yes", "t", "true", "on", "1"):
        return True
    if text.lower() in ("n", "no", "f", "false", "off", "0"):
        return False
    raise ValueError(f"{text.lower()!r} is not a boolean-like string value")


def _meets(value: Any, wanted: Mapping[str, Any]) -> bool:
    tolerance = wanted.get("tolerance")

    def low(bound: Any) -> Any:
        return bound if tolerance is None else bound - abs(bound) * tolerance

    def high(bound: Any) -> Any:
        return bound if tolerance is None else bound + abs(bound) * tolerance

    passed = True
    if "geq_to" in wanted:
        passed = value >= low(wanted["geq_to"])
    elif "greater_than" in wanted:
        passed = value > low(wanted["greater_than"])
    if "leq_to" in wanted:
        passed = value <= high(wanted["leq_to"]) and passed
    elif "less_than" in wanted:
        passed = value < high(wanted["less_than"]) and passed
    if "equal_to" in wanted:
        equal = wanted["equal_to"]
        # Without tolerance no ordering: NULL, where it does not count as 0, fails and does not raise.
        passed = (value == equal if tolerance is None else low(equal) <= value <= high(equal)) and passed
    return bool(passed)


def _where(*clauses: str | None) -> str:
    given = [clause for clause in clauses if clause]
    return f"WHERE {' AND '.join(given)}" if given else ""


def _verdict(results: Mapping[str, Mapping[str, Any]]) -> Verdict:
    failed = {name: result for name, result in results.items() if not result["passed"]}
    description = f"The following tests have failed: {failed}" if failed else "All tests have passed."
    return Verdict(not failed, description, results)


def _number(value: Any) -> float | Any:
    try:
        return float(value)
    except (ValueError, TypeError):
        return value


def _shown(value: Any) -> Any:
    """A value as metadata: JSON as it is, anything a driver returns (Decimal, date) as text."""
    if isinstance(value, Mapping):
        return {str(key): _shown(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_shown(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
