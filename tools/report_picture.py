"""Makes the README's picture of the report: `python tools/report_picture.py`, with Chromium on the PATH.

A DAG of sample_dags/ with one of its tasks chosen, as a reader sees it, in light.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.browser import browser, chromium  # noqa: E402

from migrator import migrate  # noqa: E402
from migrator.report import report_files  # noqa: E402

PICTURE = ROOT / "tools" / "report.png"
DAG, TASK = "month_end_close", "report_trouble"


def main() -> int:
    program = chromium()
    if program is None:
        print("There is no Chromium on the PATH.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        for path, text in report_files(migrate(ROOT / "sample_dags")).items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        with browser(program) as tab:
            tab.size(1440, 960)
            tab.scheme("light")
            tab.open(f"{Path(folder, 'report', 'dags', f'{DAG}.html').as_uri()}#task-{TASK}")
            tab.run("scrollTo(0, 0)")
            tab.settle()
            tab.picture(PICTURE)
    print(PICTURE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
