"""The catalogue's pages in `docs/rewrites`, written from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import SET_NAMES
from nix_lsp.ide.model import Tier
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

_EDITS = {Tier.MECHANICAL: "yes", Tier.REVIEW: "for review", Tier.EXPLAINED: "none"}


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
            rewrite.after or "{ }",
            "```",
            "",
            *_what_it_does(rewrite),
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
        f"| [{rewrite.id}]({rewrite.id}.md) | {rewrite.summary} | {_EDITS[rewrite.tier]} | {', '.join(name for key, name in SET_NAMES.items() if key in rewrite.lanes)} |"
        for rewrite in REWRITES
    )
    return (
        "# Imperative habits and their options\n\n"
        "Commands in a module's scripts that an option can say. Where an edit means the same, it is offered first, and is part of "
        "`source.fixAll.nix-lsp` where the setting `fixAll.imperative` says so; others are for review; some are only explained.\n\n"
        f"| id | what | edit | module sets |\n|---|---|---|---|\n{rows}\n"
    )


def _what_it_does(rewrite: Rewrite) -> tuple[str, ...]:
    """Return the paragraph about the edit."""
    if rewrite.tier is Tier.EXPLAINED:
        names = f" It names {_listed(rewrite.options)} where the pinned release has it." if rewrite.options else ""
        return (f"There is no edit: what to write instead depends on more than the command says.{names}", "")
    if not rewrite.options:
        return ("The edit takes the command out; nothing has to be written instead.", "")
    writes = (
        f"It writes {_listed(rewrite.options)}, as the pinned release spells it and merged into what the file defines."
    )
    if rewrite.tier is Tier.REVIEW:
        writes += " The edit is for review: read it before you keep it."
    return (writes, "")


def _listed(options: tuple[str, ...]) -> str:
    return ", ".join(f"`{option}`" for option in options)
