"""The connections of the Airflow project, one resource each."""

import os
import re
import smtplib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formatdate
from glob import glob
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal

import dagster as dg
import requests
from pydantic import Field

from ..airflow_compat.params import AirflowParams, checked_at_launch
from ..airflow_compat.xcom import XComIOManager


class FileSystemResource(dg.ConfigurableResource[Any]):
    """A folder (Airflow connection type `fs`)."""

    path: str = "/"

    def get_path(self) -> str:
        """The folder's path."""
        return self.path

    def join(self, filepath: str) -> str:
        """The path of a file in the folder; an absolute one stays as it is."""
        return os.path.join(self.path, filepath)

    def exists(self, filepath: str, *, recursive: bool = False) -> bool:
        """Whether there is such a file, as Airflow's FileSensor decides: a pattern, or a folder with files in it.

        https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/file.html
        """
        found = glob(self.join(filepath), recursive=recursive)
        return any(Path(path).is_file() or any(files for _, _, files in os.walk(path)) for path in found)


class HttpResource(dg.ConfigurableResource[Any]):
    """An HTTP service (Airflow connection type `http`), with the methods of Airflow's HttpHook.

    https://airflow.apache.org/docs/apache-airflow-providers-http/stable/
    """

    base_url: str = ""
    login: str = ""
    password: str = ""
    headers: dict[str, str] = {}  # noqa: RUF012 (a pydantic field, copied for each instance)
    """Headers of every request."""
    method: str = "GET"
    """The method of requests that name none."""

    def using(self, **fields: Any) -> "HttpResource":
        """The same service with other values of some fields: `using(method="POST")`."""
        return self.model_copy(update=fields)

    def get_conn(self, headers: Mapping[str, Any] | None = None) -> requests.Session:
        """A session with the service's credentials and headers."""
        session = requests.Session()
        session.auth = (self.login, self.password) if self.login else None
        session.headers.update({**self.headers, **(headers or {})})
        return session

    def url_from_endpoint(self, endpoint: str | None) -> str:
        """The URL of an endpoint; between base and endpoint there is at least one slash."""
        base = self.base_url if "://" in self.base_url else f"http://{self.base_url}"
        slash = "/" if endpoint and not base.endswith("/") and not endpoint.startswith("/") else ""
        return f"{base}{slash}{endpoint or ''}"

    def run(
        self,
        endpoint: str | None = None,
        data: Any = None,
        headers: Mapping[str, Any] | None = None,
        extra_options: Mapping[str, Any] | None = None,
        *,
        method: str | None = None,
        **request: Any,
    ) -> requests.Response:
        """Send a request and return the response. `data` is the query of a GET and the body of others.

        `extra_options`: timeout, verify, cert, proxies, stream, allow_redirects, and `check_response`: without it, a
        status of 400 or more raises requests.HTTPError.
        """
        options = dict(extra_options or {})
        check = options.pop("check_response", True)
        options["proxies"] = options.pop("proxy", options.get("proxies"))
        options["verify"] = options.pop("verify_ssl", options.get("verify"))
        method = (method or self.method).upper()
        if method == "GET":
            request["params"] = data
        elif method != "HEAD":
            request["data"] = data
        with self.get_conn(headers) as session:
            session.max_redirects = options.pop("max_redirects", session.max_redirects)
            session.trust_env = options.pop("trust_env", session.trust_env)
            response = session.request(method, self.url_from_endpoint(endpoint), **request, **options)
        if check:
            response.raise_for_status()
        return response


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


class DbApiResource(dg.ConfigurableResource[Any]):
    """A database, with the methods of Airflow's database hooks.

    https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/index.html
    """

    placeholder: ClassVar[str] = "%s"
    """What stands for a value in this database's statements."""

    def using(self, **fields: Any) -> Any:
        """The same database with other values of some fields: `using(database="sales")`."""
        return self.model_copy(update=fields)

    def get_conn(self) -> Any:
        """A new connection, which the caller closes."""
        raise NotImplementedError

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """A connection that is committed at the end, or rolled back after an exception, and closed."""
        with closing(self.get_conn()) as connection:
            self.begin(connection)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def begin(self, connection: Any) -> None:
        """Start a transaction, where the driver does not do so by itself."""

    def set_autocommit(self, connection: Any, autocommit: bool) -> bool:
        """Let the driver commit each statement, or not. Returns whether it does: not every driver can."""
        return False

    def run(
        self,
        sql: str | Iterable[str],
        autocommit: bool = False,
        parameters: Iterable[Any] | Mapping[str, Any] | None = None,
        handler: Callable[[Any], Any] | None = None,
        split_statements: bool = False,
        return_last: bool = True,
    ) -> Any:
        """Execute one statement or several, in one transaction, with the same parameters.

        Returns what `handler` makes of the cursor (`fetch_all`), or None without one: the last statement's for a text,
        unless `return_last` is false; a list of all for a list of statements. Raises ValueError where there is none.
        """
        text = isinstance(sql, str)
        if isinstance(sql, str):
            statements = split_sql(sql) if split_statements else [sql] if sql.strip() else []
        else:
            statements = list(sql or ())
        if not statements:
            raise ValueError("List of SQL statements is empty")
        results = []
        with closing(self.get_conn()) as connection:
            commits_itself = self.set_autocommit(connection, autocommit)
            with closing(connection.cursor()) as cursor:
                for statement in statements:
                    self.execute(cursor, statement, parameters)
                    if handler is not None:
                        results.append(handler(cursor))
            if not commits_itself:
                connection.commit()
        if handler is None:
            return None
        return results[-1] if text and (return_last or not split_statements) else results

    def get_records(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] | None = None) -> Any:
        """All rows of a query."""
        return self.run(sql, parameters=parameters, handler=fetch_all)

    def get_first(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] | None = None) -> Any:
        """The first row of a query, or None."""
        return self.run(sql, parameters=parameters, handler=fetch_one)

    def get_pandas_df(self, sql: str, parameters: Any = None, **options: Any) -> Any:
        """The rows of a query as a pandas DataFrame. Needs the package pandas."""
        with closing(self.get_conn()) as connection:
            return import_module("pandas").read_sql(sql, con=connection, params=parameters, **options)

    def insert_rows(
        self,
        table: str,
        rows: Iterable[Sequence[Any]],
        target_fields: Sequence[str] | None = None,
        commit_every: int = 1000,
        replace: bool = False,
        **options: Any,
    ) -> None:
        """Insert rows, one by one, with a commit after each `commit_every` (0: only at the end)."""
        with closing(self.get_conn()) as connection, closing(connection.cursor()) as cursor:
            for number, row in enumerate(rows, 1):
                values = tuple(self.cell(value) for value in row)
                cursor.execute(
                    self.insert_statement(table, len(values), target_fields, replace, **options), values
                )
                if commit_every and number % commit_every == 0:
                    connection.commit()
            connection.commit()

    def insert_statement(
        self, table: str, count: int, target_fields: Sequence[str] | None, replace: bool, **options: Any
    ) -> str:
        """The statement that inserts (or with `replace`, replaces) a row of that many values."""
        fields = f" ({', '.join(target_fields)})" if target_fields else ""
        verb = "REPLACE" if replace else "INSERT"
        return f"{verb} INTO {table}{fields} VALUES ({','.join([self.placeholder] * count)})"

    def cell(self, value: Any) -> Any:
        """A value as it is given to the driver: text, as Airflow's hooks do where nothing better is known."""
        if value is None:
            return None
        return value.isoformat() if isinstance(value, datetime) else str(value)

    def execute(
        self, cursor: Any, statement: str, parameters: Iterable[Any] | Mapping[str, Any] | None = None
    ) -> None:
        """Execute one statement. Without parameters a percent sign in it is only a percent sign."""
        if parameters:
            cursor.execute(statement, parameters)
        else:
            cursor.execute(statement)


def fetch_all(cursor: Any) -> Any:
    """All rows of a cursor, or None after a statement that returns none."""
    return cursor.fetchall() if cursor.description is not None else None


def fetch_one(cursor: Any) -> Any:
    """The next row of a cursor, or None after a statement that returns none."""
    return cursor.fetchone() if cursor.description is not None else None


def fetch_dicts(cursor: Any) -> Any:
    """All rows of a cursor as dictionaries by column name, or None after a statement that returns none."""
    if cursor.description is None:
        return None
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def split_sql(sql: str) -> list[str]:
    """The statements in a text, without comments. Needs the package sqlparse, which Airflow uses too."""
    sqlparse = import_module("sqlparse")
    return [statement for statement in sqlparse.split(sqlparse.format(sql, strip_comments=True)) if statement]


class SqliteResource(DbApiResource):
    """A SQLite database (Airflow connection type `sqlite`)."""

    placeholder: ClassVar[str] = "?"

    path: str

    def get_conn(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)


class CampaignExportParams(AirflowParams):
    """The params of the Airflow DAG `campaign_export`."""

    country: Literal["DE", "JP", "IT"] = Field(default="DE", description="Where the customers live")
    limit: int = Field(default=100, ge=1, le=10000)
    channel: Literal["auto", "email", "letter"] = "auto"
    dry_run: bool = False


class LedgerStatementParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `ledger_statement`."""

    detail: bool = False


class NewsletterParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `newsletter`."""

    recipients: int = 120


class TeaAuctionParams(AirflowParams):
    """The params of the Airflow DAG `tea_auction`."""

    budget: int = Field(default=500, ge=0)
    paper_trail: bool = False


smtp_default = SmtpResource(
    host=dg.EnvVar("SMTP_DEFAULT_HOST"),
    port=dg.EnvVar.int("SMTP_DEFAULT_PORT"),
    from_email=dg.EnvVar("SMTP_DEFAULT_FROM_EMAIL"),
)


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "campaign_export_params": checked_at_launch(CampaignExportParams),
            "ledger_statement_params": LedgerStatementParams(),
            "newsletter_params": NewsletterParams(),
            "tea_auction_params": checked_at_launch(TeaAuctionParams),
            "landing_zone": FileSystemResource(path=dg.EnvVar("LANDING_ZONE_PATH")),
            "shop_api": HttpResource(base_url=dg.EnvVar("SHOP_API_BASE_URL")),
            "slack_ops": SlackWebhookResource(url=dg.EnvVar("SLACK_OPS_URL")),
            "smtp_default": smtp_default,
            "warehouse": SqliteResource(path=dg.EnvVar("WAREHOUSE_PATH")),
            "io_manager": XComIOManager(airflow="3"),
            "xcom_airflow_2": XComIOManager(airflow="2"),
        }
    )
