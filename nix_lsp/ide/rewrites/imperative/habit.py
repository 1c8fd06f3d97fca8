"""What every row of the catalogue says, whether it is about commands in scripts or about Nix itself."""

from __future__ import annotations

from dataclasses import dataclass

from nix_lsp.ide.model import Severity, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A row, as its page shows it."""

    id: str
    summary: str
    """What the diagnostic says first: one sentence."""
    why: str
    """Why it is imperative and what goes wrong with it."""
    keep: str
    """When to keep it."""
    before: str
    """An example."""
    after: str
    """What its edit makes of `before`; empty where a command only goes; an example where there is no edit."""
    options: tuple[str, ...] = ()
    """The options it writes, or names, for people: `users.users.<name>`."""
    severity: Severity = Severity.HINT
    """More than a hint only where it is broken or dangerous."""
    tier: Tier = Tier.MECHANICAL
    """How far its edits can be trusted at best."""
