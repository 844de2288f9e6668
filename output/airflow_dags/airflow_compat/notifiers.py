"""Callbacks that tell people: the mail of `email_on_failure`, and Airflow's notifiers for mail and Slack.

https://airflow.apache.org/docs/apache-airflow/stable/howto/notifications.html

Each function makes a callback for `@airflow_task`, for a task of an outcome graph or for a run's sensor. The resource
is set up when there is something to tell: a mail server that is not configured fails no run, here as in Airflow.
"""

import functools
import html
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import dagster as dg

Resource = dg.ConfigurableResource[Any]
Notify = Callable[[Any], None]


def mail_alert(server: Resource, to: str | Sequence[str]) -> Notify:
    """The mail about a failed try that Airflow sends to a task's `email`.

    It says what Airflow's own says: the task, the try, the exception, the host. In the place of the links to Airflow's
    web pages is one to the Dagster run (see `ti.log_url`). `server` has the method `send_email` of SmtpResource.
    """

    def send(airflow: Mapping[str, Any]) -> None:
        ti = airflow["ti"]
        exception = html.escape(str(airflow.get("exception"))).replace("\n", "<br>")
        lines = [
            f"Try {ti.try_number} out of {ti.max_tries + 1}",
            f"Exception:<br>{exception}",
            f'Log: <a href="{ti.log_url}">{ti.dagster_run_id}</a>',
            f"Host: {ti.hostname}",
        ]
        with server.process_config_and_initialize_cm() as ready:
            ready.send_email(to, f"Airflow alert: {ti}", "".join(f"{line}<br>" for line in lines))

    return send


def mail(server: Resource, *, to: str | Sequence[str], subject: str, html_content: str, **options: Any) -> Notify:
    """What `SmtpNotifier` does. All arguments may hold templates; `options` are those of SmtpResource.send_email."""
    return _notify(server, "send_email", {"to": to, "subject": subject, "html_content": html_content, **options})


def slack_message(
    slack: Resource,
    *,
    text: str = "This is a default message",
    channel: str = "#general",
    username: str = "Airflow",
    **options: Any,
) -> Notify:
    """What `SlackNotifier` does. All arguments may hold templates; `options` are those of chat.postMessage."""
    shown = {"unfurl_links": True, "unfurl_media": True}
    return _notify(slack, "post_message", {"text": text, "channel": channel, "username": username, **shown, **options})


def slack_webhook_message(webhook: Resource, *, text: str, **options: Any) -> Notify:
    """What `SlackWebhookNotifier` does. All arguments may hold templates; `options` are fields of the message."""
    return _notify(webhook, "send", {"text": text, **options})


def with_resources(function: Callable[..., Any], /, *first: Any, **arguments: Any) -> Notify:
    """A callback of the user's that needs resources, where Airflow's had hooks: they are set up when it is called.

    `first` and `arguments` are what the function gets beside the context, resources among them.
    """

    @functools.wraps(function)
    def call(*given: Any) -> Any:
        with ExitStack() as stack:
            ready = {
                name: stack.enter_context(value.process_config_and_initialize_cm())
                if isinstance(value, dg.ConfigurableResource)
                else value
                for name, value in arguments.items()
            }
            return function(*first, *given, **ready)

    return call


def _notify(resource: Resource, method: str, arguments: Mapping[str, Any]) -> Notify:
    """A callback that calls a method of a resource, with the templates in its arguments rendered."""

    def notify(airflow: Mapping[str, Any]) -> None:
        variables = {**airflow, **arguments}  # a notifier's own fields are variables of its templates, too
        rendered = {name: airflow["dag"].render(value, variables) for name, value in arguments.items()}
        with resource.process_config_and_initialize_cm() as ready:
            getattr(ready, method)(**rendered)

    return notify
