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


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "smtp_default": SmtpResource(
                host=dg.EnvVar("SMTP_DEFAULT_HOST"),
                port=dg.EnvVar.int("SMTP_DEFAULT_PORT"),
                from_email=dg.EnvVar("SMTP_DEFAULT_FROM_EMAIL"),
            )
        }
    )
