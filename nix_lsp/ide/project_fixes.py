"""One rule's fixes in all files of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.files import walk
from nix_lsp.ide.actions import fix_all
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.model import Fix, Tier

if TYPE_CHECKING:
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.syntax.document import Document

_FILES = 5_000
"""So many files are looked at."""


def rules_to_fix(workspace: Workspace, document: Document) -> list[str]:
    """Return the rules whose findings in a document can be fixed without a second look, in the order of the text."""
    return list(
        dict.fromkeys(
            each.rule
            for each in diagnostics(workspace, document)
            if any(fix.preferred and fix.tier is Tier.MECHANICAL for fix in each.fixes)
        )
    )


def fix_in_project(workspace: Workspace, rule: str) -> Fix | None:
    """Return the mechanical fixes of a rule in all Nix files below the workspace's root, as one; None where there are none."""
    edits = [
        edit
        for number, path in enumerate(walk(workspace.files, workspace.root))
        if number < _FILES and path.endswith(".nix") and (document := workspace.document(path))
        if (fix := fix_all(workspace, document, rule=rule))
        for edit in fix.edits
    ]
    return Fix(f"Fix all `{rule}` in this project", tuple(edits)) if edits else None
