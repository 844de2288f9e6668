"""The files that lay beside the DAG files and that tasks read by their path: data, queries, scripts.

They were copied with the folders they are in, so that a path that the DAG file made from `__file__` leads to the same
file. Set the environment variable DAG_FILES to take them from another folder of that layout.
"""

import os
from pathlib import Path

DAG_FILES = Path(os.environ.get("DAG_FILES") or Path(__file__).parents[1] / "dag_files")
