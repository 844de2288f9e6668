"""Run DAGs that update assets on the Airflow of this interpreter, and what the scheduler starts because of it.

    python asset_events_on_airflow.py SPEC.json > OUT.json

SPEC and OUT are those of airflow_run.py; the runs that the scheduler starts come after the one that made it do so.
"""

from __future__ import annotations

from typing import Any

import airflow_run


class Runner(airflow_run.Runner):
    """Asks the scheduler after each run which others are due."""

    def execute_all(self, run: Any, triggered_by: list[str] | None) -> list[dict[str, Any]]:
        records = super().execute_all(run, triggered_by)
        self.schedule()
        if (due := self.queued()) is not None:
            records += self.execute_all(due, ["", ""])
        return records

    def create(self, request: dict[str, Any]) -> Any:
        """The run, about the partition that its timetable names after its date (Airflow 3.3)."""
        run = super().create(request)
        if name := getattr(self.known[run.dag_id].timetable, "_get_partition_info", None):
            run.partition_date, run.partition_key = name(run_date=run.run_after)
            self.session.commit()
        return run

    def load(self, files: list[str]) -> None:
        from airflow.models.dag import DagModel

        super().load(files)
        self.session.query(DagModel).update({DagModel.is_paused: False})
        self.session.commit()
        self.scheduler = scheduler()
        merge = (
            self.session.merge
        )  # of a run that is changed, Airflow 2 merges without loading, which SQLAlchemy refuses
        self.session.merge = lambda instance, **_: merge(instance)
        if hasattr(self.scheduler, "_update_asset_orphanage"):  # an asset counts in Airflow 3 once it is active
            self.scheduler._update_asset_orphanage(session=self.session)
            self.session.commit()

    def schedule(self) -> None:
        from airflow.utils.sqlalchemy import prohibit_commit

        with prohibit_commit(self.session) as guard:
            self.scheduler._create_dagruns_for_dags(guard, self.session)
        self.session.commit()


def scheduler() -> Any:
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner

    found = SchedulerJobRunner(Job())
    if not hasattr(found, "scheduler_dag_bag"):
        from airflow.models.dagbag import DagBag

        found.dagbag = DagBag(read_dags_from_db=True)
    return found


if __name__ == "__main__":
    airflow_run.Runner = Runner  # type: ignore[misc]
    airflow_run.main()
