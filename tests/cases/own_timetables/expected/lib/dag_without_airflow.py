"""From dag.py."""

from ..airflow_compat.timetables import DagRunInfo, DataInterval, Timetable


class EveryOtherHour(Timetable):
    """Defined in the file of the DAG."""

    def infer_manual_data_interval(self, *, run_after):
        return DataInterval.exact(run_after)

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        last = last_automated_data_interval
        start = restriction.earliest if last is None else last.start.add(hours=2)
        if start is None or (restriction.latest is not None and start > restriction.latest):
            return None
        return DagRunInfo.exact(start)
