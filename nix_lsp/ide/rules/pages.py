"""The pages in `docs/rules`, written from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import SET_NAMES
from nix_lsp.ide.rules import rules

if TYPE_CHECKING:
    from nix_lsp.ide.rules.rule import Rule

_SWITCH_OFF = (
    "Write `# nix-lsp: ignore {id}` on the line or alone on the line above, or `# nix-lsp: ignore-file {id}` anywhere in the file; or "
    "name the rule in the setting `diagnostics.ignore`."
)


def pages() -> dict[str, str]:
    """Return every page's Markdown by its file name, the index among them."""
    return {"README.md": _index()} | {f"{rule.id}.md": page(rule) for rule in rules()}


def page(rule: Rule) -> str:
    """Return the page of one rule."""
    for_release = f" for NixOS {rule.release}" if rule.release else ""
    in_file = f" in `{rule.file}`" if rule.file == "flake.nix" else ""
    return "\n".join(
        (
            f"# {rule.id}",
            "",
            rule.summary,
            "",
            f"Severity: {rule.severity.name.lower()}. Judges: {_lanes(rule)}. Fix: {'yes' if rule.has_fix else 'no'}.",
            "",
            rule.explanation,
            "",
            f"Reported{for_release}{in_file}:",
            "",
            "```nix",
            rule.bad,
            "```",
            "",
            "Instead:",
            "",
            "```nix",
            rule.good,
            "```",
            "",
            "## Switching it off",
            "",
            _SWITCH_OFF.format(id=rule.id),
            "",
        )
    )


def _index() -> str:
    rows = "\n".join(
        f"| [{rule.id}]({rule.id}.md) | {rule.severity.name.lower()} | {rule.summary} | {'yes' if rule.has_fix else ''} |"
        for rule in rules()
    )
    return (
        "# Rules\n\n"
        "What nix-lsp reports while you type, and with `nix-lsp check`. Options are judged by the release that the project pins, and a "
        "claim is made only where every host that evaluates the file agrees on it. Imperative habits have "
        "[pages of their own](../rewrites/README.md).\n\n"
        f"| id | severity | what | fix |\n|---|---|---|---|\n{rows}\n"
    )


def _lanes(rule: Rule) -> str:
    return ", ".join(SET_NAMES[lane] for lane in rule.lanes) if rule.lanes else "any Nix file"
