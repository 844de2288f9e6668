"""Values that the user says variables have, so that what depends on them can be read.

Without them, a variable of the environment or of Airflow is a reference: it is known at run time only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from ..records import dataclass

Kind = Literal["environment variable", "Airflow variable"]


@dataclass(frozen=True, slots=True)
class Supplied:
    """The values given, by name: of the environment, and of Airflow's Variables (as text, as it keeps them)."""

    environment: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def value(self, kind: Kind, name: Any) -> str | None:
        """What the variable is taken to be; None where nothing was said of it."""
        given = self.environment if kind == "environment variable" else self.variables
        return given.get(name) if isinstance(name, str) else None


NOTHING = Supplied()
