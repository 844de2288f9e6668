"""What tells people about a task or run, through resources of ours: the mail to its `email`, Airflow's notifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Code, EnvVariable
from ..records import dataclass
from . import templates
from .pen import CannotWriteError

if TYPE_CHECKING:
    from .view import View

ALERTS = {"email_on_failure": "on_failure_callback", "email_on_retry": "on_retry_callback"}
"""The arguments that say when a mail is sent, and the callbacks that send it."""

WEBSERVER = EnvVariable(
    "DAGSTER_WEBSERVER_URL", "Where people see runs; messages link to it", "http://localhost:3000", required=False
)
NEVER_FAIL = (
    "airflow.providers.standard.operators.empty.EmptyOperator",
    "airflow.providers.openlineage.operators.empty.EmptyOperator",
)


@dataclass(frozen=True, slots=True)
class Notifier:
    """What does the same as a notifier of Airflow's: a function of the runtime's, with a resource for its connection.

    `fields` are the arguments it takes over, `required` those without which Airflow makes up something of its own.
    """

    function: str
    conn_type: str
    conn_argument: str
    conn_id: str
    fields: frozenset[str]
    required: frozenset[str] = frozenset()


_ADDRESSES = ("to", "from_email", "cc", "bcc")
_MAIL = Notifier(
    "mail",
    "smtp",
    "smtp_conn_id",
    "smtp_default",
    frozenset((*_ADDRESSES, "subject", "html_content", "files", "mime_subtype", "mime_charset", "custom_headers")),
    frozenset({"to", "subject", "html_content"}),
)
_SLACK = Notifier(
    "slack_message",
    "slack",
    "slack_conn_id",
    "slack_api_default",
    frozenset(["text", "channel", "username", "icon_url", "attachments", "blocks", "unfurl_links", "unfurl_media"]),
)
_WEBHOOK = Notifier(
    "slack_webhook_message",
    "slackwebhook",
    "slack_webhook_conn_id",
    "slack_default",
    frozenset(["text", "blocks", "attachments", "unfurl_links", "unfurl_media"]),
    frozenset({"text"}),
)
NOTIFIERS = {
    "airflow.providers.smtp.notifications.smtp.SmtpNotifier": _MAIL,
    "airflow.providers.smtp.notifications.smtp.send_smtp_notification": _MAIL,
    "airflow.providers.slack.notifications.slack.SlackNotifier": _SLACK,
    "airflow.providers.slack.notifications.slack.send_slack_notification": _SLACK,
    "airflow.providers.slack.notifications.slack_notifier.SlackNotifier": _SLACK,
    "airflow.providers.slack.notifications.slack_notifier.send_slack_notification": _SLACK,
    "airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier": _WEBHOOK,
    "airflow.providers.slack.notifications.slack_webhook.send_slack_webhook_notification": _WEBHOOK,
}


def notifier(value: am.Deferred, view: View) -> str | None:
    """The name of a callback that does what a notifier of Airflow's does; None where only Airflow's own does it."""
    target, *positional = value.operands
    known = NOTIFIERS.get(target.path) if isinstance(target, am.Symbol) else None
    if known is None:
        return None
    given = {**dict(zip(("to", "from_email", "subject", "html_content"), positional, strict=False))}
    if positional and known is not _MAIL:
        return None
    given |= {name: item for name, item in value.keywords if item is not None}
    conn_id = given.pop(known.conn_argument, known.conn_id)
    if not isinstance(conn_id, str) or "{{" in conn_id:
        return None
    if not known.required <= given.keys() <= known.fields:
        return None
    for item in given.values():
        templates.prepare(item, view)
    arguments = ", ".join(f"{name}={view.expression(item)}" for name, item in given.items())
    return _constant("_notify", known.function, conn_id, known.conn_type, arguments, view)


def alerts(view: View) -> dict[str, str]:
    """The callbacks that send the task's mails, by their argument of `airflow_task`."""
    to = view.task.argument("email")
    if to is None or not to.value:
        for name in ALERTS:
            view.fate(name, "dropped", "there is no `email` to send to")
        return {}
    if view.task.name in NEVER_FAIL:
        for name in ("email", *ALERTS):
            view.fate(name, "dropped", "the task does nothing, so it cannot fail")
        return {}
    wanted = {}
    for name, callback in ALERTS.items():
        asked = view.value(name, True)
        if name == "email_on_retry" and not view.value("retries", 0):
            view.fate(name, "dropped", "the task is not retried")
        elif not isinstance(asked, bool | None):
            view.unsupported(name, "whether a mail is sent is not known; it is sent")
            wanted[name] = callback
        elif asked:
            wanted[name] = callback
    if not wanted:
        view.fate("email", "dropped", "no mail is sent")
        return {}
    try:
        addresses = view.expression(list(to.value) if isinstance(to.value, tuple | set) else to.value)
    except CannotWriteError as error:
        view.unsupported("email", f"no mail is sent: it needs {error.reason}")
        return {}
    name = _constant("_mail_alert", "mail_alert", "smtp_default", "smtp", addresses, view)
    when = " and ".join(name.removeprefix("email_on_") for name in wanted)
    message = (
        f"A mail on {when} goes through the resource `smtp_default`: give it Airflow's mail server ([smtp] settings)"
    )
    view.fate("email", "translated", "the runtime module sends the mail")
    view.report_argument("A2D114", message, to)
    view.pen.env.add(WEBSERVER)
    return dict.fromkeys(wanted.values(), name)


def _constant(wanted: str, function: str, conn_id: str, conn_type: str, arguments: str, view: View) -> str:
    """A module-level name for a callback of the runtime's; one for all tasks that have the same."""
    resource = view.shared.connections.resource(conn_id, conn_type, standalone=True)
    text = f"{view.compat('notifiers', function)}({view.library('@resources', resource)}, {arguments})"
    return define(wanted, f"{NAME} = {text}", view)


NAME = "\0"
"""Stands for the name in the text of a definition."""


def define(wanted: str, text: str, view: View) -> str:
    """The name of a module-level definition of ours; what is defined the same is defined once."""
    for name, code in view.shared.callbacks:
        if code.text == text.replace(NAME, name):
            return name
    name = view.shared.names.unique(wanted)
    view.shared.callbacks.append((name, Code(text.replace(NAME, name), tuple(sorted(view.pen.imports)))))
    return name
