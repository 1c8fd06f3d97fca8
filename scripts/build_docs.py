"""Write the pages that come from tables: `docs/rules`, `docs/rewrites`, `docs/refactorings.md`, `docs/settings.md`, and the schema of `.nix-lsp.toml`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.ide.refactorings.pages import page as refactorings_page
from nix_lsp.ide.rewrites.imperative.pages import pages as rewrite_pages
from nix_lsp.ide.rules.pages import pages as rule_pages
from nix_lsp.lsp.settings_page import file_schema
from nix_lsp.lsp.settings_page import page as settings_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDERS: Mapping[str, Callable[[], dict[str, str]]] = {"rules": rule_pages, "rewrites": rewrite_pages}


def main() -> None:
    """Write every page, and delete those whose row is gone."""
    for name, pages in FOLDERS.items():
        folder = DOCS / name
        folder.mkdir(parents=True, exist_ok=True)
        written = pages()
        for old in folder.glob("*.md"):
            if old.name not in written:
                old.unlink()
        for file, text in written.items():
            (folder / file).write_text(text, encoding="utf-8")
    (DOCS / "refactorings.md").write_text(refactorings_page(), encoding="utf-8")
    (DOCS / "settings.md").write_text(settings_page(), encoding="utf-8")
    schema = json.dumps(file_schema(), indent=2, ensure_ascii=False)
    (DOCS / "nix-lsp.schema.json").write_text(f"{schema}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
