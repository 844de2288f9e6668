"""Tasks that wait for other DAGs, or start them."""

from __future__ import annotations

from .api import Result, TaskView, rule

_STANDARD = "airflow.providers.standard"
_MEANING = {
    "ExternalTaskSensor": "It waits for a task or a run of another DAG at a logical date",
    "ExternalTaskMarker": "It marks a task of another DAG to be cleared together with this one",
    "TriggerDagRunOperator": "It starts a run of another DAG",
}


@rule(
    f"{_STANDARD}.sensors.external_task.ExternalTaskSensor",
    f"{_STANDARD}.sensors.external_task.ExternalTaskMarker",
    f"{_STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator",
    fidelity="manual",
)
def other_dags(view: TaskView) -> Result:
    """Waiting for another DAG, or starting one, is left to a person: the asset raises NotImplementedError.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/howto/operator/external_task_sensor.html
    Dagster: https://docs.dagster.io/guides/automate/declarative-automation
    """
    meaning = _MEANING[view.task.name.rpartition(".")[2]]
    other = view.value("external_dag_id", view.value("trigger_dag_id"))
    return view.manual("A2D408", f"{meaning}{f', `{other}`' if isinstance(other, str) else ''}.")
