"""From dag.py."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk.exceptions import AirflowSkipException


class Looking(BashOperator):
    """An operator with methods of its own around what it executes."""

    def pre_execute(self, context):
        if context["dag_run"].conf.get("skip"):
            raise AirflowSkipException("as it was asked for")

    def post_execute(self, context, result=None):
        print("ended with", result)
