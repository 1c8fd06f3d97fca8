"""One rule's fixes in all files of a project."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from nix_lsp.analysis.files import walk
from nix_lsp.ide.actions import fix_all
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.model import Fix, Tier

if TYPE_CHECKING:
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.ide.model import FileEdit
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


class ProjectFixes:
    """The mechanical fixes of a rule in all Nix files below a project's root, found file by file: who waits can do other things in between."""

    def __init__(self, workspace: Workspace, rule: str) -> None:
        """Begin with the project as it is; nothing is read yet."""
        self._rule = rule
        self._paths = islice((path for path in walk(workspace.files, workspace.root) if path.endswith(".nix")), _FILES)
        self._found: dict[str, tuple[bytes, tuple[FileEdit, ...]]] = {}
        self.seen = 0
        """How many files have been looked at."""

    def advance(self, workspace: Workspace) -> bool:
        """Look at the next file, in the project as it is now; False where none is left.

        A file that was edited since is looked at again.
        """
        path = next(self._paths, None) or next((each for each in self._found if self._is_stale(workspace, each)), None)
        if path is None:
            return False
        self.seen += 1
        self._found.pop(path, None)
        document = workspace.document(path)
        fix = fix_all(workspace, document, rule=self._rule) if document else None
        if document and fix:
            self._found[path] = document.source, fix.edits
        return True

    def _is_stale(self, workspace: Workspace, path: str) -> bool:
        document = workspace.document(path)
        return document is None or document.source != self._found[path][0]

    @property
    def fix(self) -> Fix | None:
        """What has been found so far, as one fix; None where there is nothing."""
        edits = tuple(edit for _, each in self._found.values() for edit in each)
        return Fix(f"Fix all `{self._rule}` in this project", edits) if edits else None
