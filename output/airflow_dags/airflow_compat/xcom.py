"""The I/O manager that hands a task's value to other tasks as Airflow's XCom does.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html
https://docs.dagster.io/guides/build/io-managers
"""

import json
import os
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg

from .exceptions import XComNotFound
from .serde import from_json, to_json


def xcom_round_trip(value: Any, airflow: str = "2", allowed_classes: Sequence[str] = ()) -> Any:
    """`value` as a task gets it that pulls it in that line of Airflow ("1", "2", "3").

    Raises what pushing or pulling it raises there.
    """
    return from_json(to_json(value, airflow), airflow, allowed_classes)


class XComIOManager(dg.ConfigurableIOManager):
    """Keeps each asset's value in one JSON file a partition, serialised as Airflow serialises XComs.

    A value that Airflow cannot serialise fails the task that returns it, and what is loaded is what Airflow would load
    (a dict's integer keys are strings …). None is "nothing pushed": whoever loads it gets None.

    Airflow keeps XComs by run; an asset has one value. So each file names the run that wrote it, and loading fails when
    another run has overwritten a value between two steps of this one.
    """

    airflow: str = "2"
    """The line of Airflow whose serialisation to use: "1", "2" or "3"."""
    base_dir: str | None = None
    """Where the files go; by default the folder `xcom` in the Dagster instance's storage."""
    allowed_classes: list[str] = []  # noqa: RUF012 (a pydantic field, copied for each instance)
    """Patterns of classes of yours that values may contain (`airflow_dags.lib.models.*`)."""

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        if not context.has_asset_key:  # between ops of a graph; Airflow has no such thing
            write(self._root(context) / op_path(context), pickle.dumps(obj))
            return
        # No value is no XCom, also where a former run left one.
        text = None if obj is None else to_json(obj, self.airflow)
        record = json.dumps({"run_id": context.run_id, "pushed": obj is not None, "value": text})
        paths = list(self._asset_paths(context).values())
        for path in paths:
            write(path, record.encode())
        context.add_output_metadata(
            {"path": dg.MetadataValue.path(str(paths[0] if len(paths) == 1 else paths[0].parent))}
        )

    def load_input(self, context: dg.InputContext) -> Any:
        if not context.has_asset_key:
            if context.upstream_output is None:
                raise dg.DagsterInvariantViolationError(f"input {context.name} comes from no output")
            return pickle.loads((self._root(context) / op_path(context.upstream_output)).read_bytes())
        values = {key: self._load(context, path) for key, path in self._asset_paths(context).items()}
        single = not context.has_asset_partitions or len(context.asset_partition_keys) == 1
        return next(iter(values.values())) if single else values

    def _load(self, context: dg.InputContext, path: Path) -> Any:
        name = context.asset_key.to_user_string()
        if not path.exists():
            raise XComNotFound(f"{name} has no value to load: materialise it first ({path} does not exist)")
        record = json.loads(path.read_text())
        maker = run_of(context.upstream_output)
        if maker is not None and record["run_id"] != maker:
            raise XComNotFound(
                f"the value of {name} that run {maker} made was overwritten by run {record['run_id']}; "
                "limit the job to one run at a time, as Airflow's max_active_runs does"
            )
        return from_json(record["value"], self.airflow, self.allowed_classes) if record["pushed"] else None

    def _root(self, context: dg.InputContext | dg.OutputContext) -> Path:
        if self.base_dir is not None:
            return Path(self.base_dir)
        instance = context.instance if isinstance(context, dg.InputContext) else context.step_context.instance
        return Path(instance.storage_directory()) / "xcom"

    def _asset_paths(self, context: dg.InputContext | dg.OutputContext) -> Mapping[str, Path]:
        folder = self._root(context).joinpath(*(quote(part, safe=" +-_.") for part in context.asset_key.path))
        if not context.has_asset_partitions:
            return {"": folder.with_name(folder.name + ".json")}
        return {key: folder / f"{quote(key, safe=' +-_.')}.json" for key in context.asset_partition_keys}


def op_path(output: dg.OutputContext) -> Path:
    """Where the output of an op that is no asset goes."""
    return Path(".runs", *(quote(part, safe="") for part in output.get_identifier()))


def run_of(output: dg.OutputContext | None) -> str | None:
    """The run that made an input's value, where that is this one or one it continues; else None."""
    try:
        run_id = None if output is None else output.run_id
    except dg.DagsterInvariantViolationError:
        return None
    # Dagster's name for "some run before", when the asset is not selected in this one.
    return None if run_id == "__EPHEMERAL_RUN_ID" else run_id


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
