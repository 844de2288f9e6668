"""An operator of the repository's own."""

from airflow.models import BaseOperator


class CountFilesOperator(BaseOperator):
    """Counts the files in a folder."""

    template_fields = ("folder", "pattern")
    template_ext = (".pattern",)

    def __init__(self, folder, pattern="*", **kwargs):
        super().__init__(**kwargs)
        self.folder = folder
        self.pattern = pattern

    def execute(self, context):
        from pathlib import Path

        return len(list(Path(self.folder).glob(self.pattern)))
