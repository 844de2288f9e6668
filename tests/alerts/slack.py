"""A DAG whose tasks post to Slack: Airflow 3."""

from datetime import datetime, timezone

from airflow.providers.slack.notifications.slack import SlackNotifier, send_slack_notification
from airflow.providers.slack.notifications.slack_webhook import send_slack_webhook_notification
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

START = datetime(2024, 3, 1, tzinfo=timezone.utc)

with DAG(
    "slack",
    schedule="0 6 * * *",
    start_date=START,
    catchup=False,
    default_args={
        "on_failure_callback": SlackNotifier(text="{{ ti.task_id }} failed in {{ channel }}", channel="#ops")
    },
):
    BashOperator(task_id="fails", bash_command="exit 3")
    BashOperator(
        task_id="fails_loudly",
        bash_command="exit 3",
        on_failure_callback=[
            send_slack_notification(text="{{ exception }}", username="bot", unfurl_links=False),
            send_slack_webhook_notification(
                text="{{ ds }}", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*{{ ti.task_id }}*"}}]
            ),
        ],
    )
    BashOperator(task_id="succeeds", bash_command="true", on_success_callback=SlackNotifier())
