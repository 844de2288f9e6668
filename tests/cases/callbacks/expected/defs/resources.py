"""The connections of the Airflow project, one resource each."""

import re
import smtplib
from collections.abc import Iterable, Mapping
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formatdate
from pathlib import Path
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


class SmtpResource(dg.ConfigurableResource[Any]):
    """A mail server (Airflow connection type `smtp`, or Airflow's own `[smtp]` settings)."""

    host: str = "localhost"
    port: int = 25
    login: str = ""
    password: str = ""
    from_email: str = ""
    ssl: bool = False
    """TLS from the first byte on, usually on port 465."""
    starttls: bool = False
    """TLS after a greeting in clear, usually on port 587."""
    timeout: int = 30

    def send_email(
        self,
        to: str | Iterable[str],
        subject: str,
        html_content: str,
        *,
        from_email: str | None = None,
        files: Iterable[str] | None = None,
        cc: str | Iterable[str] | None = None,
        bcc: str | Iterable[str] | None = None,
        mime_subtype: str = "mixed",
        mime_charset: str = "utf-8",
        custom_headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send one mail. Several addresses come as a list, or as text with commas or semicolons between them.

        Raises OSError or smtplib.SMTPException where the server cannot be reached or does not accept it.
        """
        sender = from_email or self.from_email or self.login
        message = MIMEMultipart(mime_subtype)
        message["Subject"] = subject
        message["From"] = sender
        message["To"] = ", ".join(addresses(to))
        if cc:
            message["Cc"] = ", ".join(addresses(cc))
        message["Date"] = formatdate(localtime=True)
        for name, value in (custom_headers or {}).items():
            message[name] = value
        message.attach(MIMEText(html_content, "html", mime_charset))
        for file in files or ():
            part = MIMEApplication(Path(file).read_bytes(), Name=Path(file).name)
            part["Content-Disposition"] = f'attachment; filename="{Path(file).name}"'
            part["Content-ID"] = f"<{Path(file).name}>"
            message.attach(part)
        with self.get_conn() as server:
            server.sendmail(
                sender, [*addresses(to), *addresses(cc or ()), *addresses(bcc or ())], message.as_string()
            )

    def get_conn(self) -> smtplib.SMTP:
        """A session with the server, logged in where there is a login."""
        server = (smtplib.SMTP_SSL if self.ssl else smtplib.SMTP)(self.host, self.port, timeout=self.timeout)
        if self.starttls and not self.ssl:
            server.starttls()
        if self.login and self.password:
            server.login(self.login, self.password)
        return server


def addresses(value: str | Iterable[str]) -> list[str]:
    """The addresses in a text or a list."""
    if isinstance(value, str):
        return [address for address in re.split(r"\s*[,;]\s*", value.strip()) if address]
    return list(value)


class CallbacksParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `callbacks`."""

    size: int = 1


chat = SlackWebhookResource(url=dg.EnvVar("CHAT_URL"))

slack_api_default = SlackResource(token=dg.EnvVar("SLACK_API_DEFAULT_TOKEN"))

smtp_default = SmtpResource(
    host=dg.EnvVar("SMTP_DEFAULT_HOST"),
    port=dg.EnvVar.int("SMTP_DEFAULT_PORT"),
    from_email=dg.EnvVar("SMTP_DEFAULT_FROM_EMAIL"),
)


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "callbacks_params": CallbacksParams(),
            "chat": chat,
            "slack_api_default": slack_api_default,
            "smtp_default": smtp_default,
        }
    )
