"""The team's queries, each in a file of its own."""

from pathlib import Path

QUERIES = Path(__file__).parents[1] / "queries"


def query(name):
    return (QUERIES / name).read_text().strip()
