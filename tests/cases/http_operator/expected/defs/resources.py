"""The connections of the Airflow project, one resource each."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import requests


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


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"rates_api": HttpResource(base_url=dg.EnvVar("RATES_API_BASE_URL"))})
