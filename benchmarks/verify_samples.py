"""All evidence of `migrate verify` for the sample DAGs, in a world of their own and for their own dates.

    python benchmarks/verify_samples.py [--airflow 3|2] [--airflow-python PATH] [--outcomes random:N] [--dag ID]

Takes a Python with migrate, Dagster and the test extra; `--airflow-python` is the one that has Airflow (default: this
one). `--airflow 2` takes the samples in 1.10's and 2.x style, and wants 2.11. Each engine has servers of its own on
loopback, a web service and a mail server, so that HTTP and mail operators are executed, too; what reaches a chat
service or another DAG's runs stays stubbed. Prints the evidence and writes to a temporary folder only. Exit code 1 if
anything failed, was not run (but what `EXPECTED` explains), or if the engines sent the servers different things.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.converted import convert  # noqa: E402
from support.sample_world import SAMPLE_DAGS, World, sample_world  # noqa: E402
from support.samples import SAMPLES  # noqa: E402

from migrator.progress import progress  # noqa: E402
from migrator.terminal import Style  # noqa: E402
from migrator.verify.evidence import Verification  # noqa: E402
from migrator.verify.plans import Chance, Dates  # noqa: E402
from migrator.verify.session import Settings, verify  # noqa: E402
from migrator.verify.text import evidence_text  # noqa: E402

ALLOWED = ("HttpOperator", "HttpSensor", "EmailOperator", "StockCountOperator", "CsvToWarehouseOperator")
"""Operators that reach servers of the world, and those of the samples' own, which work on its files."""
LEFT_BY_OTHERS = """
CREATE TABLE postings (day TEXT PRIMARY KEY, debit REAL, credit REAL);
INSERT INTO postings VALUES ('2024-03-05', 700.0, 704.0);
CREATE TABLE loyalty_points AS SELECT 1 AS customer_id, 78 AS points UNION SELECT 2, 8 UNION SELECT 3, 47;
"""
"""What the runs of other samples have left in the warehouse that single DAGs work on."""
EXPECTED: dict[tuple[str, str], str] = {}
"""What is not run, and the finding that has announced it."""
SUBJECT = re.compile("subject:", re.IGNORECASE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--airflow", choices=["3", "2"], default="3", help="whose samples [3]")
    parser.add_argument("--airflow-python", default=sys.executable, metavar="PATH")
    parser.add_argument("--outcomes", type=Chance.parse, metavar="random:N[:SEED]", help="forced outcomes, no bodies")
    parser.add_argument("--dag", action="append", metavar="ID", help="this sample only; repeatable")
    arguments = parser.parse_args()
    chosen = [one for one in SAMPLES if one.airflow == arguments.airflow]
    chosen = [one for one in chosen if one.dag_id in arguments.dag] if arguments.dag else chosen
    dates = {one.dag_id: tuple(run.logical_date for run in one.runs) for one in chosen if one.runs}
    started = time.monotonic()
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        theirs, ours = (stack.enter_context(sample_world(temporary / side)) for side in ("airflow", "dagster"))
        given = temporary / "world"
        shutil.copytree(theirs.folder, given)
        write_environment(theirs, given / "verify.airflow.env", theirs.env)
        with closing(sqlite3.connect(given / "warehouse.db")) as warehouse:
            warehouse.executescript(LEFT_BY_OTHERS)
        # What is bridged runs the Airflow operator inside Dagster, which has Airflow's own connections for it.
        write_environment(ours, given / "verify.dagster.env", {**ours.env, **ours.dagster_env})
        settings = Settings(
            dags=SAMPLE_DAGS,
            defs=convert(SAMPLE_DAGS, temporary / "defs").folder,
            airflow_python=arguments.airflow_python,
            dag_ids=tuple(one.dag_id for one in chosen),
            dates=Dates(single=dates),
            outcomes=arguments.outcomes,
            allow=ALLOWED,
            world=given,
        )
        with progress() as tell:
            verification = verify(settings, tell)
    for line in evidence_text(verification, Style.of(sys.stdout), verbose=True):
        print(line)
    print(f"{time.monotonic() - started:.0f} seconds")
    complaints = [*unexpected(verification), *differently_sent(theirs, ours)]
    for complaint in complaints:
        print(complaint)
    return int(bool(complaints))


def write_environment(world: World, file: Path, variables: Mapping[str, str]) -> None:
    """The variables of a served world, for the copy of it that one side works on."""
    file.write_text("".join(f"{k}={v.replace(str(world.folder), '{world}')}\n" for k, v in variables.items()))


def unexpected(verification: Verification) -> Iterator[str]:
    """What failed, and what was not run that no finding has announced; without bodies, more is not run."""
    for one in verification.evidence:
        announced = EXPECTED.get((one.dag_id, one.kind))
        told = one.detail == "no bodies ran" or (announced is not None and one.detail.startswith(f"{announced}: "))
        if one.outcome == "failed" or (one.outcome == "not run" and not told):
            yield f"unexpected: {one.kind} of {one.dag_id} {one.outcome}"


def differently_sent(theirs: World, ours: World) -> Iterator[str]:
    """Where the servers were sent something else. Of a mail, its subject counts: the rest has dates and boundaries."""
    subjects = ([line for mail in w.mails for line in mail.splitlines() if SUBJECT.match(line)] for w in (theirs, ours))
    for what, sent in (("the web service", (theirs.posted, ours.posted)), ("the mail server", tuple(subjects))):
        if sent[0] != sent[1]:
            yield f"{what} was sent {sent[0]} by Airflow, {sent[1]} by Dagster"
        elif sent[0]:
            print(f"{what} was sent the same by both: {sent[0]}")


if __name__ == "__main__":
    sys.exit(main())
