"""Whether a generated project takes run configs: `python params_on_dagster.py PACKAGE CONFIGS.json`, in its folder.

CONFIGS.json is {job: [run config, ...]}; prints {job: [the error or null, ...]}. A run that is refused has left
nothing: no run, and so no step.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg

sys.path.insert(0, ".")


def refused(job: dg.JobDefinition, config: dict[str, Any], instance: dg.DagsterInstance) -> str | None:
    before = instance.get_runs_count()
    try:
        assert job.execute_in_process(instance=instance, run_config=config).success
    except dg.DagsterError as error:
        assert instance.get_runs_count() == before, "it was refused when it had begun"
        return f"{type(error).__name__}: {error}"
    return None


def main() -> None:
    package, configs = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    definitions = import_module(f"{package}.definitions").defs()
    with dg.DagsterInstance.ephemeral() as instance:
        answers = {
            name: [refused(definitions.resolve_job_def(name), config, instance) for config in given]
            for name, given in configs.items()
        }
    print("ANSWERS" + json.dumps(answers))


if __name__ == "__main__":
    main()
