"""From dag.py."""

from airflow.sdk import BaseOperator

from ..airflow_compat.files import DAG_FILES

HERE = DAG_FILES


class CountLines(BaseOperator):
    """Pushes what it found by key, too."""

    def __init__(self, *, name, **kwargs):
        super().__init__(**kwargs)
        self.name = name

    def execute(self, context):
        lines = (HERE / "conf" / self.name).read_text().splitlines()
        context["ti"].xcom_push(key="first", value=lines[0])
        return len(lines)


class HiveQuery(BaseOperator):
    """Names a template file, as operators of providers do."""

    template_fields = ("hql",)
    template_ext = (".hql",)

    def __init__(self, *, hql, **kwargs):
        super().__init__(**kwargs)
        self.hql = hql

    def execute(self, context):
        return self.hql
