"""Kinds of code actions, by their names in the protocol (LSP 3.17, `CodeActionKind`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

QUICK_FIX = "quickfix"
REWRITE = "refactor.rewrite"
EXTRACT = "refactor.extract"
INLINE = "refactor.inline"
MOVE = "refactor.move"
FIX_ALL = "source.fixAll.nix-lsp"
IMPORT = "source.nix-lsp.import"


def is_asked(kind: str, only: Collection[str] | None) -> bool:
    """Tell whether actions of a kind are asked for: `only` are kinds, each with all below it; None asks for all."""
    return only is None or any(kind == asked or kind.startswith(f"{asked}.") for asked in only)
