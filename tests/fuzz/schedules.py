"""Random schedules on both engines: when DAGs run, and the time their runs are about.

    python tests/fuzz/schedules.py --line 3 --count 200 --seed 1 [--python AIRFLOW_PYTHON] [--ticks 60]

Needs the tool and Dagster here, and Airflow in AIRFLOW_PYTHON (this Python by default). DAGs with random crons,
intervals, presets, time zones, start and end dates are converted, and `migrate verify --only ticks` compares them.
Prints each DAG for which the evidence is not `passed`, nor is `told`: a finding says that its runs differ.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from migrator import migrate  # noqa: E402
from migrator.verify.evidence import Evidence  # noqa: E402
from migrator.verify.session import Settings, verify  # noqa: E402
from migrator.write import write  # noqa: E402

BATCH = 60
TOLD = ("A2D104", "A2D112")
PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly", "@once")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe")
ZONES += ("America/Sao_Paulo", "Pacific/Auckland", "Africa/Cairo")
DELTAS = (
    "minutes=5",
    "minutes=45",
    "hours=1",
    "hours=3",
    "hours=5",
    "hours=12",
    "days=1",
    "days=3",
    "weeks=1",
    "days=10",
)
RELATIVE = ("months=1", "days=1", "hours=6", "weeks=2", "months=3")
HEADER = {
    "2": """\
from airflow import DAG
from airflow.operators.empty import EmptyOperator
from airflow.timetables.interval import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
""",
    "3": """\
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable, DeltaTriggerTimetable, MultipleCronTriggerTimetable
""",
}


def random_dag(seed: int, line: str) -> str:
    """The text of one DAG, `schedule_SEED`."""
    chance = random.Random(f"{seed}/{line}")
    zone = chance.choices(ZONES, [6, *[1] * (len(ZONES) - 1)])[0]
    year, month, day = chance.choice([2027, 2028]), chance.randint(1, 12), chance.randint(1, 28)
    if chance.random() < 0.3:  # close to where clocks change somewhere
        month, day = chance.choice([(3, 12), (3, 26), (10, 29), (11, 5), (4, 1), (9, 24), (10, 1)])
    time = chance.choice(["", "", f", {chance.randint(0, 23)}", f", {chance.randint(0, 23)}, {chance.randint(0, 59)}"])
    start = f'pendulum.datetime({year}, {month}, {day}{time}, tz="{zone}")'
    if zone == "UTC" and chance.random() < 0.4:
        start = f"datetime({year}, {month}, {day}{time})"
    options = [f"schedule={schedule(chance, line, zone)}", f"start_date={start}"]
    if chance.random() < 0.3:
        options.append(f"end_date={start} + timedelta(hours={chance.choice([30, 72, 100, 24 * 31, 24 * 200])})")
    if chance.random() < 0.7:
        options.append(f"catchup={chance.random() < 0.5}")
    return f'with DAG("schedule_{seed}", {", ".join(options)}):\n    EmptyOperator(task_id="task")\n'


def schedule(chance: random.Random, line: str, zone: str) -> str:
    kinds = {"cron": 10, "preset": 4, "delta": 4, "relative": 2, "trigger": 2, "interval": 1, "delta_interval": 1}
    kinds |= {"none": 0.3} | ({"crons": 1, "delta_trigger": 1} if line == "3" else {})
    match chance.choices(list(kinds), list(kinds.values()))[0]:
        case "cron":
            return repr(cron(chance))
        case "preset":
            return repr(chance.choice(PRESETS))
        case "delta":
            return f"timedelta({chance.choice(DELTAS)})"
        case "relative":
            return f"relativedelta({chance.choice(RELATIVE)})"
        case "trigger":
            back = f", interval=timedelta({chance.choice(DELTAS)})" if chance.random() < 0.4 else ""
            return f'CronTriggerTimetable("{cron(chance)}", timezone="{zone}"{back})'
        case "interval":
            return f'CronDataIntervalTimetable("{cron(chance)}", "{zone}")'
        case "delta_interval":
            return f"DeltaDataIntervalTimetable(timedelta({chance.choice(DELTAS)}))"
        case "crons":
            crons = ", ".join(f'"{cron(chance)}"' for _ in range(chance.randint(1, 3)))
            return f'MultipleCronTriggerTimetable({crons}, timezone="{zone}")'
        case "delta_trigger":
            return f"DeltaTriggerTimetable(timedelta({chance.choice(DELTAS)}))"
    return "None"


def cron(chance: random.Random) -> str:
    minute = chance.choice(["0", "0", "30", str(chance.randint(0, 59)), "*/15", "10,40", "5-50/20", "*/7"])
    hour = chance.choice(["*", "0", str(chance.randint(0, 23)), "*/6", "1,13", "8-17", "2", "3-23/5"])
    day = chance.choice(["*"] * 7 + ["1", "15", "1,15", "*/10", "L", "28-31"])
    month = chance.choice(["*"] * 9 + ["1", "1,7", "*/3", "mar-oct"])
    weekday = chance.choice(["*"] * 6 + ["1-5", "mon", "0", "7", "sat,sun", "1#2", "*/2"])
    return f"{minute} {hour} {day} {month} {weekday}"


def dag_file(seeds: Sequence[int], line: str) -> str:
    """A file with the DAGs of these seeds."""
    header = "from datetime import datetime, timedelta\n\nimport pendulum\n" + HEADER[line]
    dags = "\n".join(random_dag(seed, line) for seed in seeds)
    return f"{header}from dateutil.relativedelta import relativedelta\n\n{dags}"


def compared(seeds: Sequence[int], line: str, python: str, folder: Path, ticks: int) -> list[Evidence]:
    """What is said of the ticks of each DAG."""
    dags = folder / "dags" / "dags.py"
    dags.parent.mkdir(parents=True)
    dags.write_text(dag_file(seeds, line))
    rendered = migrate(dags.parent, airflow_version=line, jobs=1).rendered
    assert write(rendered, folder / "defs").ok
    asked = Settings(dags=dags.parent, defs=folder / "defs", airflow_python=python, kinds=("ticks",), ticks=ticks)
    found = list(verify(asked).evidence)
    assert len(found) == len(seeds), "a DAG was lost"
    told = {finding.dag_id for finding in rendered.findings if finding.code in TOLD}
    return [replace(one, outcome="told") if one.outcome == "failed" and one.dag_id in told else one for one in found]


def main() -> int:
    options = parse()
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="schedules-") as home:
        for start in range(options.seed, options.seed + options.count, BATCH):
            seeds = range(start, min(start + BATCH, options.seed + options.count))
            found = compared(seeds, options.line, options.python, Path(home) / str(start), options.ticks)
            for one in found:
                total[one.outcome] += 1
                if one.outcome != "passed":
                    text = random_dag(int(one.dag_id.removeprefix("schedule_")), options.line)
                    print(f"{one.outcome} {one.dag_id}: {one.detail}\n    {text.splitlines()[0]}")
            print(f"{seeds.stop - options.seed} of {options.count}: {dict(total)}", flush=True)
    return 1 if total["failed"] else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--line", choices=["2", "3"], required=True, help="the line of Airflow")
    parser.add_argument("--python", default=sys.executable, help="the Python that Airflow is installed for")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ticks", type=int, default=60)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
