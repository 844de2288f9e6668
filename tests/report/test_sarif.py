"""SARIF output: its shape as the standard wants it, places that fit the text, fingerprints that stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from migrator.cli import main
from migrator.codes import CODES
from migrator.findings import Finding
from migrator.report.sarif import FINGERPRINT, sarif
from migrator.source import Span
from migrator.terminal import Sources

TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 1}


def thing(required: str = "", /, **properties: Any) -> dict[str, Any]:
    """An object of the standard with the properties that we use of it, and no other."""
    return {
        "type": "object", "additionalProperties": False, "required": required.split(), "properties": properties
    }  # fmt: skip


LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = thing("text", text=TEXT)
HELP = thing("text", text=TEXT, markdown=TEXT)
REGION = thing("startLine", startLine=NUMBER, startColumn=NUMBER, endLine=NUMBER, endColumn=NUMBER)
ARTIFACT = thing("uri", uri={"type": "string", "pattern": r"^[^\\ ]+$"}, uriBaseId={"const": "SRCROOT"})
PHYSICAL = thing("artifactLocation", artifactLocation=ARTIFACT, region=REGION)
LOGICAL = {"type": "array", "items": thing("name", name=TEXT, fullyQualifiedName=TEXT)}
LOCATION = thing("physicalLocation", physicalLocation=PHYSICAL, logicalLocations=LOGICAL)
RELATED = thing("id physicalLocation message", id=NUMBER, physicalLocation=PHYSICAL, message=MESSAGE)
RULE = thing(
    "id name shortDescription fullDescription help defaultConfiguration",
    id={"type": "string", "pattern": r"^A2D\d{3}$"},
    name={"type": "string", "pattern": r"^[A-Z][A-Za-z0-9]+$"},
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=HELP,
    defaultConfiguration=thing("level", level=LEVEL),
    properties=thing(tags={"type": "array", "items": TEXT, "uniqueItems": True}),
)
RESULT = thing(
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": LOCATION, "minItems": 1, "maxItems": 1},
    relatedLocations={"type": "array", "items": RELATED, "minItems": 1},
    partialFingerprints={"type": "object", "additionalProperties": TEXT, "minProperties": 1},
)
DRIVER = thing(
    "name version rules", name=TEXT, fullName=TEXT, version=TEXT,
    rules={"type": "array", "items": RULE, "uniqueItems": True},
)  # fmt: skip
RUN = thing(
    "tool results columnKind",
    tool=thing("driver", driver=DRIVER),
    originalUriBaseIds={"type": "object", "additionalProperties": thing(description=MESSAGE)},
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
LOG = thing(
    "version runs", **{"$schema": {"type": "string", "pattern": "sarif-schema-2.1.0.json$"}},
    version={"const": "2.1.0"}, runs={"type": "array", "items": RUN, "minItems": 1},
)  # fmt: skip

DAG = """\
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator

with DAG("größe", schedule=None):
    BashOperator(task_id="ö", bash_command="echo ö", executor_config={"x": 1}, nonsense=2)
"""


def checked(log: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a log, which keeps to the shape and to what a schema cannot say."""
    jsonschema.validate(log, LOG)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({result["ruleId"] for result in run["results"]})
    fingerprints = [tuple(result["partialFingerprints"].items()) for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"].get("region", {})
        if "endLine" in region:
            start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
            assert start < end
    return list(run["results"])


@pytest.fixture
def dags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my dags"
    folder.mkdir()
    (folder / "a#1.py").write_text(DAG, encoding="utf-8")
    (folder / "broken.py").write_text("from airflow import DAG\ndag = DAG('x'\n", encoding="utf-8")
    return folder


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    main([*arguments, "--format", "sarif"])
    log: dict[str, Any] = json.loads(capsys.readouterr().out)
    return log


@pytest.mark.parametrize("command", [(), ("inspect",)])
def test_the_shape(dags: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    results = checked(output(capsys, *command, "my dags"))
    assert "A2D001" in {result["ruleId"] for result in results}


def test_places_are_where_the_text_is(dags: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """URIs lead from the folder migrate was started in to the files; columns count characters from 1."""
    marked = set()
    for result in checked(output(capsys, "my dags")):
        place = result["locations"][0]["physicalLocation"]
        file = Path(unquote(place["artifactLocation"]["uri"]))
        assert file.is_file()
        region = place["region"]
        if region.get("endLine") == region["startLine"]:
            line = file.read_text(encoding="utf-8").splitlines()[region["startLine"] - 1]
            marked.add(line[region["startColumn"] - 1 : region["endColumn"] - 1])
    assert '{"x": 1}' in marked


def test_fingerprints_stay_when_lines_move(dags: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fingerprints() -> set[str]:
        return {r["partialFingerprints"][FINGERPRINT] for r in checked(output(capsys, "my dags"))}

    before = fingerprints()
    (dags / "a#1.py").write_text("# one\n# two\n" + DAG, encoding="utf-8")
    assert fingerprints() == before
    (dags / "a#1.py").write_text(DAG.replace("nonsense", "other_nonsense"), encoding="utf-8")
    assert fingerprints() != before


def test_the_same_bytes_from_elsewhere(
    dags: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No path of the machine is in it: from outside, paths are relative to what was given."""
    inside = json.dumps(output(capsys, "my dags"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    outside = output(capsys, str(dags))
    assert str(tmp_path) not in inside + json.dumps(outside)
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in checked(outside)}
    assert uris == {"a%231.py", "broken.py"}


def test_levels_help_and_related_places() -> None:
    finding = Finding("A2D404", "twice", Span("a.py", 3, 4, 3, 9), (("the first", Span("a.py", 1, 0, 1, 5)),), "Rename")
    (result,) = checked(sarif([finding], Sources(Path("nowhere")), "1"))
    assert result["level"] == {"info": "note"}.get(finding.severity, finding.severity)
    assert result["message"] == {"text": "twice. Rename"}
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_two_alike_differ_and_one_without_a_place_has_one() -> None:
    alike = Finding("A2D301", "same", Span("a.py", 3))
    results = checked(sarif([alike, alike, Finding("A2D603", "no space")], Sources(Path()), "1"))
    assert len(results) == 3
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    assert places == ["./", "a.py", "a.py"]


def test_every_code_is_a_rule() -> None:
    """Explanations hold backquotes and brackets: as Markdown they say the same."""
    findings = [Finding(code, "x", Span("a.py", 1)) for code in CODES]
    log = sarif(findings, Sources(Path("nowhere")), "1")
    checked(log)
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        assert rule["help"]["markdown"].count("`") % 2 == 0


def test_no_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fine.py").write_text(
        "from airflow.sdk import DAG\nfrom airflow.providers.standard.operators.empty import EmptyOperator\n"
        "with DAG('a', schedule=None):\n    EmptyOperator(task_id='b')\n"
    )
    assert checked(output(capsys, str(tmp_path))) == []
