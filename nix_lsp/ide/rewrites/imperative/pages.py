"""The catalogue's pages in `docs/rewrites`, written from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import SET_NAMES
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.expressions import ExpressionRewrite
from nix_lsp.ide.rewrites.imperative.places import DEV_SHELL, DEVENV, SCRIPT_OPTIONS, Form
from nix_lsp.ide.rewrites.imperative.rewrite import Rewrite
from nix_lsp.ide.rewrites.imperative.table import HABITS

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.habit import Habit

_NEVER = (
    "Nothing is said of commands in loops, conditions, functions, subshells and pipelines, behind `exit`, or with operands that only the "
    "running shell knows."
)
_SWITCH_OFF = (
    "Write `# nix-lsp: ignore {id}` on the line or the line above, in the script itself, or `# nix-lsp: ignore-file {id}` anywhere in the "
    "file."
)

_SWITCH_OFF_NIX = "Write `# nix-lsp: ignore {id}` on the line or the line above, or `# nix-lsp: ignore-file {id}` anywhere in the file."
_SWITCH_ON = "It is off unless `.nix-lsp.toml` or the editor's settings give it a severity, or `nix-lsp check --select {id}` asks for it."

_SETS = SET_NAMES | {DEV_SHELL: "`mkShell`", DEVENV: "devenv"}
_EDITS = {Tier.MECHANICAL: "yes", Tier.REVIEW: "for review", Tier.EXPLAINED: "none"}


def pages() -> dict[str, str]:
    """Return every page's Markdown by its file name, the index among them."""
    return {"README.md": _index()} | {f"{habit.id}.md": page(habit) for habit in HABITS}


def page(habit: Habit) -> str:
    """Return the page of one row."""
    return "\n".join(
        (
            f"# {habit.id}",
            "",
            f"{habit.summary}.",
            "",
            f"{_sets(habit, 'Module sets: ', 'Any Nix file')}.",
            "",
            habit.why,
            "",
            "```nix",
            "# before",
            habit.before,
            "",
            "# after",
            habit.after or "{ }",
            "```",
            "",
            *_what_it_does(habit),
            f"## When to keep {'the command' if isinstance(habit, Rewrite) else 'it'}",
            "",
            habit.keep,
            "",
            *_where(habit),
            "## Switching it off",
            "",
            (_SWITCH_OFF if isinstance(habit, Rewrite) else _SWITCH_OFF_NIX).format(id=habit.id),
            "",
        )
    )


def _where(habit: Habit) -> tuple[str, ...]:
    if isinstance(habit, ExpressionRewrite):
        return ("## Switching it on", "", _SWITCH_ON.format(id=habit.id), "") if habit.is_asked_for else ()
    if not isinstance(habit, Rewrite):
        return ()
    looked = [
        row
        for row in SCRIPT_OPTIONS
        if row.place in habit.places
        and row.sets & habit.lanes
        and (row.form is not Form.VALUE or row.path[-1] in habit.tools)
    ]
    options = list(dict.fromkeys(f"- `{'.'.join(row.path).replace('*', '<name>')}`" for row in looked))
    return _NEVER, "", "## Where it looks", "", *options, ""


def _sets(habit: Habit, lead: str, anywhere: str) -> str:
    """Name the module sets of a row."""
    if not isinstance(habit, Rewrite):
        return anywhere
    return lead + ", ".join(name for key, name in _SETS.items() if key in habit.lanes)


def _index() -> str:
    rows = "\n".join(
        f"| [{habit.id}]({habit.id}.md) | {habit.summary} | {_EDITS[habit.tier]} | {_sets(habit, '', 'any Nix file')} |"
        for habit in HABITS
    )
    return (
        "# Imperative habits and their options\n\n"
        "Commands in a module's scripts that an option can say. Where an edit means the same, it is offered first, and is part of "
        "`source.fixAll.nix-lsp` where the setting `fixAll.imperative` says so; others are for review; some are only explained.\n\n"
        f"| id | what | edit | module sets |\n|---|---|---|---|\n{rows}\n"
    )


def _what_it_does(rewrite: Habit) -> tuple[str, ...]:
    """Return the paragraph about the edit."""
    if not isinstance(rewrite, Rewrite):
        return ("The edit is for review: read it before you keep it.", "") if rewrite.tier is Tier.REVIEW else ()
    if rewrite.is_quiet:
        return ("Hover over the command tells so; there is no diagnostic.", "")
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
