"""From dag.py."""

from airflow.providers.standard.operators.branch import BaseBranchOperator


class ByParity(BaseBranchOperator):
    """Even days and odd ones."""

    template_fields = ("day",)

    def __init__(self, day, **kwargs):
        super().__init__(**kwargs)
        self.day = day

    def choose_branch(self, context):
        return "even" if int(self.day) % 2 == 0 else ["odd", "report"]
