"""How long the report takes to write, how large it is, and how soon its pages can be used in Chromium.

    python benchmarks/report.py [FOLDER] [--dags N] [--tasks N] [--pages DIR]

Takes a folder of DAG files, or generates a project of 1,000 DAGs of ten tasks and one DAG of 1,000 tasks; converts it
once without and once with the report, and opens the index, the lineage, a usual DAG's page (that in the middle, by
size) and the largest one in a headless Chromium (if there is one; that wants the package `websockets`). A page is ready
when it is loaded, its scripts have run and the browser has drawn two frames; `thread` is the processor time of the
page's main thread until then, which does not depend on what else the machine does; `search` is the time from a letter
in the search field to the next frames. Writes to a temporary folder only, or keeps the project in `--pages DIR`.
Seconds are by the clock, in brackets those of processor time.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

HEAD = """\
from datetime import datetime

from airflow.sdk import DAG, TaskGroup
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator

"""
REPEAT = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="DAG files to take [they are generated]")
    parser.add_argument("--dags", type=int, default=1000, metavar="N", help="how many DAGs of ten tasks [1000]")
    parser.add_argument("--tasks", type=int, default=1000, metavar="N", help="tasks of the largest DAG [1000]")
    parser.add_argument("--pages", type=Path, metavar="DIR", help="where to leave the project")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        dags = arguments.folder or Path(name) / "dags"
        if arguments.folder is None:
            dags.mkdir()
            generate(dags, arguments.dags, arguments.tasks)
        out = arguments.pages or Path(name) / "out"
        bare = convert(dags, Path(name) / "bare", "--no-report")
        whole = convert(dags, out)
        generated = f"{arguments.dags} DAGs of 10 tasks and one of {arguments.tasks}"
        print(f"{os.cpu_count()} processors, {arguments.folder.name if arguments.folder else generated}")
        for label, (seconds, processor) in (("without", bare), ("with", whole)):
            print(f"conversion {label} the report: {seconds:.1f} s ({processor:.1f})")
        print(f"the report: {whole[0] - bare[0]:.1f} s ({whole[1] - bare[1]:.1f})")
        report = out / "report"
        sizes = {path: path.stat().st_size for path in report.rglob("*") if path.is_file()}
        print(f"report: {len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB")
        by_size = sorted((size, path) for path, size in sizes.items() if path.parent.name == "dags")
        pages = {
            "index": report / "index.html",
            "lineage": report / "lineage.html",
            "usual DAG": by_size[len(by_size) // 2][1],
            "largest DAG": by_size[-1][1],
        }
        measure(pages)
    return 0


def generate(folder: Path, count: int, tasks: int) -> None:
    """DAG files of a warehouse: each DAG reads tables of DAGs before it and fills its own; the largest has stages."""
    chance = random.Random(11)
    for number in range(count):
        lines = [
            f'with DAG("dag_{number:04}", schedule="{number % 60} {number % 24} * * *",',
            f'         start_date=datetime(2024, 1, 1), catchup={number % 7 == 0}, tags=["team-{number % 20}"]):',
        ]
        for task in range(10):
            lines += [f"    {line}" for line in _task(chance, number, task)]
        for task in range(1, 10):
            before = {chance.randrange(task) for _ in range(1 + (chance.random() < 0.3))}
            lines.append(f"    [{', '.join(f't{b}' for b in sorted(before))}] >> t{task}")
        folder.joinpath(f"dag_{number:04}.py").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    lines = ['with DAG("largest", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):']
    for group in range(max(tasks // 25, 1)):
        lines.append(f'    with TaskGroup("stage_{group}"):')
        for task in range(group * 25, min(group * 25 + 25, tasks)):
            lines.append(f'        t{task} = BashOperator(task_id="step_{task}", bash_command="echo {task}")')
    for task in range(1, tasks):
        before = {task - 1 - chance.randrange(min(task, 30)) for _ in range(1 + (chance.random() < 0.3))}
        lines.append(f"    [{', '.join(f't{b}' for b in sorted(before))}] >> t{task}")
    folder.joinpath("largest.py").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def _task(chance: random.Random, number: int, task: int) -> Iterator[str]:
    if task % 3 == 0:
        source = f"layer.table_{chance.randrange(max(number - 5, 0), number)}" if number else "raw.events"
        sql = f"INSERT INTO layer.table_{number} SELECT * FROM {source} WHERE day = '{{{{ ds }}}}'"
        yield f't{task} = SQLExecuteQueryOperator(task_id="load_{task}", conn_id="warehouse", sql="{sql}")'
    elif task % 3 == 1:
        yield f't{task} = BashOperator(task_id="shell_{task}", bash_command="make step STEP={task} DAY={{{{ ds }}}}")'
    else:
        yield f"def work_{task}(limit={task}):"
        yield f'    """Step {task}."""'
        yield "    return sum(range(limit))"
        yield ""
        yield f't{task} = PythonOperator(task_id="python_{task}", python_callable=work_{task}, retries=2)'


def convert(dags: Path, out: Path, *options: str) -> tuple[float, float]:
    """Convert in a process of its own; gives the seconds it took, by the clock and of processor time."""
    started, before = time.perf_counter(), os.times()
    command = [sys.executable, "-m", "migrator", str(dags), "--out", str(out), "-q", "--fail-on", "never", *options]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, used


READY = """
new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  const at = performance.getEntriesByType("navigation")[0];
  done([at.domContentLoadedEventEnd, at.loadEventEnd, performance.now()]);
})))
"""
SEARCH = """
new Promise(done => {
  const field = document.querySelector("input[type=search]");
  if (!field) return done(null);
  const started = performance.now();
  field.value = "7";
  field.dispatchEvent(new Event("input", {bubbles: true}));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
})
"""


def measure(pages: dict[str, Path]) -> None:
    """Open each page several times and print the medians."""
    try:
        from support.browser import browser, chromium
    except ImportError:
        chromium = lambda: None  # noqa: E731
    program = chromium()
    if program is None:
        print("No Chromium: the pages were not opened.")
        return
    titles = f"{'parsed s':>10}{'loaded s':>10}{'ready s':>9}{'thread s':>10}{'search s':>10}"
    print(f"\n{'page':<14}{'MB':>7}{'elements':>10}{titles}")
    for name, page in pages.items():
        if not page.is_file():
            continue
        times, searches, count = [], [], 0
        for _ in range(REPEAT):
            with browser(program) as tab:
                tab.size(1280, 800)
                tab.send("Performance.enable", timeDomain="threadTicks")
                tab.send("Page.navigate", url=page.as_uri())
                times.append([*ready(tab), busy(tab)])
                count = tab.count("*")
                searches.append(tab.run(SEARCH))
        parsed, loaded, drawn, thread = (statistics.median(column) / 1000 for column in zip(*times, strict=True))
        found = [value for value in searches if value is not None]
        search = f"{statistics.median(found) / 1000:10.2f}" if found else f"{'-':>10}"
        size = page.stat().st_size / 1e6
        print(f"{name:<14}{size:7.2f}{count:10,}{parsed:10.2f}{loaded:10.2f}{drawn:9.2f}{thread:10.2f}{search}")


def ready(tab) -> list[float]:
    """Milliseconds from the start of the navigation until parsed, loaded and drawn."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(RuntimeError):
            if tab.run("location.protocol") == "file:" and tab.run("document.readyState") == "complete":
                found = tab.run(READY)
                if found and found[1]:
                    return found
        time.sleep(0.02)
    sys.exit("A page was not ready after two minutes")


def busy(tab) -> float:
    """Milliseconds of processor time that the page's main thread has used."""
    metrics = {item["name"]: item["value"] for item in tab.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"] * 1000


if __name__ == "__main__":
    sys.exit(main())
