"""How fast DAG files are read and converted, beside the time Airflow takes to import itself and load the same files.

    python benchmarks/speed.py [--repeat N] [--jobs N]

Takes the example DAGs that Airflow's own packages carry, so it wants a Python that has both Airflow 3 and migrate
(`.venv/bin/python` after `python3 tasks.py test`). Everything is measured as a whole process, start-up included, in
turns, after one run of each that does not count (it leaves the bytecode of both, and of the DAG files, which Airflow
imports, where an installation has it). Prints a table; writes to a temporary folder only, and removes it.

The clock is to be believed on an idle machine only; elsewhere the processor time, in turns with what it is compared to.
So measured in November 2026 (2 processors, Python 3.11; seconds of processor time, medians):

    Airflow's import and load      2.67
    migrate inspect                0.32, then 0.23
    migrate --out                  4.9,  then 4.1 (about half of it the report, which all processors share)
    migrate --out --no-report      2.4,  then 2.1

What made the difference: classes without methods compiled one by one (migrator/records.py, 0.04 s of an inspection and
more of a conversion), Jinja only where templates are read (0.03 s), tables parsed record by record, graphs without
networkx (0.15 s of a conversion), JSON without a generator for each item, secrets sought only where a text has their
words. Tried and not worth it: reading these files in two processes (`inspect --jobs 2`: 0.35), leaving without Python's
own clean-up (3 %), no garbage collection at all (nothing).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PACKAGES = (
    "apache-airflow-core",
    "apache-airflow-providers-standard",
    "apache-airflow-providers-common-sql",
)
LOAD = """\
import json, logging, sys
logging.disable(logging.CRITICAL)
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
print()
print(json.dumps({"dags": len(bag.dags), "files": len(bag.dagbag_stats), "failed": len(bag.import_errors)}))
"""


@dataclass(frozen=True)
class Run:
    """One process that ended: seconds by the clock, seconds of processor time, peak memory in MB."""

    seconds: float
    processor: float
    memory: float
    output: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="runs of each that count [5]")
    parser.add_argument("--jobs", metavar="N", help="processes that read, as in migrate")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        dags = temporary / "dags"
        copy_examples(dags)
        measure(dags, temporary, arguments.repeat, ["--jobs", arguments.jobs] if arguments.jobs else [])
    return 0


def copy_examples(target: Path) -> None:
    """Put the packages' example DAGs and what lies beside them into one folder, one below it for each package."""
    for package in PACKAGES:
        try:
            installed = metadata.distribution(package)
        except metadata.PackageNotFoundError:
            sys.exit(f"{package} is not installed beside this Python")
        for file in installed.files or ():
            parts = file.parts
            if "example_dags" in parts and "__pycache__" not in parts and "tests" not in parts:
                below = Path(*parts[parts.index("example_dags") + 1 :])
                destination = target / package.removeprefix("apache-airflow-") / below
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), destination)


def measure(dags: Path, temporary: Path, repeat: int, options: list[str]) -> None:
    """Run each in turns and print what came of it."""
    migrate = [sys.executable, "-m", "migrator"]
    convert = [*migrate, str(dags), "--out", str(temporary / "out"), "--format", "json", *options]
    commands = {
        "migrate inspect": [*migrate, "inspect", str(dags), "--format", "json", *options],
        "migrate --out": convert,
        "  --no-report": [*convert, "--no-report"],
        "Airflow": [sys.executable, "-c", LOAD, str(dags)],
    }
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(repeat + 1):
        for name, command in commands.items():
            shutil.rmtree(temporary / "out", ignore_errors=True)
            done = run(command, temporary)
            if turn:
                runs[name].append(done)
    summary = json.loads(runs["migrate --out"][-1].output)["summary"]
    airflow = json.loads(runs["Airflow"][-1].output.splitlines()[-1])
    files = summary["files"]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, Airflow {metadata.version('apache-airflow')}")
    print(f"migrate: {files} files, {summary['dags']} DAGs, {summary['tasks']}")
    print(f"Airflow: {airflow['files']} files, {airflow['dags']} DAGs, {airflow['failed']} files failed\n")
    print(f"{'median of ' + str(repeat):<18}{'seconds':>9}{'processor':>11}{'files/s':>9}{'peak MB':>9}")
    for name, done in runs.items():
        seconds = median(done, "seconds")
        row = f"{seconds:9.2f}{median(done, 'processor'):11.2f}{files / seconds:9.1f}"
        print(f"{name:<18}{row}{max(item.memory for item in done):9.0f}")
    print()
    for name in (name for name in commands if name != "Airflow"):
        by_clock, by_processor = (
            median(runs["Airflow"], what) / median(runs[name], what) for what in ("seconds", "processor")
        )
        faster = f"{by_clock:.1f} times as fast as Airflow's import and load ({by_processor:.1f} by processor time)"
        print(f"{name.strip()}: {faster}")


def median(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)


def run(command: list[str], temporary: Path) -> Run:
    """Run a process to its end. Its memory is that of the largest process among it and its children."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    settings = {**given, "AIRFLOW_HOME": str(temporary / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=settings)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{errors.read()}")
        # Kilobytes on Linux, bytes on macOS.
        memory = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        return Run(seconds, usage.ru_utime + usage.ru_stime, memory, output.read())


if __name__ == "__main__":
    sys.exit(main())
