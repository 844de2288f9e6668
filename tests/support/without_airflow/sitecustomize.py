"""First in PYTHONPATH, this makes a Python in which Airflow is installed one in which it is not."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class NoAirflow(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] == "airflow":
            raise ModuleNotFoundError(f"No module named {fullname!r}: this process does without Airflow", name=fullname)
        return None


sys.meta_path.insert(0, NoAirflow())
