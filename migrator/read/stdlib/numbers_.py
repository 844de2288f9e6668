"""Models of decimal, fractions and statistics."""

from __future__ import annotations

import decimal
import fractions
import statistics

from ..natives import SAFE, SYMBOLS
from .model import Names, pures

SAFE.update({decimal.Decimal, fractions.Fraction})
SYMBOLS.update({decimal.Decimal: "decimal.Decimal", fractions.Fraction: "fractions.Fraction"})

NAMES: Names = {
    "decimal": lambda machine: {"Decimal": decimal.Decimal, "ROUND_HALF_UP": decimal.ROUND_HALF_UP},
    "fractions": lambda machine: {"Fraction": fractions.Fraction},
    "statistics": lambda machine: pures("statistics", statistics, ["mean", "median", "stdev"]),
}
