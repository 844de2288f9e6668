"""The connections of the Airflow project, one resource each."""

from typing import Any

import dagster as dg
import requests


class SlackWebhookResource(dg.ConfigurableResource[Any]):
    """A Slack incoming webhook (Airflow connection type `slackwebhook`)."""

    url: str
    timeout: int = 30

    def send(
        self,
        *,
        text: str | None = None,
        blocks: Any = None,
        attachments: Any = None,
        **arguments: Any,
    ) -> None:
        """Post a message: text, blocks or attachments, and other fields of the webhook's body.

        Raises RuntimeError where Slack does not accept it.
        """
        body = {"text": text, "blocks": blocks, "attachments": attachments, **arguments}
        response = requests.post(
            self.url,
            json={name: value for name, value in body.items() if value is not None},
            timeout=self.timeout,
        )
        if response.status_code >= 400 or response.text != "ok":
            raise RuntimeError(f"Slack refused the message: {response.status_code} {response.text}")

    def send_text(self, text: str) -> None:
        """Post a text."""
        self.send(text=text)


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"slack_alerts": SlackWebhookResource(url=dg.EnvVar("SLACK_ALERTS_URL"))})
