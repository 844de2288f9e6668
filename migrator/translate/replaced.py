"""Names of Airflow that a timetable of one's own is made with, and the part of the runtime that has each."""

from __future__ import annotations

import ast

_BASE = "AirflowTimetableInvalid DagRunInfo DataInterval TimeRestriction Timetable"
_TIMES = "coerce_datetime convert_to_utc datetime is_localized make_aware make_naive parse parse_timezone utc utcnow"
_CODES = "decode_interval decode_timezone encode_interval encode_timezone"
_PARTS = {
    "airflow.timetables.base": ("timetables", _BASE),
    "airflow.exceptions": ("timetables", "AirflowTimetableInvalid"),
    "airflow.timetables.interval": ("timetable_bases", "CronDataIntervalTimetable DeltaDataIntervalTimetable"),
    "airflow.timetables.trigger": ("timetable_bases", "CronTriggerTimetable DeltaTriggerTimetable"),
    "airflow.timetables._cron": ("timetable_bases", "CronMixin"),
    "airflow.timetables._delta": ("timetable_bases", "DeltaMixin"),
    "airflow.utils.log.logging_mixin": ("timetables", "LoggingMixin"),
    "airflow.utils.types": ("timetables", "DagRunType"),
    "airflow.utils.timezone": ("timezone", _TIMES),
    "airflow.sdk.timezone": ("timezone", _TIMES),
    "airflow.serialization.serialized_objects": ("timetables", _CODES),
    "airflow.serialization.encoders": ("timetables", _CODES),
    "airflow.serialization.decoders": ("timetables", _CODES),
}
_MODULES = {"airflow.utils": "timezone", "airflow.sdk": "timezone"}


def replacement(module: str, name: str) -> str | None:
    """The module, as in an import of generated code, that has what a name imported from Airflow stands for.

    None for what the runtime does not have.
    """
    if _MODULES.get(module) == name:
        return "@compat"
    part, names = _PARTS.get(module, ("", ""))
    return f"@compat.{part}" if name in names.split() else None


def replacements(tree: ast.AST) -> tuple[tuple[str, str], ...]:
    """What code imports from Airflow that the runtime has: each path, and the module that has it."""
    found = {
        f"{node.module}.{alias.name}": module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        for alias in node.names
        if (module := replacement(node.module, alias.name))
    }
    return tuple(sorted(found.items()))
