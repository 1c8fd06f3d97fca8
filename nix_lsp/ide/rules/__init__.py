"""The table of rules. A rule is a row and a function: add it to its family's module, and the module here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.ide.rules.rule import Rule

_DOCUMENTATION = "https://github.com/nix-lsp/nix-lsp/blob/main/docs"


def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order in which they are documented."""
    from nix_lsp.ide.rules import (
        attributes,
        builtins,
        duplicates,
        expressions,
        imports,
        lane,
        library,
        locks,
        moved_options,
        packages,
        read_only,
        releases,
        syntax,
        types,
        undefined_names,
        unknown_options,
        unknown_packages,
        unused_ignores,
        unused_names,
        warned,
    )

    return (
        *syntax.RULES,
        *undefined_names.RULES,
        *unused_names.RULES,
        *expressions.rules(),
        *imports.RULES,
        *unknown_options.RULES,
        *moved_options.RULES,
        *types.RULES,
        *read_only.RULES,
        *warned.RULES,
        *lane.RULES,
        *duplicates.RULES,
        *releases.RULES,
        *locks.RULES,
        *unknown_packages.RULES,
        *packages.RULES,
        *library.RULES,
        *builtins.RULES,
        *attributes.RULES,
        *unused_ignores.RULES,
    )


def rule_summaries() -> Mapping[str, str]:
    """Return one sentence for each id that a diagnostic can carry: rules and rewrites."""
    from nix_lsp.ide.rewrites import rewrite_summaries

    return {rule.id: rule.summary for rule in rules()} | dict(rewrite_summaries())


def documentation_url(rule: str) -> str:
    """Return the page about a rule or rewrite."""
    folder = "rewrites" if rule.startswith("imp-") else "rules"
    return f"{_DOCUMENTATION}/{folder}/{rule}.md"
