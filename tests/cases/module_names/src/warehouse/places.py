"""Where the warehouse is, and what Airflow knows of it."""

import os
from pathlib import Path

from airflow.hooks.base import BaseHook
from airflow.models import Variable

ROOT = Variable.get("WAREHOUSE", "/warehouse")
FOLDER = os.path.join(ROOT, "published")
STATION = Variable.get("STATION")


def host():
    return BaseHook.get_connection("warehouse").host


def make(folder):
    """Make a folder, and those it is in."""
    Path(folder).mkdir(parents=True, exist_ok=True)
