"""From dag.py."""

from airflow.exceptions import AirflowSkipException
from airflow.models import BaseOperator


class Own(BaseOperator):
    template_fields = ("what",)

    def __init__(self, what, **kwargs):
        super().__init__(**kwargs)
        self.what = what

    def pre_execute(self, context):
        if context["ds"] > "2024-01-01":
            raise AirflowSkipException(self.what)

    def execute(self, context):
        return self.what

    def post_execute(self, context, result=None):
        if result is None:
            raise ValueError("nothing came")
        print(result)
