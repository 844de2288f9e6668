"""Airflow's Variables, read from the environment variables Airflow reads them from.

https://airflow.apache.org/docs/apache-airflow/stable/howto/variable.html#storing-variables-in-environment-variables
"""

import json
import os
from typing import Any

from .exceptions import VariableNotFound

MISSING: Any = object()


def get_variable(key: str, default: Any = MISSING, *, deserialize_json: bool = False) -> Any:
    """The Variable in AIRFLOW_VAR_<KEY>, as text or, with `deserialize_json`, as what the JSON says.

    Returns `default` where there is none (None counts as a default); without a default raises VariableNotFound.
    """
    text = os.environ.get(f"AIRFLOW_VAR_{key.upper()}")
    if text is None:
        if default is MISSING:
            raise VariableNotFound(f"Variable {key} does not exist: set AIRFLOW_VAR_{key.upper()}")
        return default
    return json.loads(text) if deserialize_json else text


class VariableAccessor:
    """`var.value` and `var.json` in templates: `{{ var.value.bucket }}`, `{{ var.json.get("limits", {}) }}`."""

    def __init__(self, *, deserialize_json: bool) -> None:
        self._deserialize_json = deserialize_json

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):  # copying and pickling look for such methods
            raise AttributeError(key)
        return get_variable(key, deserialize_json=self._deserialize_json)

    def get(self, key: str, default: Any = MISSING) -> Any:
        """The Variable, or `default` where there is none."""
        return get_variable(key, default, deserialize_json=self._deserialize_json)
