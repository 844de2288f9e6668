"""Operators of the inventory team, on top of the shared ones."""

from __future__ import annotations

from typing import Any

from ..operators.csv_to_warehouse import CsvToWarehouseOperator


class StockCountOperator(CsvToWarehouseOperator):
    """A stock file: its place follows from the landing folder, and empty shelves are dropped."""

    def __init__(self, *, landing_dir: str, keep_empty: bool = False, **kwargs) -> None:
        kwargs.setdefault("retries", 2)
        super().__init__(path=f"{landing_dir}/inventory/stock_{{{{ ds_nodash }}}}.csv", table="stock", **kwargs)
        self.keep_empty = keep_empty

    def rows(self) -> list[dict[str, Any]]:
        return [row for row in super().rows() if self.keep_empty or int(row["on_hand"])]
