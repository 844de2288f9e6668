"""Makes the fiscal calendar known to Airflow, which serializes only timetables a plugin names."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin
from timetables.fiscal import FiscalPeriodTimetable


class FiscalCalendarPlugin(AirflowPlugin):
    name = "fiscal_calendar"
    timetables = (FiscalPeriodTimetable,)
