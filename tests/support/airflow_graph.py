"""What the Airflow of this interpreter makes of DAG files, as JSON lines: the reference our reading is held against.

    python airflow_graph.py ROOT FILE ... > graphs.jsonl        FILE relative to ROOT

It executes the files, each like the DAG processor does: the DAGs are those its module's names hold and those whose
context was left while it loaded. Works with 2.11 and 3.x. A line is {"file", "error", "dags": {dag_id: {"tasks":
{task_id: [type, trigger rule, mapped]}, "edges", "groups", "timetable", "catchup", "start_date", "max_active_runs",
"tags", "params"}}}.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-graph-"))
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"


def contexts() -> Any:
    """The class that keeps the DAG contexts."""
    try:
        from airflow.sdk.definitions._internal.contextmanager import DagContext
    except ImportError:
        from airflow.models.dag import DagContext  # type: ignore[no-redef]
    return DagContext


def timetable(dag: Any) -> list[str]:
    """The timetable's class and the text that tells one of its kind from another."""
    found = dag.timetable
    texts = [
        str(getattr(found, name)) for name in ("_expression", "expression", "_delta", "delta") if hasattr(found, name)
    ]
    return [type(found).__name__, *texts[:1]]


def shape(dag: Any) -> dict[str, Any]:
    return {
        "tasks": {
            t.task_id: [
                t.task_type,
                str(getattr(t.trigger_rule, "value", t.trigger_rule)),
                bool(getattr(t, "is_mapped", type(t).__name__.endswith("MappedOperator"))),
            ]
            for t in sorted(dag.tasks, key=lambda t: t.task_id)
        },
        "edges": sorted([t.task_id, down] for t in dag.tasks for down in t.downstream_task_ids),
        "groups": sorted(g for g in dag.task_group.get_task_group_dict() if g),
        "timetable": timetable(dag),
        "catchup": bool(dag.catchup),
        "start_date": dag.start_date.isoformat() if dag.start_date else None,
        "max_active_runs": dag.max_active_runs,
        "tags": sorted(dag.tags or ()),
        "params": sorted(dag.params),
    }


def load(root: Path, file: str) -> dict[str, Any]:
    """Load one file as a module of its own and describe its DAGs."""
    from airflow import DAG

    context, name = contexts(), "graph_of_" + file.replace("/", "_").removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, root / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    context.autoregistered_dags.clear()
    context.current_autoregister_module_name = name
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        return {"file": file, "error": f"{type(error).__name__}: {error}", "dags": {}}
    held = [value for value in vars(module).values() if isinstance(value, DAG)]
    registered = [dag for dag, owner in context.autoregistered_dags if owner is module]
    return {"file": file, "error": None, "dags": {dag.dag_id: shape(dag) for dag in (*registered, *held)}}


def main() -> None:
    root = Path(sys.argv[1])
    sys.path.insert(0, str(root))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for file in sys.argv[2:]:
        print(json.dumps(load(root, file)), file=answers, flush=True)


if __name__ == "__main__":
    main()
