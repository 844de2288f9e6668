"""Like airflow_run.py, but tasks that are ready at the same time run in a random order, scheduling turns between them.

    python airflow_orders.py SPEC.json > OUT.json

The runs of SPEC have one field more: {"order": SEED}; null is the order of airflow_run.py. With it one can see which
of several outcomes Airflow itself leaves to chance.
"""

from __future__ import annotations

import random
from typing import Any

import airflow_run  # beside this file

MOST_TURNS = 600


class AnyOrder(airflow_run.Runner):
    """Runs ready tasks in a random order."""

    order: int | None = None

    def run(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        self.order = request.get("order")
        return super().run(request)

    def execute(self, run: Any) -> dict[str, Any]:
        if self.order is None:
            return super().execute(run)
        chance = random.Random(self.order)
        dag = self.line.load(self.folder / self.files[run.dag_id], self.folder)[0][run.dag_id]
        order: list[list[Any]] = []
        errors: dict[tuple[str, int], list[str]] = {}
        for _ in range(MOST_TURNS):
            self.session.expire_all()
            run.dag = self.known[run.dag_id]
            schedulable, _callback = run.update_state(session=self.session)
            run.schedule_tis(schedulable, session=self.session)
            self.session.commit()
            self.session.expire_all()
            if airflow_run.text(run.state) != "running":
                break
            tis = run.get_task_instances(session=self.session)
            ready = [ti for ti in tis if ti.state == "scheduled"]
            if ready and chance.random() < 0.4:
                pass  # the scheduler is faster than the workers: one more turn before any of them runs
            elif ready:
                ti = chance.choice(sorted(ready, key=lambda ti: (ti.task_id, ti.map_index)))
                order.append([ti.task_id, ti.map_index])
                if error := self.run_task(ti, dag):
                    errors.setdefault((ti.task_id, ti.map_index), []).append(error)
            else:
                self.skip_waiting(tis)
            self.session.commit()
        else:
            errors.setdefault(("", -1), []).append(f"still running after {MOST_TURNS} turns")
        return self.record(run, order, errors) | {"seconds": 0}


if __name__ == "__main__":
    vars(airflow_run)["Runner"] = AnyOrder
    airflow_run.main()
