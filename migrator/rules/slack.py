"""Tasks that post to Slack."""

from __future__ import annotations

from .api import Result, TaskView, rule
from .text import call, finish, has, rendered_unless, unless

_TEXT = "No message has been set.\nHere is a cat video instead\nhttps://www.youtube.com/watch?v=J---aiyznGQ"
_ICONS = {
    "1": "https://raw.githubusercontent.com/apache/airflow/master/airflow/www/static/pin_100.png",
    "2": "https://raw.githubusercontent.com/apache/airflow/main/airflow/www/static/pin_100.png",
    "3": "https://raw.githubusercontent.com/apache/airflow/main/airflow-core/src/airflow/ui/public/pin_100.png",
}
_CLIENT = "The client is made with what the resource is configured with."


@rule("airflow.providers.slack.operators.slack.SlackAPIPostOperator")
def slack_api_post_operator(view: TaskView) -> Result:
    """One `chat.postMessage` through the Slack resource; the answer is the value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-slack/stable/operators/slack_api.html
    Dagster: https://docs.dagster.io/integrations/libraries/slack
    """
    view.drop("method", "The operator always posts a message.")
    view.unsupported("token", "The token is a secret: it is read from the resource's environment variable.")
    for name in ("base_url", "proxy", "timeout", "retry_handlers"):
        view.unsupported(name, _CLIENT)
    default = "slack_api_default" if view.dag.airflow != "1" else "slack_default"
    resource = view.connection("slack_conn_id", "slack", default)
    if has(view, "api_params"):
        for name in ("channel", "username", "text", "icon_url", "attachments", "blocks", "thread_ts"):
            view.drop(name, "The message is `api_params` alone.")
        text = call(f"{resource}.call", '"chat.postMessage"', f"**{view.code('api_params')}")
    else:
        text = call(f"{resource}.call", '"chat.postMessage"', **_message(view))
    return finish(view, text, value=view.dag.airflow != "1", kinds=("slack",), returns="dict[str, Any]")


@rule("airflow.providers.slack.operators.slack_webhook.SlackWebhookOperator")
def slack_webhook_operator(view: TaskView) -> Result:
    """One message through the incoming webhook's resource.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-slack/stable/operators/slack_webhook.html
    Dagster: https://docs.dagster.io/integrations/libraries/slack
    """
    view.unsupported("webhook_token", "The token is a secret: it is read from the resource's environment variable.")
    for name in ("proxy", "timeout", "retry_handlers", "extra_options"):
        view.unsupported(name, _CLIENT)
    for name in ("endpoint", "method", "data", "headers", "response_check", "xcom_push", "log_response"):
        view.drop(name, "The operator inherits it from SimpleHttpOperator and does not use it.")
    argument = "http_conn_id" if has(view, "http_conn_id") else "slack_webhook_conn_id"
    text = call(
        f"{view.connection(argument, 'slackwebhook', 'slack_default')}.send",
        text=view.template("message", '""'),
        attachments=rendered_unless(view, "attachments", None),
        blocks=rendered_unless(view, "blocks", None),
        channel=rendered_unless(view, "channel", None),
        username=rendered_unless(view, "username", None),
        icon_emoji=unless(view, "icon_emoji", None),
        icon_url=unless(view, "icon_url", None),
        link_names="1" if view.literal("link_names", bool, False) else None,
    )
    return Result(view.text(text), kinds=("slack",), returns="None")


def _message(view: TaskView) -> dict[str, str | None]:
    """The message as the operator builds it, its defaults included."""
    dumps = f"{view.library('json')}.dumps" if has(view, "attachments") or has(view, "blocks") else ""
    return {
        "channel": view.template("channel", '"#general"'),
        "username": view.template("username", '"Airflow"'),
        "text": view.template("text", repr(_TEXT)),
        "icon_url": view.code("icon_url", repr(_ICONS[view.dag.airflow])),
        "attachments": call(dumps, view.template("attachments", "[]")) if has(view, "attachments") else '"[]"',
        "blocks": call(dumps, view.template("blocks", "[]")) if has(view, "blocks") else '"[]"',
        "thread_ts": rendered_unless(view, "thread_ts", None),
    }
