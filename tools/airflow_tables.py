"""Writes the tables of Airflow names and signatures that `migrator.read.names` and `.signatures` load.

Run it again when a new Airflow line or new provider releases are to be known:

    python tools/airflow_tables.py --airflow1 DIR --airflow2 DIR --airflow3 DIR --providers DIR

Each DIR is a folder that holds an `airflow` package: `site-packages` of an environment Airflow is installed
in, or a folder wheels were unpacked into (`pip download --no-deps apache-airflow==1.10.15`, then `unzip`). 1
is 1.10.15, 2 is 2.11 and 3 is 3.3; `--providers` holds the provider packages. Everything is read as source
text and nothing is imported, so one Python (with PyYAML, which every Airflow has) can read all of them. The
output, under `migrator/read/data/`, depends on nothing but these folders and `airflow_removed.json`.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from airflow_signatures import Classes
from airflow_source import World

DATA = Path(__file__).resolve().parent.parent / "migrator" / "read" / "data"

OPAQUE = re.compile(
    r"airflow\.(_shared|alembic|api|api_connexion|api_fastapi|api_internal|auth|bin|callbacks|cli"
    r"|config_templates|dag_processing|example_dags|executors|git_version|jobs|listeners|logging|migrations"
    r"|partition_mappers|security|serialization|task\.task_runner|ti_deps|metrics|observability|traces|ui|www|www_rbac"
    r"|sdk\.(_shared|api|execution_time|serde|definitions\._internal)|contrib\.(auth|example_dags|task_runner)"
    r"|utils\.(cli|db_cleanup|db_manager|log|serve_logs|www_utils)"
    r"|providers\.[a-z.]+\.(_internal|example_dags|executors|auth_manager|www|_vendor|openlineage"
    r"|version_compat|get_provider_info))(\.|$)"
)
"""Modules no DAG file has business with: they count as existing, and so does every name in them."""
KEPT = re.compile(r"airflow\.sdk\.execution_time\.(macros|xcom|context|timeout|secrets|cache)$")

SAME = {
    "airflow.configuration.conf": "airflow.sdk.conf",
    "airflow.datasets.Dataset": "airflow.sdk.Asset",
    "airflow.datasets.DatasetAlias": "airflow.sdk.AssetAlias",
    "airflow.datasets.DatasetAll": "airflow.sdk.AssetAll",
    "airflow.datasets.DatasetAny": "airflow.sdk.AssetAny",
    "airflow.datasets.metadata.Metadata": "airflow.sdk.Metadata",
    "airflow.io.path.ObjectStoragePath": "airflow.sdk.ObjectStoragePath",
    "airflow.lineage.entities.File": "airflow.providers.common.compat.lineage.entities.File",
    "airflow.macros": "airflow.sdk.macros",
    "airflow.models.connection.Connection": "airflow.sdk.Connection",
    "airflow.models.variable.Variable": "airflow.sdk.Variable",
    "airflow.models.xcom_arg.XComArg": "airflow.sdk.XComArg",
    "airflow.sdk.execution_time.macros": "airflow.sdk.macros",
    "airflow.task.trigger_rule.TriggerRule": "airflow.sdk.TriggerRule",
    "airflow.task.weight_rule.WeightRule": "airflow.sdk.WeightRule",
    "airflow.timetables.assets.AssetOrTimeSchedule": "airflow.sdk.AssetOrTimeSchedule",
    "airflow.timetables.datasets.DatasetOrTimeSchedule": "airflow.sdk.AssetOrTimeSchedule",
    "airflow.timetables.events.EventsTimetable": "airflow.sdk.EventsTimetable",
    "airflow.timetables.interval.CronDataIntervalTimetable": "airflow.sdk.CronDataIntervalTimetable",
    "airflow.timetables.interval.DeltaDataIntervalTimetable": "airflow.sdk.DeltaDataIntervalTimetable",
    "airflow.timetables.trigger.CronPartitionTimetable": "airflow.sdk.CronPartitionTimetable",
    "airflow.timetables.trigger.CronTriggerTimetable": "airflow.sdk.CronTriggerTimetable",
    "airflow.timetables.trigger.DeltaTriggerTimetable": "airflow.sdk.DeltaTriggerTimetable",
    "airflow.timetables.trigger.MultipleCronTriggerTimetable": "airflow.sdk.MultipleCronTriggerTimetable",
    "airflow.utils.dag_parsing_context.get_parsing_context": "airflow.sdk.get_parsing_context",
    "airflow.utils.helpers.chain": "airflow.sdk.chain",
    "airflow.utils.helpers.cross_downstream": "airflow.sdk.cross_downstream",
    "airflow.utils.state.DagRunState": "airflow.sdk.DagRunState",
    "airflow.utils.state.TaskInstanceState": "airflow.sdk.TaskInstanceState",
    "airflow.utils.template.literal": "airflow.sdk.literal",
    "airflow.utils.trigger_rule.TriggerRule": "airflow.sdk.TriggerRule",
    "airflow.utils.weekday.WeekDay": "airflow.providers.standard.utils.weekday.WeekDay",
    "airflow.utils.weight_rule.WeightRule": "airflow.sdk.WeightRule",
}
"""The same thing to the author of a DAG file, though Airflow has two definitions and no redirect between
them.
"""

PREFIXES = (
    ("airflow.sdk.exceptions.", "airflow.exceptions."),
    ("airflow.sdk.execution_time.macros.", "airflow.sdk.macros."),
    ("airflow.kubernetes.pre_7_4_0_compatibility.", "airflow.providers.cncf.kubernetes."),
)

REMOVED = Path(__file__).with_name("airflow_removed.json")
"""What no source at hand says, written by hand: modules and classes that earlier releases of the providers had, names
of 1.10 that 2.11 has no redirect for, and the signatures of the SQL operators that are gone.
"""


class Names:
    """Every importable path of all lines, and the canonical one for each."""

    def __init__(self, worlds: list[World], removed: Mapping[str, str | None], modules: Mapping[str, str]) -> None:
        self.worlds = worlds
        self.newest_first = list(reversed(worlds))
        self.removed = removed
        self.removed_modules = modules
        sdk = next(world for world in self.newest_first if "airflow.sdk" in world.files)
        self.public = {}
        top = sdk.module("airflow.sdk")
        assert top is not None
        for name in sorted(top.names()):
            chain = sdk.resolve(f"airflow.sdk.{name}")
            if chain and not name.startswith("_") and chain[-1].startswith("airflow."):
                self.public[chain[-1]] = f"airflow.sdk.{name}"

    def canonical(self, path: str) -> str:
        """The newest public home of what `path` imports."""
        seen = set()
        while path not in seen:
            seen.add(path)
            path = self._step(path)
        return path

    def _step(self, path: str) -> str:
        if path in SAME:
            return SAME[path]
        if target := self.removed.get(path):
            return target
        home, _, name = path.rpartition(".")
        if home in self.removed_modules:
            return f"{self.removed_modules[home]}.{name}"
        for prefix, replacement in PREFIXES:
            target = replacement + path.removeprefix(prefix)
            if path.startswith(prefix) and (not target.startswith("airflow.exceptions.") or self._known(target)):
                return target
        if path.startswith(("airflow.exceptions.", "airflow.sdk.macros.")):
            return path
        for world in self.newest_first:
            chain = world.resolve(path)
            if chain is None:
                continue
            for option in reversed(chain):
                if option in self.public:
                    return self.public[option]
            if _wraps(world, chain[-1]):
                return _wraps(world, chain[-1])
            public = [option for option in chain if not re.search(r"\._[a-z]", option.rpartition(".")[0])]
            return (public or chain)[-1]
        return path

    def _known(self, path: str) -> bool:
        return any(world.resolve(path) for world in self.worlds)

    def modules(self) -> list[str]:
        """Every module of every line."""
        found = {name for world in self.worlds for name in (*world.files, *world.virtual)}
        return sorted({*found, *self.removed_modules, *(path.rpartition(".")[0] for path in self.removed)})

    def record(self, module: str) -> dict[str, object] | str:
        """What the table says of one module: its lines, and its names by lines and by canonical path.

        Only the lines, as text, for a module that is not looked into.
        """
        lines = {world.line for world in self.worlds if world.module(module)}
        if OPAQUE.match(module) and not KEPT.match(module):
            return "".join(sorted(lines))
        names: dict[str, set[str]] = {}
        for world in self.worlds:
            for name in self._offered(world, module):
                names.setdefault(name, set()).add(world.line)
        for path in self.removed:
            home, _, name = path.rpartition(".")
            if home == module and module.startswith("airflow.providers."):
                names.setdefault(name, set()).add("2")
                lines.add("2")
        if module in self.removed_modules:
            lines.add("2")
        record: dict[str, object] = {"in": "".join(sorted(lines))}
        if module in self.removed_modules:
            record |= {"any": True, "as": self.removed_modules[module]}
        alias = self.canonical(module)
        if "as" not in record and alias != module and not self._is_module_of_its_own(module, alias):
            record["as"] = alias
        groups: dict[str, list[str]] = {}
        moved: dict[str, str] = {}
        for name in sorted(names):
            groups.setdefault("".join(sorted(names[name])), []).append(name)
            target = self.canonical(f"{module}.{name}")
            if target != f"{module}.{name}":
                moved[name] = target
        if groups:
            record["names"] = {key: " ".join(groups[key]) for key in sorted(groups)}
        if moved:
            record["to"] = moved
        types = {name: found for name in sorted(names) if (found := self._types(f"{module}.{name}"))}
        if types:
            record["types"] = types
        exports = self._all(module)
        if exports is not None:
            record["all"] = " ".join(sorted(exports))
        return record

    def _types(self, path: str) -> dict[str, str]:
        """The class name a line gives an operator of that path, where it is not the canonical one's."""
        name = path.rpartition(".")[2]
        target = self.canonical(path).rpartition(".")[2]
        found: dict[str, str] = {}
        if not name.endswith(("Operator", "Sensor", "Async")):
            return found
        if path in self.removed and path.startswith("airflow.providers.") and name != target:
            found["2"] = name
        for world in self.worlds[1:]:
            chain = world.resolve(path)
            if chain and chain[-1].rpartition(".")[2] != target:
                found[world.line] = chain[-1].rpartition(".")[2]
        return found

    def _is_module_of_its_own(self, module: str, alias: str) -> bool:
        return not any(world.module(alias) for world in self.worlds)

    def _all(self, module: str) -> tuple[str, ...] | None:
        for world in self.newest_first:
            found = world.module(module)
            if found is not None:
                return found.all if found.all and set(found.all) - {"__version__"} else None
        return None

    def _offered(self, world: World, module: str) -> Iterator[str]:
        found = world.module(module)
        if found is None:
            return
        provider = module.startswith("airflow.providers.")
        names = set(found.names())
        for source in [*found.stars, *([found.alias] if found.alias else [])]:
            other = world.module(source)
            if other is not None:
                names |= set(other.all or (name for name in other.definitions if not name.startswith("_")))
        for name in names:
            if name.startswith("_") or name in {"log", "logger", "T", "P"}:
                continue
            if name in found.definitions or name in found.lazy:
                if world.resolve(f"{module}.{name}") is not None:
                    yield name
                continue
            source = found.imports.get(name, "airflow.")
            if source.startswith("airflow.utils.deprecation_tools."):
                continue
            macros = module in {"airflow.macros", "airflow.sdk.execution_time.macros"}
            if not source.startswith("airflow") and not macros:
                continue
            if provider and not (found.package or name in (found.all or ())):
                continue
            if world.resolve(f"{module}.{name}") is not None:
                yield name


def _wraps(world: World, path: str) -> str:
    """The class a class of the same name is a mere subclass of (1.10's `airflow.operators.sensors`), or ''."""
    found = world.definition(path)
    if world.line != "1" or found is None or not isinstance(found[1], ast.ClassDef):
        return ""
    module, node = found[0], found[1]
    if len(node.bases) != 1 or not isinstance(node.bases[0], ast.Name):
        return ""
    base = module.imports.get(node.bases[0].id, "")
    return base if base.rpartition(".")[2] == path.rpartition(".")[2] else ""


def provider_of(path: str, providers: Iterable[str]) -> str:
    """The provider a dotted path belongs to ('google', 'apache.beam'), or '' for Airflow itself."""
    if not path.startswith("airflow.providers."):
        return ""
    rest = path.removeprefix("airflow.providers.")
    return max((name for name in providers if rest == name or rest.startswith(f"{name}.")), key=len, default="")


def decorators(worlds: list[World], canonical: Callable[[str], str]) -> dict[str, str]:
    """`@task.<name>` to the operator class it makes, by the providers' own lists."""
    world = worlds[-1]
    found: dict[str, str] = {}
    for name in sorted(world.files):
        if not name.endswith(".get_provider_info"):
            continue
        for node in ast.walk(ast.parse(world.files[name].read_text())):
            if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Dict):
                continue
            for entry in ast.literal_eval(node.value).get("task-decorators", ()):
                if operator := decorated_class(world, entry["class-name"]):
                    found[entry["name"]] = canonical(operator)
    return found


def decorated_class(world: World, function: str) -> str | None:
    """The operator class that a decorator function passes on as `decorated_operator_class`."""
    definition = world.definition(function)
    if definition is None:
        return None
    module, tree = definition
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "decorated_operator_class"
            and isinstance(node.value, ast.Name)
        ):
            chain = world.resolve(f"{module.name}.{node.value.id}")
            return chain[-1] if chain else None
    return None


def write(path: Path, records: dict[str, object]) -> None:
    """One record a line, in order, so that a change reads well in review."""
    lines = [f"{json.dumps(key)}:{json.dumps(records[key], separators=(',', ':'))}" for key in sorted(records)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def split(records: dict[str, object], providers: list[str]) -> dict[str, dict[str, object]]:
    """Records by the file they go to: one for Airflow itself, one for each provider."""
    files: dict[str, dict[str, object]] = {}
    for key, value in records.items():
        files.setdefault(provider_of(key, providers) or "airflow", {})[key] = value
    return files


def main() -> None:
    """Reads the folders named on the command line and rewrites the data files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("airflow1", "airflow2", "airflow3", "providers"):
        parser.add_argument(f"--{option}", type=Path, required=True)
    options = parser.parse_args()
    worlds = [
        World("1", [options.airflow1], (1, 10, 15)),
        World("2", [options.airflow2, options.providers], (2, 11, 2)),
    ]
    worlds.append(World("3", [options.airflow3, options.providers], (3, 3, 2)))

    removed = json.loads(REMOVED.read_text())
    names = Names(worlds, dict.fromkeys(removed["signatures"]) | removed["names"], removed["modules"])
    providers = sorted(
        name.removeprefix("airflow.providers.").removesuffix(".get_provider_info")
        for name in worlds[-1].files
        if name.endswith(".get_provider_info")
    )
    for old in DATA.rglob("*.json"):
        old.unlink()
    for file, records in split({module: names.record(module) for module in names.modules()}, providers).items():
        write(DATA / f"names-{file}.json", records)

    newest = Classes(worlds[-1], names.canonical).records()
    newest.update({path: record for path, record in removed["signatures"].items() if path not in newest})
    for file, records in split(newest, providers).items():
        write(DATA / f"signatures-{file}.json", records)
    for world in (worlds[0], worlds[1]):
        older = Classes(world, names.canonical, core_only=True).records()
        changed = {path: record for path, record in older.items() if record != newest.get(path)}
        write(DATA / f"signatures-only{world.line}.json", changed)
    write(DATA / "decorators.json", dict(decorators(worlds, names.canonical)))


if __name__ == "__main__":
    main()
