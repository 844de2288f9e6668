"""The README is true: its command reference is the command's own, its commands and exit codes exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from migrator.cli import command
from migrator.codes import CODES

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN = "<!-- commands: written by `pytest tests/test_readme.py --update-golden` -->\n"
END = "<!-- end of commands -->\n"


def reference() -> str:
    """The help of every command, as it is on a terminal of 100 columns."""
    parts = [block("migrate", command, None)]
    parts += [block(f"migrate {name}", sub, name) for name, sub in command.commands.items() if not sub.hidden]
    return "\n".join(parts)


def block(title: str, what: click.Command, name: str | None) -> str:
    parent = click.Context(command, info_name="migrate", terminal_width=100, help_option_names=["-h", "--help"])
    context = parent if name is None else click.Context(what, parent=parent, info_name=name, terminal_width=100)
    text = "\n".join(line.rstrip() for line in what.get_help(context).splitlines())
    return f"### `{title}`\n\n```\n{text}\n```\n"


def test_the_command_reference_is_current(update_golden: bool) -> None:
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    assert before
    assert after
    current = f"{before}{BEGIN}\n{reference()}\n{END}{after}"
    if update_golden:
        README.write_text(current, encoding="utf-8")
    elif text != current:
        pytest.fail("README.md is not current: pytest tests/test_readme.py --update-golden")


def test_codes_it_names_exist() -> None:
    named = set(re.findall(r"A2D\d{3}", README.read_text(encoding="utf-8")))
    assert named
    assert named <= CODES.keys()


def test_files_it_names_exist() -> None:
    text = README.read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    run = re.findall(
        r"^(?:python3 |\.venv/bin/python )?((?:\w+/|\.ci/)?\w+(?:\.py)?)(?= |$)", "\n".join(shell(text)), re.M
    )
    for name in [*linked, *(n for n in run if n.endswith(".py") or "/" in n)]:
        assert (ROOT / name).exists(), name


def shell(text: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_jobs_it_names_exist() -> None:
    text = README.read_text(encoding="utf-8")
    done = subprocess.run([sys.executable, "tasks.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for job in set(re.findall(r"python3 tasks\.py (\w+)", text)):
        assert re.search(rf"^    {job} ", done.stdout, re.M), job


def test_its_python_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    (tmp_path / "dag.py").write_text("from airflow import DAG\nwith DAG('a'):\n    print(\n")
    code = code.replace("path/to/dags", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("error A2D001 dag.py:3")


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-airflow2.txt"])
def test_constraints_are_names_and_exact_versions_only(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    names = [line.partition("==")[0] for line in pins]
    assert names == sorted(names)
    pattern = r'[a-z0-9-]+==[0-9][0-9a-z.+]*( ; python_version (<|>=) "3\.\d+")?'
    assert all(re.fullmatch(pattern, line) for line in pins)
