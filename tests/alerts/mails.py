"""DAGs whose tasks fail, and tell people by mail: Airflow 2 and 3."""

import json
import os
from datetime import datetime, timedelta, timezone
from functools import partial

from airflow import DAG
from airflow.decorators import task
from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.models import Variable
from airflow.notifications.basenotifier import BaseNotifier
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.operators.sql import SQLCheckOperator
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.smtp.notifications.smtp import SmtpNotifier, send_smtp_notification
from airflow.utils.email import send_email

COMMON = {"schedule": "0 6 * * *", "start_date": datetime(2024, 3, 1, tzinfo=timezone.utc), "catchup": False}
MAILED = {"email": ["a@x.org", "b@x.org"]}


def note(context, event="called"):
    """What a callback finds in its context."""
    ti = context["ti"]
    found = {"event": event, "task_id": ti.task_id, "state": str(getattr(ti.state, "value", ti.state))}
    found |= {"try": ti.try_number, "run_id": context["dag_run"].run_id, "exception": repr(context.get("exception"))}
    with open(os.environ["CALLED"], "a") as file:
        file.write(json.dumps(found) + "\n")


def broken(context):
    raise ValueError("logged only")


def refuse():
    raise AirflowFailException("never again\nthis way")


def skip():
    raise AirflowSkipException("not today")


with DAG("mails", default_args=MAILED, **COMMON):
    again = {"retries": 1, "retry_delay": timedelta(seconds=1)}
    first = BashOperator(task_id="first", bash_command="exit 3", **again)
    first >> BashOperator(task_id="after", bash_command="true")
    BashOperator(task_id="no_failure", bash_command="exit 3", email_on_failure=False, **again)
    BashOperator(task_id="no_retry", bash_command="exit 3", email_on_retry=False, **again)
    BashOperator(task_id="quiet", bash_command="exit 3", email_on_failure=False)
    BashOperator(task_id="nobody", bash_command="exit 3", email=None)
    BashOperator(task_id="others", bash_command="exit 3", email="c@x.org; d@x.org,e@x.org")
    PythonOperator(task_id="refused", python_callable=refuse, on_failure_callback=broken, **again)
    PythonOperator(task_id="skipped", python_callable=skip)
    EmptyOperator(task_id="empty")
    made = BashOperator(task_id="made", bash_command="true")
    made >> SQLCheckOperator(task_id="checked", conn_id="checked", sql="SELECT 0", **again)

with DAG("mails_of_graph", default_args=MAILED, **COMMON):

    @task(retries=1, retry_delay=timedelta(seconds=1))
    def halve(number):
        if number % 2:
            raise ValueError(f"{number} is odd")
        return number // 2

    halve.expand(number=[2, 3]) >> EmptyOperator(task_id="end", trigger_rule="all_done")

with DAG("notified", **COMMON):
    text = {
        "subject": "{{ ti.task_id }} of {{ ds }}",
        "html_content": "{{ exception }} {{ to }}",
        "from_email": "n@x.org",
    }
    BashOperator(
        task_id="mailed", bash_command="exit 3", on_failure_callback=[broken, SmtpNotifier(to="e@x.org", **text), note]
    )
    BashOperator(
        task_id="told", bash_command="true", on_success_callback=send_smtp_notification(to=["{{ ds }}@x.org"], **text)
    )
    calls = {f"on_{event}_callback": partial(note, event=event) for event in ("execute", "success", "failure", "retry")}
    BashOperator(task_id="fails", bash_command="exit 3", retries=1, retry_delay=timedelta(seconds=1), **calls)
    BashOperator(task_id="succeeds", bash_command="true", **calls)
    PythonOperator(
        task_id="skips", python_callable=skip, on_skipped_callback=lambda context: note(context, "skipped"), **calls
    )


class Own(BaseNotifier):
    """A notifier of the team's own."""

    template_fields = ("text",)

    def __init__(self, text):
        super().__init__()
        self.text = text

    def notify(self, context):
        note(context, self.text)


class Caller:
    def __init__(self, event):
        self.event = event

    def __call__(self, context):
        note(context, self.event)

    def later(self, context):
        note(context, f"{self.event} later")


def tell_chat(context):
    ti = context["task_instance"]
    assert f"{ti.log_url}".startswith("http")
    text = {"task": ti.task_id, "try": ti.try_number, "day": context["ds"], "why": str(context.get("exception"))}
    HttpHook(method="POST", http_conn_id="chat").run("hook", json.dumps(text))


def tell_room(context, room, prefix=""):
    note(context, f"{prefix}{room} {Variable.get('ROOM')}")


def teller(room):
    def tell(context):
        note(context, f"closed over {room}")

    return tell


with DAG("called_back", **COMMON):
    callbacks = {
        "hook": tell_chat,
        "room": partial(tell_room, room="blue"),
        "closure": teller("green"),
        "instance": Caller("instance"),
        "method": Caller("method").later,
        "words": lambda context: tell_room(context, "red", prefix="dark "),
    }
    for name, callback in callbacks.items():
        BashOperator(task_id=name, bash_command="exit 3", on_failure_callback=[callback, broken, callback])
        BashOperator(
            task_id=f"{name}_in_loop",
            bash_command="exit 3",
            on_failure_callback=lambda context, task=name: note(context, f"loop {task}"),
        )

with DAG("called_back_by_airflow", **COMMON):
    BashOperator(task_id="own", bash_command="exit 3", on_failure_callback=Own("own {{ ti.task_id }}"))


def write(context):
    send_email(["f@x.org", "g@x.org"], f"{context['ti'].task_id} failed", "<p>See</p>", files=None, cc="h@x.org")


def report(ds):
    send_email("i@x.org", subject=f"The day {ds}", html_content="<b>done</b>")


with DAG("written_by_hand", **COMMON):
    PythonOperator(task_id="reported", python_callable=report)
    PythonOperator(task_id="reported_again", python_callable=report)
    BashOperator(task_id="failed", bash_command="exit 3", on_failure_callback=write)

    @task
    def told():
        from airflow.utils.email import send_email as send

        send("j@x.org", "Told", "text")

    told()
