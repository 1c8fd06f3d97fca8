"""The catalogue's pages in `docs/rewrites`, written from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import SET_NAMES
from nix_lsp.ide.rewrites.imperative.places import SCRIPT_OPTIONS
from nix_lsp.ide.rewrites.imperative.table import REWRITES

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.rewrite import Rewrite

_NEVER = (
    "Nothing is said of commands in loops, conditions, functions, subshells and pipelines, behind `exit`, or with operands that only the "
    "running shell knows."
)
_SWITCH_OFF = (
    "Write `# nix-lsp: ignore {id}` on the line or the line above, in the script itself, or `# nix-lsp: ignore-file {id}` anywhere in the "
    "file."
)


def pages() -> dict[str, str]:
    """Return every page's Markdown by its file name, the index among them."""
    return {"README.md": _index()} | {f"{rewrite.id}.md": page(rewrite) for rewrite in REWRITES}


def page(rewrite: Rewrite) -> str:
    """Return the page of one rewrite."""
    looked = [row for row in SCRIPT_OPTIONS if row.place in rewrite.places and row.sets & rewrite.lanes]
    options = list(dict.fromkeys(f"- `{'.'.join(row.path).replace('*', '<name>')}`" for row in looked))
    return "\n".join(
        (
            f"# {rewrite.id}",
            "",
            f"{rewrite.summary}.",
            "",
            f"Module sets: {', '.join(name for key, name in SET_NAMES.items() if key in rewrite.lanes)}.",
            "",
            rewrite.why,
            "",
            "```nix",
            "# before",
            rewrite.before,
            "",
            "# after",
            rewrite.after,
            "```",
            "",
            f"It writes {_listed(rewrite.options)}, as the pinned release spells it and merged into what the file defines.",
            "",
            "## When to keep the command",
            "",
            rewrite.keep,
            "",
            _NEVER,
            "",
            "## Where it looks",
            "",
            *options,
            "",
            "## Switching it off",
            "",
            _SWITCH_OFF.format(id=rewrite.id),
            "",
        )
    )


def _index() -> str:
    rows = "\n".join(
        f"| [{rewrite.id}]({rewrite.id}.md) | {rewrite.summary} | {', '.join(name for key, name in SET_NAMES.items() if key in rewrite.lanes)} |"
        for rewrite in REWRITES
    )
    return (
        "# Imperative habits and their options\n\n"
        "Commands in a module's scripts that an option can say. Each is a hint with an edit; the edit is part of "
        "`source.fixAll.nix-lsp` only where the setting `fixAll.imperative` says so.\n\n"
        f"| id | what | module sets |\n|---|---|---|\n{rows}\n"
    )


def _listed(options: tuple[str, ...]) -> str:
    return ", ".join(f"`{option}`" for option in options)
