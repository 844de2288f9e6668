"""What is particular to each parcel carrier's invoice file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Carrier:
    code: str
    schedule: str | None
    delimiter: str = ","
    owner: str = "logistics"
    surcharge: float = 0.0


CARRIERS = [
    Carrier("dhl", "0 5 * * *"),
    Carrier("ups", "30 5 * * *", delimiter=";", surcharge=0.1),
    Carrier("gls", None, owner="logistics-eu"),
]


def read_invoice(path: str | Path, delimiter: str) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def total_charge(lines: list[dict[str, str]], surcharge: float = 0.0) -> float:
    """Sum of the charges, with the carrier's fuel surcharge."""
    return round(sum(float(line["charge"]) for line in lines) * (1 + surcharge), 2)
