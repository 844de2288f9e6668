"""From src/warehouse/places.py."""

import os
from pathlib import Path

ROOT = os.environ.get("AIRFLOW_VAR_WAREHOUSE", "/warehouse")

FOLDER = os.path.join(ROOT, "published")


def make(folder):
    """Make a folder, and those it is in."""
    Path(folder).mkdir(parents=True, exist_ok=True)
