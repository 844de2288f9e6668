"""Random DAGs on the real Airflow and as outcome graphs on Dagster: thousands of them.

    python tests/fuzz/outcome_graph.py --airflow 3 --count 1000 --seed 1 [--python AIRFLOW_PYTHON] [--plain]

Needs Dagster here, and Airflow in AIRFLOW_PYTHON (this Python by default). Prints how many were equal, how many
equalled what Airflow does in another order of the same run, how many differ in a known way (see is_known in
support/random_dags_compare.py), and each other difference with the DAG it was seen in.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import dagster as dg  # noqa: E402
from support.random_dags import random_dag  # noqa: E402
from support.random_dags_compare import Comparison, compare  # noqa: E402

BATCH = 50


def main() -> int:
    options = parse()
    logging.disable(logging.CRITICAL)
    total = Comparison()
    with tempfile.TemporaryDirectory() as home, dg.DagsterInstance.ephemeral() as instance:
        cache = options.cache or Path(home) / "cache"
        for start in range(options.seed, options.seed + options.count, BATCH):
            seeds = range(start, min(start + BATCH, options.seed + options.count))
            plain = {"mapping": False, "setups": False} if options.plain else {}
            dags = [random_dag(seed, options.airflow, **plain) for seed in seeds]
            folder = Path(home) / str(start)
            found = compare(dags, options.airflow, options.python, folder, cache, instance)
            total.equal += found.equal
            total.by_chance += found.by_chance
            total.known |= found.known
            total.different |= found.different
            for dag_id, differences in found.different.items():
                print(f"{dag_id}: airflow / dagster: {'; '.join(differences)}")
                for task in next(dag for dag in dags if dag["dag_id"] == dag_id)["tasks"]:
                    print("   ", json.dumps({key: value for key, value in task.items() if value not in (None, False)}))
            print(f"{seeds.stop - options.seed} of {options.count}: {total}", flush=True)
    return 1 if total.different else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--airflow", choices=["2", "3"], required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, help="a folder where the empty Airflow database is kept")
    parser.add_argument("--plain", action="store_true", help="no mapping, no setups and teardowns")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
