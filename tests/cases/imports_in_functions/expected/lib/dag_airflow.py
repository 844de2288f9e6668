"""From dag.py."""

from airflow.sdk import BaseOperator


class Announce(BaseOperator):
    def execute(self, context):
        from .team.rates import RATE

        self.log.info("%s", RATE)
