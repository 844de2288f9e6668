"""The repository's own jobs, each with its set-up: python3 tasks.py convert | test | lint.

Needs Python 3.10 or newer with pip and venv, and nothing else. What is installed goes into .venv (and .venv-airflow2),
and is installed again only when what it depends on has changed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_AIRFLOW_2 = ROOT / ".venv-airflow2"
CONSTRAINTS = ROOT / "constraints.txt"
CONSTRAINTS_AIRFLOW_2 = ROOT / "constraints-airflow2.txt"
AIRFLOW_2 = (
    "apache-airflow==2.11.2",
    "apache-airflow-providers-common-sql",
    "apache-airflow-providers-http",
    "apache-airflow-providers-sqlite",
    "dagster==1.13.27",
    "duckdb",
)
AIRFLOW_2_PYTHONS = ((3, 10), (3, 11), (3, 12))
OLDEST = (3, 10)
NODE = ROOT / ".node"
AXE = "axe-core@4.14.1"


def main():
    """Run one job; gives its exit code."""
    parser = argparse.ArgumentParser(prog="python3 tasks.py", description=__doc__.splitlines()[0])
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    jobs.add_parser("convert", help="convert sample_dags/ into output/; further arguments go to `migrate`")
    jobs.add_parser("test", help="run the tests; further arguments go to pytest")
    jobs.add_parser("lint", help="ruff check, ruff format --check, mypy --strict")
    arguments, rest = parser.parse_known_args()
    if sys.version_info < OLDEST:
        sys.exit(f"Python 3.10 or newer is needed; this is {sys.version_info[0]}.{sys.version_info[1]}.")
    if arguments.job == "lint" and rest:
        parser.error("lint takes no arguments")
    return {"convert": convert, "test": test, "lint": lint}[arguments.job](rest)


def convert(rest):
    """The main job on our own DAG files."""
    python = environment(extra="")
    return run([python, "-m", "migrator", "sample_dags", "--out", "output", *rest])


def test(rest):
    """All tests, those of the 2.x samples on an Airflow of their own."""
    python = environment(extra="test")
    settings = dict(os.environ)
    airflow_2 = airflow_2_environment()
    if airflow_2 is not None:
        settings["MIGRATE_AIRFLOW2_PYTHON"] = str(airflow_2)
    accessibility_checker()
    return run([python, "-m", "pytest", "-n", "2", *rest], env=settings)


def lint(rest):
    """Style and types; all are run, whichever fails."""
    python = environment(extra="test")
    commands = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "--strict", "migrator"])
    return max(run([python, "-m", *command]) for command in commands)


def environment(extra):
    """The Python of .venv with the package and, if named, an extra of it installed."""
    wanted = fingerprint(ROOT / "pyproject.toml", CONSTRAINTS)
    # Whoever has the tests' packages has those of the tool.
    if any(stamp(VENV, name).is_file() and stamp(VENV, name).read_text() == wanted for name in {extra, "test"}):
        return python_of(VENV)
    create(VENV, sys.executable)
    package = f"{ROOT}[{extra}]" if extra else str(ROOT)
    install(VENV, CONSTRAINTS, ["--editable", package])
    stamp(VENV, extra).write_text(wanted)
    return python_of(VENV)


def airflow_2_environment():
    """The Python of .venv-airflow2; None where no Python that Airflow 2 runs on is to be found."""
    base = sys.executable if sys.version_info[:2] in AIRFLOW_2_PYTHONS else None
    names = [f"python{major}.{minor}" for major, minor in reversed(AIRFLOW_2_PYTHONS)]
    base = base or next((found for name in names if (found := shutil.which(name))), None)
    if base is None:
        print("No Python from 3.10 to 3.12 was found: the tests on Airflow 2 are left out.", file=sys.stderr)
        return None
    wanted = fingerprint(CONSTRAINTS_AIRFLOW_2, text=" ".join((*AIRFLOW_2, base)))
    mark = stamp(VENV_AIRFLOW_2, "airflow2")
    if not mark.is_file() or mark.read_text() != wanted:
        create(VENV_AIRFLOW_2, base)
        install(VENV_AIRFLOW_2, CONSTRAINTS_AIRFLOW_2, AIRFLOW_2)
        mark.write_text(wanted)
    return python_of(VENV_AIRFLOW_2)


def accessibility_checker():
    """axe-core in .node, for the tests of the report; without npm they leave it out."""
    npm = shutil.which("npm")
    mark = NODE / ".installed"
    if npm is None or (mark.is_file() and mark.read_text() == AXE):
        return
    NODE.mkdir(exist_ok=True)
    print("Installing into .node", file=sys.stderr, flush=True)
    quiet = ("--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts")
    if run([npm, "install", *quiet, "--prefix", NODE, AXE]):
        print("axe-core could not be installed: the report's accessibility is not tested.", file=sys.stderr)
        return
    mark.write_text(AXE)


def create(folder, base):
    """Make a virtual environment, or make it anew when another Python made the one that is there."""
    python = python_of(folder)
    if python.is_file() and version_of(python) == version_of(base):
        return
    print(f"Creating {folder.name}", file=sys.stderr, flush=True)
    if run([base, "-m", "venv", "--clear", folder]):
        sys.exit(
            f"{folder.name} could not be created. Debian and Ubuntu have venv in a package of its own: python3-venv."
        )


def install(folder, constraints, what):
    """Install into an environment, in the versions that the constraints name."""
    print(f"Installing into {folder.name}", file=sys.stderr, flush=True)
    for old in folder.glob(".installed-*"):
        old.unlink()
    command = [python_of(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if run([*command, "--constraint", constraints, *what]):
        sys.exit(f"Installing into {folder.name} failed.")


def stamp(folder, name):
    """The file that says what is installed."""
    return folder / f".installed-{name or 'tool'}"


def fingerprint(*files, text=""):
    """A hash of what an environment is made from."""
    digest = hashlib.sha256(text.encode())
    for file in files:
        digest.update(file.read_bytes())
    digest.update(str(sys.version_info[:2]).encode())
    return digest.hexdigest()


def python_of(folder):
    """The Python of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def version_of(python):
    """`3.11` of an interpreter, empty when it does not start."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def run(command, env=None):
    """Run a program in the repository's folder; gives its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
