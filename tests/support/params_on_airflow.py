"""Whether Airflow makes runs with these confs: `python params_on_airflow.py DAGS.py CONFS.json`, of 2.11 and of 3.

CONFS.json is {DAG id: [conf, ...]}; prints {DAG id: [the error or null, ...]}. The checks are those that Airflow's own
`create_dagrun` makes, whoever has asked for the run.
"""

import copy
import json
import sys
from pathlib import Path
from typing import Any

import airflow

THREE = airflow.__version__.startswith("3")


def refused(dag: Any, conf: dict[str, Any]) -> str | None:
    try:
        if THREE:
            from airflow.serialization.serialized_objects import DagSerialization

            served = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
            served.params.deep_merge(conf).validate()
        else:
            params = copy.deepcopy(dag.params)
            params.update(conf)
            params.validate()
    except ValueError as error:
        return str(error)
    except Exception as error:  # ParamValidationError of 2.x
        return f"{type(error).__name__}: {error}"
    return None


def main() -> None:
    dags, confs = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    names: dict[str, Any] = {"__name__": "dags", "__file__": str(dags)}
    exec(compile(dags.read_text(), dags, "exec"), names)
    found = {value.dag_id: value for value in names.values() if hasattr(value, "dag_id") and hasattr(value, "params")}
    answers = {dag_id: [refused(found[dag_id], conf) for conf in given] for dag_id, given in confs.items()}
    print("ANSWERS" + json.dumps(answers))


if __name__ == "__main__":
    main()
