"""The connections of the Airflow project, one resource each."""

from typing import Any

import dagster as dg
import requests


class SlackResource(dg.ConfigurableResource[Any]):
    """The Slack API with a token (Airflow connection type `slack`).

    https://airflow.apache.org/docs/apache-airflow-providers-slack/stable/
    """

    token: str
    base_url: str = "https://slack.com/api/"
    timeout: int = 30

    def call(self, api_method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method of the API (`chat.postMessage`) and return its answer.

        Raises requests.HTTPError, or RuntimeError where the answer is not "ok".
        """
        response = requests.post(
            f"{self.base_url.rstrip('/')}/{api_method}",
            headers={"Authorization": f"Bearer {self.token}"},
            json={name: value for name, value in arguments.items() if value is not None},
            timeout=self.timeout,
        )
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        if not answer.get("ok"):
            raise RuntimeError(f"Slack refused {api_method}: {answer.get('error')}")
        return answer

    def post_message(self, channel: str, text: str = "", **arguments: Any) -> dict[str, Any]:
        """Post a message; `arguments` are those of chat.postMessage (blocks, attachments, username, icon_url …)."""
        return self.call("chat.postMessage", channel=channel, text=text, **arguments)


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"slack_data": SlackResource(token=dg.EnvVar("SLACK_DATA_TOKEN"))})
