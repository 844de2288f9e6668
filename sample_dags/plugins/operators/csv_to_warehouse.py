"""Loads CSV files into the warehouse; the operator most teams here start from."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.sdk import BaseOperator


class CsvToWarehouseOperator(BaseOperator):
    """Replace the rows of one load in a table that is made from the file's header when it is missing.

    :param path: the CSV file, templated
    :param table: where the rows go
    :param load_id: marks the rows of this load; loading it again replaces them
    :param after: statements to run then, or the file they are in; those of the old Hive warehouse still serve
    """

    template_fields: Sequence[str] = ("path", "load_id", "after")
    template_ext: Sequence[str] = (".hql",)
    ui_color = "#e6f2ff"

    def __init__(
        self,
        *,
        path: str,
        table: str,
        load_id: str = "{{ ds }}",
        conn_id: str = "warehouse",
        after: str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.path = path
        self.table = table
        self.load_id = load_id
        self.conn_id = conn_id
        self.after = after

    def rows(self) -> list[dict[str, Any]]:
        with Path(self.path).open(newline="") as file:
            return list(csv.DictReader(file))

    def execute(self, context) -> int:
        rows = self.rows()
        columns = [*rows[0], "load_id"]
        hook = SqliteHook(self.conn_id)
        hook.run(f"CREATE TABLE IF NOT EXISTS {self.table} ({', '.join(columns)})")
        hook.run(f"DELETE FROM {self.table} WHERE load_id = ?", parameters=(self.load_id,))
        hook.insert_rows(self.table, [(*row.values(), self.load_id) for row in rows], target_fields=columns)
        if self.after:
            hook.run(self.after, split_statements=True)
        self.log.info("%d rows into %s", len(rows), self.table)
        return len(rows)
