"""The catalogue's pages in `docs/rewrites`, written from the table."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import SET_NAMES
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.expressions import ExpressionRewrite
from nix_lsp.ide.rewrites.imperative.places import DEV_SHELL, DEVENV, DEVSHELL, SCRIPT_OPTIONS, Form
from nix_lsp.ide.rewrites.imperative.rewrite import Place, Rewrite
from nix_lsp.ide.rewrites.imperative.table import HABITS
from option_index.records import Standing

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.habit import Habit
    from option_index.query import OptionSet

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

_SETS = SET_NAMES | {DEV_SHELL: "`mkShell`", DEVENV: "devenv", DEVSHELL: "devshell"}
_MANUALS = {
    "nixos": ("the NixOS manual", "https://nixos.org/manual/nixos/stable/options#opt-"),
    "home-manager": ("home-manager's manual", "https://nix-community.github.io/home-manager/options.xhtml#opt-"),
    "nix-darwin": ("nix-darwin's manual", "https://nix-darwin.github.io/nix-darwin/manual/#opt-"),
}
_RELEASE = "26.05"
_NOTHING = ("# after", "# (nothing)")
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
            *(("",) if habit.after or habit.tier is not Tier.EXPLAINED else ()),
            *(("# after", habit.after) if habit.after else _NOTHING if habit.tier is not Tier.EXPLAINED else ()),
            "```",
            "",
            *_what_it_does(habit),
            f"## When to keep {'the command' if isinstance(habit, Rewrite) else 'it'}",
            "",
            habit.keep,
            "",
            *_where(habit),
            *_manuals(habit),
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
        and not (habit.shells and row.place is Place.SHELL_INIT and row.path[1] not in habit.shells)
        and (row.form is not Form.VALUE or row.path[-1] in habit.tools)
    ]
    options = list(dict.fromkeys(f"- `{'.'.join(row.path).replace('*', '<name>')}`" for row in looked))
    return _NEVER, "", "## Where it looks", "", *options, ""


def _manuals(habit: Habit) -> tuple[str, ...]:
    """Return the section that says where the manuals have the options, as of the newest release."""
    if not isinstance(habit, Rewrite):
        return ()
    entries = [
        f"- [`{'.'.join(path)}`]({address}{_anchor(path)}) in {name}"
        for key, (name, address) in _MANUALS.items()
        if key in habit.lanes and (options := _options(key))
        for option in habit.options
        if (path := _documented(options, option))
    ]
    return ("## In the manuals", "", *entries, "") if entries else ()


@cache
def _options(module_set: str) -> OptionSet | None:
    from option_index.catalog import Catalog
    from option_index.timeline import Point

    return Catalog().options(module_set, Point(release=_RELEASE))


def _documented(options: OptionSet, named: str) -> tuple[str, ...] | None:
    """Return the path that a manual documents for an option, or for the switch of what is below it."""
    for path in (named.split("."), [*named.split("."), "enable"]):
        found = options.resolve(path)
        if found.standing is Standing.OPTION and found.option:
            return found.option.path
    return None


def _anchor(path: tuple[str, ...]) -> str:
    """Return the id of an option's entry (nixpkgs, pkgs/by-name/ni/nixos-render-docs)."""
    return re.sub(r'[:*<>\[\] "]', "_", ".".join(path))


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
