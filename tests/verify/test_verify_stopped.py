"""A verification that is stopped: what there is of evidence is kept, and nothing goes on working."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify import session
from migrator.verify.evidence import STOPPED, Verification

from .conftest import DAGS, detail, outcomes

SOUND = """from datetime import datetime
from airflow.sdk import DAG, task
with DAG("{name}", schedule="@daily", start_date=datetime(2024, 1, 1)):
    @task
    def one():
        return 1
    one()
"""
HANGS = (
    SOUND
    + """import os, time
with open(os.environ["MARK"] + ".tmp", "w") as file:
    file.write(str(os.getpid()))
os.replace(os.environ["MARK"] + ".tmp", os.environ["MARK"])
time.sleep(900)
"""
)
PATIENCE = 120


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_what_there_is_is_kept(how: signal.Signals, python_of: Callable[[str], str], tmp_path: Path) -> None:
    dags, mark = tmp_path / "dags", tmp_path / "mark"
    dags.mkdir()
    for name, text in {"first": SOUND, "second": HANGS, "third": SOUND}.items():
        (dags / f"{name}.py").write_text(text.format(name=name))
    defs = convert(dags, tmp_path / "defs").folder
    command = [sys.executable, "-m", "migrator", "verify", str(dags), str(defs), "--airflow-python", python_of("3")]
    assert subprocess.run([*command, "--only", "load", "--quiet"], check=False).returncode == 0
    third = [row for row in rows(defs) if row["dag_id"] == "third"]
    process = subprocess.Popen(
        [*command, "--only", "load,graph,ticks"],
        env={**os.environ, "MARK": str(mark)},
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + PATIENCE
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(how)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.endswith(f"Stopped. What there is of evidence is in {defs / 'verification.json'}.\n")
    found = {(row["dag_id"], row["kind"]): row for row in rows(defs)}
    assert {found["first", kind]["outcome"] for kind in ("load", "graph", "ticks")} == {"passed"}
    assert {found["second", kind]["detail"] for kind in ("graph", "ticks")} == {STOPPED}
    assert {found["third", kind]["detail"] for kind in ("graph", "ticks")} == {STOPPED}
    assert [found["third", "load"]] == third  # evidence about the same files is not replaced by none
    assert not (defs / "verification.json.tmp").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def rows(defs: Path) -> list[dict[str, str]]:
    return list(json.loads((defs / "verification.json").read_text())["evidence"])


def test_a_fault_of_our_own_costs_its_own_dag(
    generated: Path, verified: Callable[..., Verification], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = session.graph_evidence

    def faulty(dag: dict[str, str], *others: object) -> object:
        if dag["dag_id"] == "clock":
            raise LookupError("of our own")
        return judge(dag, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(session, "graph_evidence", faulty)
    found = verified(DAGS, generated, kinds=("load", "graph", "ticks"), dag_ids=("clock", "shop"))
    assert outcomes(found, "clock") == {"load": "passed", "graph": "failed", "ticks": "failed"}
    assert detail(found, "clock", "ticks") == "migrate itself fails on it: LookupError: of our own"
    assert set(outcomes(found, "shop").values()) == {"passed"}
