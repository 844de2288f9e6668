"""The sensor of a DAG that runs about each partition of which its assets have updates (Airflow 3.3), as code.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/assets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import airflow_model as am
from ..dagster_model import Import, Origin, Sensor
from .outlets import Outlets, key_text
from .pen import CannotWriteError, Pen
from .sensors import Text, code, returns
from .timetables import Mappers, plan_of

PARTS = {
    "IdentityMapper": frozenset[str](),
    "AllowedKeyMapper": frozenset({"allowed_keys"}),
    "FixedKeyMapper": frozenset({"downstream_key"}),
    **dict.fromkeys(
        (f"StartOf{unit}Mapper" for unit in ("Hour", "Day", "Week", "Month", "Quarter", "Year")),
        frozenset({"timezone", "input_format"}),
    ),
    "ProductMapper": frozenset({"delimiter"}),
    "RollupMapper": frozenset({"upstream_mapper", "window", "at_least"}),
    "FanOutMapper": frozenset({"upstream_mapper", "window", "downstream_mapper"}),
    **dict.fromkeys(
        (f"{unit}Window" for unit in ("Hour", "Day", "Week", "Month", "Quarter", "Year")), frozenset[str]()
    ),
    "SegmentWindow": frozenset({"segments"}),
}
"""Mappers and windows that the runtime has, too, and their arguments by name."""


MEMBERS = {"HourWindow": 60, "DayWindow": 24, "WeekWindow": 7, "MonthWindow": 31, "QuarterWindow": 3, "YearWindow": 12}
DOWNSTREAM = {
    "DayWindow": "StartOfHourMapper",
    "WeekWindow": "StartOfDayMapper",
    "MonthWindow": "StartOfDayMapper",
    "QuarterWindow": "StartOfMonthMapper",
    "YearWindow": "StartOfMonthMapper",
}
"""What FanOutMapper makes keys with by itself."""


class _NoEqual(Exception):
    """Why there can be no sensor."""


def on_partitions(value: am.Value, mappers: Mappers, outlets: Outlets, name: str, job: str) -> Sensor | str:
    """The sensor that asks for a run about each partition that is there, or why there is none."""
    items = list(value) if isinstance(value, list | tuple) else [value]
    condition = items[0] if len(items) == 1 else am.AssetCondition("and", tuple(items))
    writer = _Writer(mappers, outlets)
    try:
        text = writer.condition(condition)
    except _NoEqual as error:
        return str(error)
    except CannotWriteError as error:
        return f"Which partitions the runs are about is not known: it needs {error.reason}"
    sources = f", sources=[{', '.join(found)}]" if (found := list(writer.sources())) else ""
    body = Text(
        '"""Asks for a run about each partition of which the assets have all updates it waits for."""\n'
        f"return request_on_partitions(context, {text}{sources})",
        tuple(sorted({*writer.imports, Import("@compat.partition_updates", "request_on_partitions")})),
    )
    return Sensor(name, job, code(body), Origin(""), returns=returns(body))


class _Writer:
    """Writes the condition, and remembers what it imports and which DAGs have updates whose date is taken over."""

    def __init__(self, mappers: Mappers, outlets: Outlets) -> None:
        self.mappers, self.outlets = mappers, outlets
        self.imports: set[Import] = set()
        self.dag_ids: set[str] = set()

    def condition(self, item: am.Value) -> str:
        match item:
            case am.AssetCondition(op=op, items=items):
                parts = [self.condition(part) for part in items]
                name = self._use("updates", "AllOf" if op == "and" else "AnyOf")
                return parts[0] if len(parts) == 1 else f"{name}([{', '.join(parts)}])"
            case am.AssetRef(kind="asset"):
                return self._asset(item)
        raise _NoEqual("Which assets have partitions that its runs are about is decided while Airflow runs")

    def _asset(self, ref: am.AssetRef) -> str:
        keys, whole = self.outlets.of_partitions(ref), self.outlets.whole(ref)
        name = whole.name if isinstance(whole.name, str) else whole.uri
        if not keys:
            raise _NoEqual(f"No update of {name!r} is of a partition, so that Airflow never runs it")
        mapper = self._mapper_of(whole)
        identity = mapper is None or _called(mapper) == "IdentityMapper"
        self.dag_ids |= {key[0] for key in keys} if identity else set()
        of = self._use("partition_updates", "PartitionsOf")
        text = ", ".join(map(key_text, keys))
        return f"{of}({name!r}, [{text}]{'' if identity else f', {self.mapper(mapper)}'})"

    def _mapper_of(self, asset: am.AssetRef) -> am.Value:
        """By the asset's name or, of one that is given by its URI alone, by that."""
        for given, mapper in self.mappers.of:
            for ref in _refs(given):
                whole = self.outlets.whole(ref)
                if (whole.name, whole.uri) == (asset.name, asset.uri):
                    return mapper
        return self.mappers.default

    def mapper(self, value: am.Value) -> str:
        """A partition mapper, or a window, as an expression."""
        name = _called(value)
        if name not in PARTS or not isinstance(value, am.Deferred):
            raise _NoEqual(f"Nothing here is equal to the partition mapper {name or 'that is computed'}")
        keywords = dict(value.keywords)
        if "wait_policy" in keywords:
            least = _at_least(keywords.pop("wait_policy"))
            keywords |= {"at_least": least} if least is not None else {}
        most = keywords.pop("max_downstream_keys", None)
        if name == "FanOutMapper":
            _fans_out(keywords, most)
        if other := sorted(keywords.keys() - PARTS[name]):
            raise _NoEqual(f"`{other[0]}` of the partition mapper {name} has no equal")
        if name in ("RollupMapper", "FanOutMapper"):
            _fits(name, keywords)
        arguments = [self._argument(argument) for argument in value.operands[1:]]
        arguments += [f"{key}={self._argument(given)}" for key, given in keywords.items()]
        return f"{self._use('partitions', name)}({', '.join(arguments)})"

    def _argument(self, value: am.Value) -> str:
        if isinstance(value, am.Deferred):
            return self.mapper(value)
        return Pen().expression(value)

    def _use(self, part: str, name: str) -> str:
        self.imports.add(Import(f"@compat.{part}", name))
        return name

    def sources(self) -> Iterator[str]:
        """The DAGs of which partitions are ticks, whose dates runs take over that are about the same."""
        for dag_id in sorted(self.dag_ids & self.outlets.dags_by_id.keys()):
            dag = self.outlets.dags_by_id[dag_id]
            plan = plan_of(dag.schedule, dag.timezone)
            if plan.keys is not None and not plan.fault:
                self._use("dag", "AirflowDag")
                keys = f"{self._use('dates', 'PartitionKeys')}({plan.keys.fmt!r}"
                keys += f", offset={plan.keys.offset})" if plan.keys.offset else ")"
                zone = f", timezone={plan.timezone!r}" if plan.timezone != "UTC" else ""
                yield (
                    f'AirflowDag(dag_id={dag_id!r}, airflow="3", cron={plan.crons[0]!r}{zone}, data_intervals=False, '
                    f"partition_keys={keys})"
                )


def _called(value: am.Value) -> str:
    """The class of an object, where it is one of Airflow's."""
    called = value.operands[0] if isinstance(value, am.Deferred) and value.op == "call" and value.operands else None
    return called.path.rpartition(".")[2] if isinstance(called, am.Symbol) else ""


def _refs(value: am.Value) -> Iterator[am.AssetRef]:
    match value:
        case am.AssetRef():
            yield value
        case am.AssetCondition(items=items):
            for item in items:
                yield from _refs(item)


def _at_least(policy: am.Value) -> am.Value:
    """How many partitions are enough; None for all."""
    name = _called(policy)
    if policy is None or name == "WaitForAll":
        return None
    if name == "MinimumCount" and isinstance(policy, am.Deferred):
        given = [*policy.operands[1:], *(value for _, value in policy.keywords)]
        if len(given) == 1 and isinstance(given[0], int):
            return given[0]
    raise _NoEqual(f"How long a run waits is not known, or has no equal: {name or 'a wait policy that is computed'}")


def _fans_out(keywords: dict[str, am.Value], most: am.Value) -> None:
    """Adds what Airflow would make keys with; raises where there might be more of them than it allows."""
    window = _called(keywords.get("window"))
    if most is not None and not (isinstance(most, int) and MEMBERS.get(window, 1000) <= most):
        raise _NoEqual("`max_downstream_keys` of the partition mapper FanOutMapper has no equal")
    if keywords.get("downstream_mapper") is None and window in DOWNSTREAM:
        keywords["downstream_mapper"] = am.Deferred("call", (am.Symbol(f"airflow.sdk.{DOWNSTREAM[window]}"),))


def _fits(name: str, keywords: dict[str, am.Value]) -> None:
    """Raises where the window does not take keys of the mapper apart."""
    mapper, window = _called(keywords.get("upstream_mapper")), _called(keywords.get("window"))
    if window != "SegmentWindow" and not mapper.startswith("StartOf"):
        raise _NoEqual(f"Nothing here is equal to a {name} of {mapper or 'something computed'} and {window}")
