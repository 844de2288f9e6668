"""The connections of the Airflow project, one resource each."""

import os
from glob import glob
from pathlib import Path
from typing import Any

import dagster as dg


class FileSystemResource(dg.ConfigurableResource[Any]):
    """A folder (Airflow connection type `fs`)."""

    path: str = "/"

    def get_path(self) -> str:
        """The folder's path."""
        return self.path

    def join(self, filepath: str) -> str:
        """The path of a file in the folder; an absolute one stays as it is."""
        return os.path.join(self.path, filepath)

    def exists(self, filepath: str, *, recursive: bool = False) -> bool:
        """Whether there is such a file, as Airflow's FileSensor decides: a pattern, or a folder with files in it.

        https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/file.html
        """
        found = glob(self.join(filepath), recursive=recursive)
        return any(Path(path).is_file() or any(files for _, _, files in os.walk(path)) for path in found)


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"landing": FileSystemResource(path=dg.EnvVar("LANDING_PATH"))})
