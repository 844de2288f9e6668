"""The report in a real Chromium: what is chosen lights up on both sides, keys work, nothing is fetched.

Skipped where there is no Chromium; .ci/run installs it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from support.browser import Browser, browser, chromium
from support.converted import ROOT

from migrator import migrate
from migrator.report import report_files

PROGRAM = chromium()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on the PATH (Debian: chromium)")
AXE = Path(os.environ.get("MIGRATE_AXE", ROOT / ".node" / "node_modules" / "axe-core" / "axe.min.js"))

# A finding, two groups, a branch, a mapped task, an argument that is not carried over, an id that is long.
SHOP = """
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Label, TaskGroup, task


@task
def numbers():
    return [1, 2, 3]


@task
def double(number):
    return number * 2


@task.branch
def choose():
    return "left.first"


with DAG("shop", schedule="0 5 * * 1-5", start_date=None, tags=["shop"]) as dag:
    chosen = choose()
    with TaskGroup("left") as left:
        BashOperator(task_id="first", bash_command="echo 1") >> BashOperator(task_id="second", bash_command="echo 2")
    with TaskGroup("right") as right:
        for n in range(4):
            BashOperator(task_id=f"a_rather_long_name_of_a_task_that_says_it_all_{n}", bash_command="echo {{ ds }}")
    end = EmptyOperator(task_id="end", trigger_rule="none_failed_min_one_success")
    chosen >> Label("if open") >> left >> end
    chosen >> Label("else") >> right >> end
    double.expand(number=numbers()) >> end
    end >> BashOperator(task_id="late", bash_command="date", sla=3, pool="narrow")
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report of our own samples."""
    return written(ROOT / "sample_dags", tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.py").write_text(SHOP)
    return written(folder, tmp_path_factory.mktemp("shop_report")) + "/dags/shop.html"


def written(dags: Path, folder: Path) -> str:
    for path, text in report_files(migrate(dags)).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return (folder / "report").as_uri()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    assert PROGRAM is not None
    with browser(PROGRAM) as made:
        yield made


@pytest.fixture
def tab(chrome: Browser) -> Iterator[Browser]:
    """The tab, at 1280 pixels and in light; afterwards nothing went wrong in it and nothing was fetched."""
    chrome.size(1280, 800)
    chrome.scheme("light")
    chrome.scripts(on=True)
    chrome.requests.clear()
    chrome.problems.clear()
    yield chrome
    assert chrome.problems == []
    assert [address for address in chrome.requests if not address.startswith(("file:", "data:", "about:"))] == []


PAGES = (
    "index.html",
    "lineage.html",
    "dags/month_end_close.html",
    "dags/supplier_feed.html",
    "dags/store_replenishment.html",
    "dags/store_close_tokyo.html",
)


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_open(tab: Browser, report: str, scheme: str, width: int) -> None:
    tab.size(width, 900)
    tab.scheme(scheme)
    background = {"light": "rgb(246, 247, 249)", "dark": "rgb(14, 17, 22)"}[scheme]
    for page in PAGES:
        tab.open(f"{report}/{page}")
        assert tab.run("getComputedStyle(document.body).backgroundColor") == background
        # Nothing sticks out: only the panes scroll sideways.
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert tab.run("document.fonts.size") == 0


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (`python3 tasks.py test` does, where npm is)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility(tab: Browser, report: str, shop: str, scheme: str) -> None:
    tab.scheme(scheme)
    pages = [f"{report}/{page}" for page in (*PAGES, "dags/inventory_load.html")]
    for address in [*pages, shop]:
        tab.open(address)
        tab.run("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        if "/dags/" in address:
            tab.press("n")
        tab.settle()
        tab.run(AXE.read_text(encoding="utf-8") + "; null")
        found = tab.run(
            "axe.run(document, {preload: false, resultTypes: ['violations']}).then(result => result.violations.map("
            "rule => [rule.id, rule.help, rule.nodes.length, rule.nodes.slice(0, 3).map(node => node.html)]))"
        )
        assert [json.dumps(rule, indent=1) for rule in found] == [], address


def lit(tab: Browser, name: str = "on") -> dict[str, list[str]]:
    """What is lit, by where it is."""
    script = """(name => {
        const texts = (selector, get) => [...document.querySelectorAll(selector)].map(get);
        return {
            airflow: texts(`svg.airflow:not([hidden]) .node.${name}`, e => e.dataset.id),
            dagster: texts(`svg.dagster:not([hidden]) .node.${name}`, e => e.dataset.id),
            left: texts(`.airflow .l.${name}`, e => e.id), right: texts(`.dagster .l.${name}`, e => e.id),
            tasks: texts(`details.task.${name}`, e => e.dataset.id),
        };
    })"""
    return dict(tab.run(f"{script}({json.dumps(name)})"))


def seen(tab: Browser, selector: str) -> bool:
    """Whether an element is in the visible part of its pane."""
    return bool(
        tab.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "const p = e.closest('.code, .canvas').getBoundingClientRect(), b = e.getBoundingClientRect();"
            "return b.top >= p.top - 1 && b.top < p.bottom && b.left < p.right; })()"
        )
    )


def test_a_task_chosen_in_a_graph_lights_up_everywhere(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/month_end_close.html")
    tab.click('svg.airflow .node[data-id="release_lock"]')
    found = lit(tab)
    assert found["airflow"] == found["tasks"] == ["release_lock"]
    assert found["dagster"] == ["month_end_close/release_lock"]
    assert found["left"]
    assert found["right"]
    assert "def release_lock(" in "".join(tab.texts(".dagster .l.on"))
    assert 'task_id="release_lock"' in "".join(tab.texts(".airflow .l.on"))
    for selector in (".airflow .l.on", ".dagster .l.on", "svg.dagster .node.on"):
        assert seen(tab, selector), selector
    assert tab.run("location.hash") == "#task-release_lock"
    assert "release_lock" in tab.texts("#strip .told")[0]
    tab.press("0")
    tab.click('svg.dagster .node[data-id="month_end_close/take_lock"]')
    assert lit(tab)["airflow"] == ["take_lock"]


def test_a_line_chosen_in_a_source_lights_up_everywhere(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/month_end_close.html")
    line = tab.run("[...document.querySelectorAll('.dagster .l')].find(l => l.textContent.includes('def closed(')).id")
    tab.click(f'[id="{line}"]')
    found = lit(tab)
    assert found["airflow"] == found["tasks"] == ["closed"]
    assert seen(tab, ".airflow .l.on")
    tab.click(".airflow .l.dagline")
    assert lit(tab)["tasks"] == []
    assert any(text.lstrip("0123456789").startswith("job = ") for text in tab.texts(".dagster .l.on"))


def test_a_line_of_several_tasks_goes_through_them(tab: Browser, shop: str) -> None:
    tab.open(shop)
    line = tab.run(
        "[...document.querySelectorAll('.airflow .l')].find(l => l.textContent.includes('a_rather_long')).id"
    )
    chosen = []
    for _ in range(4):
        tab.click(f'[id="{line}"]')
        chosen += lit(tab)["tasks"]
    assert chosen == [f"right.a_rather_long_name_of_a_task_that_says_it_all_{n}" for n in range(4)]
    assert tab.texts("#strip button")[0] == "4 of 4 tasks here"


def test_hovering_lights_up_and_stops(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/month_end_close.html")
    tab.move('svg.airflow .node[data-id="report_trouble"]')
    assert lit(tab, "hot")["dagster"] == ["month_end_close/report_trouble"]
    assert lit(tab, "hot")["right"]
    tab.run("new Promise(done => setTimeout(done, 400))")
    assert seen(tab, ".dagster .l.hot")
    tab.move("h1")
    assert not any(lit(tab, "hot").values())


def test_the_address_names_a_task_a_line_or_a_finding(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/month_end_close.html#task-check_balance")
    assert lit(tab)["airflow"] == ["check_balance"]
    assert tab.run("document.getElementById('task-check_balance').open")
    (first, *_) = lit(tab)["right"]
    tab.open(f"{report}/dags/month_end_close.html#{first}")
    assert lit(tab)["airflow"] == ["check_balance"]
    tab.open(f"{report}/dags/supplier_feed.html")
    finding = tab.run("document.querySelector('#findings .finding[data-t]').id")
    tab.open(f"{report}/dags/supplier_feed.html#{finding}")
    assert len(lit(tab)["tasks"]) == 1
    assert tab.run(f"document.getElementById('{finding}').getBoundingClientRect().top") < 800


def test_the_keyboard_goes_along_the_graph(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/month_end_close.html")
    # One stop of the Tab key for each graph.
    assert tab.count('svg.airflow .node[tabindex="0"]') == 1
    tab.run("document.querySelector('svg.airflow .node[tabindex=\"0\"]').focus()")
    direction = tab.run("document.querySelector('svg.airflow').dataset.direction")
    ahead, back = ("ArrowRight", "ArrowLeft") if direction == "LR" else ("ArrowDown", "ArrowUp")
    tab.press(ahead)
    (after,) = lit(tab)["airflow"]
    assert after in ("check_balance", "age_receivables")
    assert tab.run("document.activeElement.dataset.id") == after
    tab.press(back)
    assert lit(tab)["airflow"] == ["take_lock"]
    tab.press("Enter")
    assert tab.run("document.getElementById('task-take_lock').open")
    assert tab.run("document.activeElement.tagName") == "SUMMARY"
    tab.press("Escape")
    assert not any(lit(tab).values())


def test_other_keys(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/supplier_feed.html")
    tab.press("n")
    tab.press("n")
    tab.press("p")
    assert lit(tab)["tasks"] == ["after_upload_window"]
    tab.press("f")
    assert tab.count(".note.hot") == 1
    assert seen(tab, ".note.hot")
    tab.press("/")
    assert tab.run("document.activeElement.id") == "search"
    tab.write("stable")
    assert lit(tab, "hot")["airflow"] == ["data_stable"]
    tab.press("Enter")
    assert lit(tab)["airflow"] == ["data_stable"]
    tab.press("Escape")
    tab.press("?")
    assert tab.run("document.getElementById('keys').open")
    tab.press("Escape")
    assert not tab.run("document.getElementById('keys').open")


def test_light_and_dark_by_hand_are_remembered(tab: Browser, report: str) -> None:
    tab.open(f"{report}/index.html")
    tab.click("#theme")
    assert tab.run("document.documentElement.dataset.theme") == "dark"
    tab.open(f"{report}/dags/supplier_feed.html")
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 22)"
    tab.press("t")
    assert tab.run("document.documentElement.dataset.theme") == "light"
    tab.run("localStorage.clear()")


def test_zooming_and_collapsing(tab: Browser, shop: str) -> None:
    tab.open(shop)
    wide = "1 / new DOMMatrix(getComputedStyle(document.querySelector('svg.airflow:not([hidden])')).transform).a"
    tab.click('[data-zoom="fit"][data-side="airflow"]')
    before = tab.run(wide)
    tab.click('[data-zoom="in"][data-side="airflow"]')
    assert tab.run(wide) == pytest.approx(before / 1.25, rel=0.01)
    tab.press("-")
    tab.press("-")
    assert tab.run(wide) > before
    tab.press("0")
    assert tab.run(wide) == pytest.approx(before)
    tab.click('[data-zoom="groups"][data-side="airflow"]')
    nodes = tab.run("[...document.querySelectorAll('svg.airflow:not([hidden]) .node')].map(n => n.dataset.id)")
    assert {"group left", "group right", "end"} <= set(nodes)
    assert not [name for name in nodes if name.startswith("right.")]
    tab.click('svg.airflow:not([hidden]) .node[data-id="group right"]')
    assert seen(tab, 'svg.airflow:not([hidden]) .node[data-id^="right."]')


MANY = """
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup

with DAG("many", schedule=None) as dag:
    last = None
    for stage in range(6):
        with TaskGroup(f"stage_{stage}"):
            for step in range(25):
                task = BashOperator(task_id=f"step_{step}", bash_command=f"echo {stage} {step}", sla=3)
                last = last >> task if last else task
"""


def test_what_is_large_is_folded_away_until_it_is_asked_for(tab: Browser, tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text(MANY)
    page = written(tmp_path, tmp_path) + "/dags/many.html"
    tab.scripts(on=False)
    tab.open(page)
    tab.scripts(on=True)
    assert tab.count("svg.airflow:not([hidden]) .node") == tab.count("svg.dagster:not([hidden]) .node") == 150
    assert tab.count("details.task .args tbody tr") > 150
    tab.open(page)
    assert tab.count("svg.airflow .node") == tab.count("svg.dagster .node") == 6
    assert tab.count(".args") == 1  # those of the DAG itself
    for _ in range(30):
        tab.press("n")
    assert lit(tab)["tasks"] == ["stage_1.step_4"]
    assert lit(tab)["airflow"] == lit(tab)["dagster"] == ["group stage_1"]
    assert "A2D" in tab.texts("#strip .more")[0]
    assert [seen(tab, f".{side} .l.on") for side in ("airflow", "dagster")] == [True, True]
    tab.click('[data-zoom="groups"][data-side="airflow"]')
    assert tab.count("svg.airflow:not([hidden]) .node") == 150
    assert lit(tab)["airflow"] == ["stage_1.step_4"]
    tab.click('[data-zoom="groups"][data-side="airflow"]')
    tab.press("0")
    tab.click('svg.airflow:not([hidden]) .node[data-id="group stage_5"]')
    assert seen(tab, 'svg.airflow:not([hidden]) .node[data-id="stage_5.step_3"]')
    tab.click("details.task:nth-of-type(8) summary")
    assert "echo {stage}" in tab.texts("details.task[open] .args")[0]
    tab.open(f"{page}#{tab.run('document.querySelectorAll(`details.task`)[40].id')}")
    assert tab.count("details.task[open] .args") == 1


def test_dragging_moves_and_chooses_nothing(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/month_end_close.html")
    x, y = tab.place('svg.airflow .node[data-id="take_lock"]')
    at = "document.querySelector('svg.airflow .node').getBoundingClientRect().x"
    before = tab.run(at)
    for kind, dx in (("mousePressed", 0), ("mouseMoved", 30), ("mouseMoved", 60), ("mouseReleased", 60)):
        tab.send("Input.dispatchMouseEvent", type=kind, x=x + dx, y=y, button="left", buttons=1, clickCount=1)
    tab.settle()
    assert tab.run(at) == pytest.approx(before + 60)
    assert lit(tab)["tasks"] == []


def select(tab: Browser, name: str, value: str) -> None:
    """Choose an entry of one of the index's filters."""
    field = f"document.querySelector('[data-filter={name}]')"
    tab.run(f"{field}.value = {value!r}; {field}.dispatchEvent(new Event('change'))")


def shown(tab: Browser) -> list[str]:
    return [text.strip() for text in tab.texts("#dag-table tbody tr:not([hidden]) th > a")]


def test_the_index_searches_filters_and_sorts(tab: Browser, report: str) -> None:
    tab.open(f"{report}/index.html")
    everything = shown(tab)
    assert everything == sorted(everything)
    tab.press("/")
    tab.write("ledger_")
    assert shown(tab) == ["ledger_audit", "ledger_postings", "ledger_statement"]
    assert tab.texts("#shown") == [f"3 of {len(everything)} DAGs"]
    tab.press("Escape")
    assert shown(tab) == everything
    select(tab, "fidelity", "bridged")
    assert set(shown(tab)) == {"inventory_load", "product_catalog_sync"}
    select(tab, "fidelity", "")
    tab.click("th:nth-child(4) button")
    counts = [int(text) for text in tab.texts("#dag-table tbody td:nth-child(4)")]
    assert counts == sorted(counts, reverse=True)
    assert tab.run("document.querySelector('th[aria-sort]').getAttribute('aria-sort')") == "descending"
    tab.click("th:nth-child(1) button")
    assert shown(tab) == everything
    tab.press("/")
    tab.write("nothing is called so")
    assert shown(tab) == []
    assert not tab.run("document.getElementById('nothing').hidden")


def test_from_the_index_to_a_finding(tab: Browser, report: str) -> None:
    tab.open(f"{report}/index.html#A2D203")
    assert tab.run("document.getElementById('A2D203').open")
    target = tab.run("document.querySelector('#A2D203 .found a').href")
    tab.open(target)
    assert "A2D203" in tab.texts(".finding.on")[0]


def test_everything_is_there_without_scripts(tab: Browser, report: str) -> None:
    tab.scripts(on=False)
    tab.open(f"{report}/dags/month_end_close.html")
    tab.scripts(on=True)
    hidden = "[...document.querySelectorAll('.js')].filter(e => e.getClientRects().length).length"
    assert tab.run(hidden) == 0
    assert tab.run("document.querySelector('svg.airflow .node').getBoundingClientRect().height") > 30
    assert tab.run("document.querySelector('svg.airflow .node').getAttribute('href')") == "#task-take_lock"
    assert tab.run("document.querySelector('.args').closest('details').querySelector('summary') !== null")
    tab.scripts(on=False)
    tab.open(f"{report}/index.html")
    tab.scripts(on=True)
    assert tab.run("document.querySelectorAll('#dag-table tbody tr:not([hidden])').length") > 30


def test_it_prints(tab: Browser, report: str) -> None:
    tab.open(f"{report}/dags/month_end_close.html")
    assert tab.send("Page.printToPDF")["data"].startswith("JVBERi0")  # %PDF-
    tab.scheme("light", media="print")
    assert tab.run("getComputedStyle(document.querySelector('.top')).display") == "none"
    # Nothing is cut off, and nothing lies over anything else.
    assert tab.run("document.querySelector('.code').scrollHeight <= document.querySelector('.code').clientHeight + 1")
    boxes = tab.run(
        "[...document.querySelectorAll('section.head, .pane, .block')]"
        ".map(e => e.getBoundingClientRect()).map(b => [b.top, b.bottom])"
    )
    assert all(below[0] >= above[1] - 1 for above, below in pairwise(boxes))
    assert tab.count(".zoom") == 2
    assert tab.run("[...document.querySelectorAll('.zoom, .strip, #search')].every(e => !e.getClientRects().length)")


# --- lineage -------------------------------------------------------------------------------------------------------


def rows(tab: Browser) -> list[str]:
    """The names of what the list of the lineage page shows."""
    return tab.texts("#items > li:not([hidden]) .id")


def test_lineage_is_filtered(tab: Browser, report: str) -> None:
    tab.open(f"{report}/lineage.html")
    everything = rows(tab)
    tab.press("/")
    tab.write("orders")
    found = rows(tab)
    assert 0 < len(found) < len(everything)
    assert tab.texts("#shown") == [f"{len(found)} of {len(everything)}"]
    tab.run("Object.assign(document.getElementById('search'), {value: ''}).dispatchEvent(new Event('input'))")
    for control, value in (("by-dag", "store_replenishment"), ("by-group", "proposals_berlin")):
        chosen = f"Object.assign(document.getElementById('{control}'), {{value: '{value}'}})"
        tab.run(f"{chosen}.dispatchEvent(new Event('change'))")
    tab.settle()
    assert rows(tab) == ["proposals_berlin.shortage", "proposals_berlin.save"]


def test_lineage_is_traced(tab: Browser, report: str) -> None:
    """Across DAGs, in either direction, from the graph or from the list; the fragment names what is traced."""
    tab.open(f"{report}/lineage.html")
    everything = len(rows(tab))
    item = tab.run("document.querySelector('#items a[href$=\"ledger_postings.html#task-post_day\"]').closest('li').id")
    tab.press("0")
    tab.click(f"svg.lineage .node[href='#{item}'] .shape")
    assert tab.run("location.hash") == f"#{item}"
    assert {"ledger_entries", "post_day", "wait_for_postings", "difference"} <= set(rows(tab))
    assert "fct_daily_sales" not in rows(tab)
    assert tab.texts(".node.on .title") == ["post_day"]
    assert tab.count("svg.lineage .node:not(.dim)") == len(rows(tab))
    tab.click('[data-trace="up"]')
    assert set(rows(tab)) == {"ledger_entries", "post_day"}
    assert tab.texts('[data-trace][aria-pressed="true"]') == ["upstream 1"]
    tab.click('[data-trace="down"]')
    assert "ledger_entries" not in rows(tab)
    tab.press("Escape")
    assert len(rows(tab)) == everything
    assert tab.count(".dim") == 0
    tab.open(f"{report}/lineage.html#{item}")
    assert tab.texts(".node.on .title") == ["post_day"]
    assert (
        tab.run("document.getElementById('trace-page').getAttribute('href')")
        == "dags/ledger_postings.html#task-post_day"
    )


def test_lineage_without_javascript(tab: Browser, report: str) -> None:
    tab.scripts(on=False)
    tab.open(f"{report}/lineage.html")
    assert tab.run("getComputedStyle(document.querySelector('.filters')).display") == "none"
    assert len(rows(tab)) > 100
    assert tab.count("#items a[href='dags/ledger_postings.html#task-post_day']") == 1


WIDE = """
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

for number in range(26):
    with DAG(f"wide_{number}", schedule=None):
        last = None
        for step in range(20):
            task = BashOperator(task_id=f"step_{step}", bash_command="date")
            last = last >> task if last else task
"""


def test_a_long_lineage_is_made_as_it_is_seen(tab: Browser, tmp_path: Path) -> None:
    (tmp_path / "wide.py").write_text(WIDE)
    page = written(tmp_path, tmp_path) + "/lineage.html"
    tab.scripts(on=False)
    tab.open(page)
    assert tab.count("#items .ends") == 2 * 520
    tab.scripts(on=True)
    tab.open(page)
    assert len(rows(tab)) == 520
    assert tab.count("#items .ends") < 400
    tab.press("/")
    tab.write("wide_25 step_19")
    tab.settle()
    assert rows(tab) == ["step_19"]
    assert "step_18" in tab.texts("#items > li:not([hidden]) .ends")[0]
