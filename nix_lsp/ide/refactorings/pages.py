"""The page `docs/refactorings.md`, written from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.refactorings import rows

if TYPE_CHECKING:
    from nix_lsp.ide.refactorings.refactoring import Refactoring

_HEAD = """# Refactorings

What the editor's menu of code actions offers at the cursor or for a selection, beside the fixes of what is
[reported](rules/README.md). Most keep the meaning; those that can change it say *(review)* in their title. All keep comments, and
take the file's own indentation. In the examples `⌶` is the cursor, and `«…»` the selection.
"""


def page() -> str:
    """Return the page's Markdown."""
    index = " · ".join(f"[{row.id}](#{row.id})" for row in rows())
    return "\n".join((_HEAD, f"{index}\n", *map(_section, rows())))


def _section(row: Refactoring) -> str:
    before = row.before.replace("$0", "⌶")
    parts = [f"## {row.id}", "", f"{row.summary} Kind: `{row.kind}`.", "", *_code(before), "", *_code(row.after)]
    if row.creates:
        parts += ["", "with the new file", "", *_code(row.creates.rstrip("\n"))]
    return "\n".join((*parts, ""))


def _code(text: str) -> tuple[str, ...]:
    """Return a block of code; of several files (`#- /path` begins one), each below its name."""
    return ("```nix", text.rstrip("\n").replace("#- /", "# ./"), "```")
