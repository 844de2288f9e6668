"""What was written last, kept in the output folder's `.migrate`: the base of a three-way merge with a person's edits.

Plain files, a copy of each generated one, because the folder is committed, reviewed and worked on in branches. An
archive would be one line in a review, but two branches that both converted would always conflict in it, and a conflict
in an archive cannot be merged; copies merge where the files themselves do. Git's history has the former text only if it
was committed and the clone is not shallow, and nothing says that the folder is in git. So that copies do not stand
in the way, `.gitattributes` keeps them out of diffs, and `.txt` behind the name keeps them from linters, formatters
and searches for definitions.
"""

from __future__ import annotations

from .folder import BESIDE, STORE

SUFFIX = ".txt"
ATTRIBUTES_FILE = f"{STORE}/.gitattributes"
ATTRIBUTES = """\
# Copies of what migrate wrote, to merge with what people edit. Commit them; nobody has to read them.
* -diff linguist-generated gitlab-generated
"""


def written(path: str) -> str:
    """Where the text is kept that a file had when it was last written: the base of the next merge."""
    return f"{STORE}/written/{path}{SUFFIX}"


def waiting(path: str) -> str:
    """Where the text is kept that was generated for a file whose merge waits: the base as soon as it is dealt with."""
    return f"{STORE}/waiting/{path}{SUFFIX}"


def is_ours(name: str) -> bool:
    """Whether this is below `.migrate`."""
    return name.startswith(f"{STORE}/")


def is_copy(name: str) -> bool:
    """Whether this is one of the copies, by its name; anything else below `.migrate` is left alone."""
    return name.startswith((f"{STORE}/written/", f"{STORE}/waiting/")) and name.endswith(SUFFIX)


def subject(name: str) -> str:
    """The file of the project that a copy or a merge beside it is about; any other file is about itself."""
    if is_copy(name):
        return name.removesuffix(SUFFIX).split("/", 2)[2]
    return name.removesuffix(BESIDE)
