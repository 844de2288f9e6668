"""A small database and checks on it, for the check operators of both sides."""

from __future__ import annotations

from typing import Any

DS = "2024-01-08"

SETUP = """
CREATE TABLE orders (id INTEGER, amount REAL, name TEXT, day TEXT, ds TEXT);
INSERT INTO orders VALUES
  (1, 10.0, 'a', '2024-01-08', '2024-01-08'),
  (2, 20.0, 'b', '2024-01-08', '2024-01-08'),
  (3, -5.5, NULL, '2024-01-08', '2024-01-08'),
  (3, 30.0, 'd', '2024-01-01', '2024-01-01'),
  (NULL, NULL, 'e', '2024-01-01', '2024-01-01');
CREATE TABLE empty (id INTEGER, amount REAL, ds TEXT);
CREATE TABLE nulls (id INTEGER, amount REAL, ds TEXT);
INSERT INTO nulls VALUES (NULL, NULL, '2024-01-08'), (NULL, NULL, '2024-01-01');
"""

_LIMITS: list[dict[str, Any]] = [
    {"equal_to": 0},
    {"equal_to": 1},
    {"equal_to": 30},
    {"equal_to": 28, "tolerance": 0.1},
    {"equal_to": -5, "tolerance": 0.1},
    {"equal_to": -5, "tolerance": 0.05},
    {"geq_to": -5.5},
    {"geq_to": 1, "leq_to": 4},
    {"greater_than": 1},
    {"greater_than": 30, "tolerance": 0.5},
    {"less_than": 30},
    {"less_than": 30, "tolerance": 0.1},
    {"leq_to": -5.5},
    {"leq_to": -6, "tolerance": 0.1},
    {"geq_to": 0, "less_than": 3},
]

CHECKS: list[tuple[str, dict[str, Any]]] = [
    *(
        ("first_row", {"sql": f"SELECT {values}"})
        for values in ("1", "0", "1, 1", "1, 0", "NULL", "''", "'0'", "1.5", "-1", "'a', NULL")
    ),
    ("first_row", {"sql": "SELECT COUNT(*) FROM orders"}),
    ("first_row", {"sql": "SELECT COUNT(*) FROM empty"}),
    ("first_row", {"sql": "SELECT id FROM empty"}),
    ("first_row", {"sql": "SELECT id FROM orders ORDER BY id"}),
    ("first_row", {"sql": "SELECT id FROM nowhere"}),
    *(
        ("value", {"sql": sql, "pass_value": value, "tolerance": tolerance})
        for sql in (
            "SELECT COUNT(*) FROM orders",
            "SELECT 'abc'",
            "SELECT 5, 5.2",
            "SELECT '5'",
            "SELECT NULL",
            "SELECT -5",
            "SELECT id FROM empty",
        )
        for value in (5, "5", "abc", 5.5, -5, "-5.0", None, True)
        for tolerance in (None, 0.1, "0.2", "x", 0)
    ),
    *(
        ("threshold", {"sql": sql, "min_threshold": low, "max_threshold": high})
        for sql in (
            "SELECT COUNT(*) FROM orders",
            "SELECT AVG(amount) FROM orders",
            "SELECT NULL",
            "SELECT id FROM empty",
            "SELECT 'x'",
        )
        for low, high in (
            (1, 10),
            (5, 5),
            ("4", "6"),
            (6, 10),
            ("SELECT 1", "SELECT MAX(id) FROM orders"),
            (1, "SELECT id FROM empty"),
            (None, 10),
        )
    ),
    *(
        (
            "interval",
            {
                "table": table,
                "metrics_thresholds": metrics,
                "days_back": days,
                "ratio_formula": formula,
                "ignore_zero": zero,
            },
        )
        for table in ("orders", "empty", "nulls")
        for metrics in (
            {"COUNT(*)": 1.6},
            {"COUNT(*)": 1.5},
            {"SUM(amount)": 2, "COUNT(*)": 9},
            {"MIN(amount)": 0.5},
            {"COUNT(name) - 2": 3},
        )
        for days in (7, -7, 3)
        for formula in ("max_over_min", "relative_diff")
        for zero in (True, False)
    ),
    *(
        ("columns", {"table": table, "column_mapping": {column: {check: limits}}, "accept_none": none})
        for table, column in (("orders", "id"), ("orders", "amount"), ("empty", "amount"), ("nulls", "amount"))
        for check in ("null_check", "distinct_check", "unique_check", "min", "max")
        for limits in _LIMITS
        for none in (True, False)
    ),
    ("columns", {"table": "orders", "column_mapping": {"name": {"min": {"equal_to": "a"}, "max": {"geq_to": "e"}}}}),
    (
        "columns",
        {"table": "orders", "column_mapping": {"day": {"min": {"geq_to": "2024-01-01", "less_than": "2024-01-02"}}}},
    ),
    (
        "columns",
        {"table": "orders", "column_mapping": {"id": {"max": {"equal_to": 3}}, "amount": {"min": {"geq_to": 0}}}},
    ),
    (
        "columns",
        {"table": "orders", "column_mapping": {"amount": {"min": {"geq_to": 10}}}, "partition_clause": "id < 3"},
    ),
    (
        "columns",
        {"table": "orders", "column_mapping": {"amount": {"min": {"geq_to": 10, "partition_clause": "id = 1"}}}},
    ),
    (
        "columns",
        {
            "table": "orders",
            "column_mapping": {"amount": {"min": {"geq_to": 20, "partition_clause": "id > 1"}}},
            "partition_clause": "id < 3",
        },
    ),
    ("columns", {"table": "nowhere", "column_mapping": {"id": {"min": {"geq_to": 10}}}}),
    *(
        ("table", {"table": table, "checks": {"rule": {"check_statement": statement}}, "accept_none": none})
        for table in ("orders", "empty", "nulls")
        for statement in (
            "COUNT(*) > 4",
            "COUNT(*) > 5",
            "amount > -10",
            "amount > -10 OR amount IS NULL",
            "id + amount >= 4.5",
            "SUM(amount) = 54.5",
            "bad syntax here",
        )
        for none in (True, False)
    ),
    (
        "table",
        {
            "table": "orders",
            "checks": {"a": {"check_statement": "COUNT(*) = 5"}, "b": {"check_statement": "MAX(id) = 2"}},
        },
    ),
    (
        "table",
        {
            "table": "orders",
            "checks": {"a": {"check_statement": "COUNT(*) = 5"}, "b": {"check_statement": "MAX(id) = 3"}},
        },
    ),
    ("table", {"table": "orders", "checks": {"a": {"check_statement": "amount > 0"}}, "partition_clause": "id < 3"}),
    (
        "table",
        {
            "table": "orders",
            "checks": {"a": {"check_statement": "amount > 15", "partition_clause": "id > 1"}},
            "partition_clause": "id < 3",
        },
    ),
]

SQL_TEXTS: list[str] = [
    "SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1;; SELECT 2;",
    "",
    ";",
    "SELECT ';'; SELECT 2",
    "-- only a comment",
    "SELECT 1; -- a; b\nSELECT 2",
    "/* a; b */ SELECT 1; SELECT 2",
    "INSERT INTO t VALUES ('it''s; fine'); SELECT \"a;b\"",
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x = 1; UPDATE c SET x = 2; END; SELECT 1",
    "DO $$ BEGIN PERFORM 1; PERFORM 2; END $$; SELECT 1",
]
