from airflow.models import BaseOperator


class Announce(BaseOperator):
    def execute(self, context):
        self.log.info("done")
