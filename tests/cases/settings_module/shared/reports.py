"""What reports are called."""

from airflow.sdk import Variable

from .settings import BUCKET, stage

LANGUAGE = Variable.get("language", default="en")


def headline(subject: str) -> str:
    # Nobody should take a rehearsal for the real thing.
    return f"{subject} ({LANGUAGE})" if stage == "production" else f"[{stage}] {subject}"


class Report:
    """One report, in the bucket of the stage."""

    def __init__(self, name: str) -> None:
        self.name = name

    def path(self) -> str:
        return f"{BUCKET}/{self.name}"
