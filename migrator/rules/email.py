"""Tasks that send mail."""

from __future__ import annotations

from .api import Result, TaskView, rule
from .text import call, rendered_unless, unless


@rule("airflow.providers.smtp.operators.smtp.EmailOperator")
def email_operator(view: TaskView) -> Result:
    """One message through the mail server's resource.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-smtp/stable/operators/index.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    # Which fields are templates has grown with the lines of Airflow.
    files = rendered_unless if view.dag.airflow != "1" else unless
    others = rendered_unless if view.dag.airflow == "3" else unless
    text = call(
        f"{view.connection('conn_id', 'smtp', 'smtp_default')}.send_email",
        to=view.template("to"),
        subject=view.template("subject"),
        html_content=view.template("html_content"),
        from_email=others(view, "from_email", None),
        files=files(view, "files", None),
        cc=others(view, "cc", None),
        bcc=others(view, "bcc", None),
        mime_subtype=others(view, "mime_subtype", "mixed"),
        mime_charset=others(view, "mime_charset", "utf-8"),
        custom_headers=others(view, "custom_headers", None),
    )
    return Result(view.text(text), kinds=("email",), returns="None")
