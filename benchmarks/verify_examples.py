"""The evidence of `migrate verify` for the example DAGs that Airflow's own packages carry.

    python benchmarks/verify_examples.py [--airflow-python PATH] [--only KINDS] [--dag ID] [--keep FOLDER]

Takes a Python with migrate and Dagster; `--airflow-python` is the one that has Airflow, 2.11 or 3.x, and with it the
examples (default: this one). They are copied, converted and verified for one date each; nothing of them is changed.
Prints how many passed, failed and were not run, then what failed with the findings that migrate gives for that DAG,
then what was not run by its reason. `--keep` leaves the copy, the project and its verification.json in a new folder;
without it, it writes to a temporary one only. Exit code 1 if anything failed that no warning has announced.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.converted import Converted, convert  # noqa: E402

from migrator.progress import progress  # noqa: E402
from migrator.verify.evidence import KINDS, OUTCOMES, Evidence, Verification  # noqa: E402
from migrator.verify.plans import Dates  # noqa: E402
from migrator.verify.session import Settings, verify  # noqa: E402

COPY = """\
import shutil, sys
from importlib import metadata
from pathlib import Path

for package in ("apache-airflow", "apache-airflow-core", "apache-airflow-providers-standard", *sys.argv[2:]):
    try:
        installed = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        continue
    for file in installed.files or ():
        if "example_dags" in file.parts and not {"__pycache__", "tests"} & set(file.parts):
            below = Path(*file.parts[file.parts.index("example_dags") + 1 :])
            target = Path(sys.argv[1], package.removeprefix("apache-airflow-"), below)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)
"""
"""Runs where Airflow is: puts its examples into the folder of the first argument."""
PROVIDERS = ("apache-airflow-providers-common-sql",)
ALLOWED = ("AddOneOperator", "SumItOperator", "EmptySkipOperator")
"""Operators that examples define themselves, and that reach nothing."""
KINDS_ASKED = tuple(kind for kind in KINDS if kind != "effects")
ONE_DATE = dict.fromkeys(
    (
        "dataset_with_extra_by_context",
        "dataset_with_extra_by_yield",
        "dataset_with_extra_from_classic_operator",
        "read_dataset_event",
        "read_dataset_event_from_classic",
    ),
    ("2024-03-05T00:00:00+00:00",),
)
"""DAGs that read what another has left: all for one date."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--airflow-python", default=sys.executable, metavar="PATH")
    parser.add_argument("--only", default=",".join(KINDS_ASKED), metavar="KINDS", help="kinds of evidence, with commas")
    parser.add_argument("--dag", action="append", default=[], metavar="ID", help="this DAG only; repeatable")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a new folder for what is made")
    arguments = parser.parse_args()
    started = time.monotonic()
    with ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        dags = folder / "dags"
        dags.mkdir(parents=True)
        subprocess.run([arguments.airflow_python, "-c", COPY, str(dags), *PROVIDERS], check=True)
        converted = convert(dags, folder / "defs")
        settings = Settings(
            dags=dags,
            defs=converted.folder,
            airflow_python=arguments.airflow_python,
            kinds=tuple(kind for kind in KINDS if kind in arguments.only.split(",")),
            dag_ids=tuple(arguments.dag),
            dates=Dates(1, {name: dates for name, dates in ONE_DATE.items() if name in converted.dags}),
            allow=ALLOWED,
            seconds=180,  # one of them pokes every minute
        )
        with progress() as tell:
            verification = verify(settings, tell)
        record = json.dumps(verification.document(seconds=True), indent=1)
        (converted.folder / "verification.json").write_text(record + "\n")
        unexplained = list(show(verification, converted))
        print(f"\n{time.monotonic() - started:.0f} seconds")
    return int(bool(unexplained))


def show(verification: Verification, converted: Converted) -> Iterator[Evidence]:
    """Print the table and the lists; what failed and no warning explains comes out."""
    dags = {one.dag_id for one in verification.evidence}
    print(f"{len(dags)} DAGs on Airflow {verification.airflow} and Dagster {verification.dagster}\n")
    print(f"{'':12}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES))
    for kind, counts in verification.counts().items():
        print(f"{kind:12}" + "".join(f"{counts[outcome]:9}" for outcome in OUTCOMES))
    for one in chosen(verification, "failed"):
        print(f"\nfailed {one.kind} {one.dag_id}: {one.detail}")
        findings = warnings(converted, one.dag_id)
        for row in findings:
            print(f"    {row['code']} {row['file']}:{row['line']} {row['message']}")
        if not findings:
            print("    no warning of migrate explains this")
            yield one
    print("\nnot run")
    reasons: dict[str, dict[str, list[str]]] = {}
    for one in chosen(verification, "not run"):
        reasons.setdefault(one.detail, {}).setdefault(one.dag_id, []).append(one.kind)
    for reason, found in sorted(reasons.items()):
        print(f"  {reason}")
        print("\n".join(f"      {dag_id} ({', '.join(kinds)})" for dag_id, kinds in found.items()))


def chosen(verification: Verification, outcome: str) -> Sequence[Evidence]:
    return [one for one in verification.evidence if one.outcome == outcome]


def warnings(converted: Converted, dag_id: str) -> list[Mapping[str, Any]]:
    """The findings of a DAG; of a sub-DAG, those of the one it belongs to."""
    found = converted.findings(dag_id) or converted.findings(dag_id.rpartition(".")[0])
    return [row for row in found if row["severity"] != "info"]


if __name__ == "__main__":
    sys.exit(main())
