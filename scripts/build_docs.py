"""Write what comes from tables: pages of rules, rewrites, refactorings and settings, the schema of `.nix-lsp.toml`, VS Code's settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.ide.refactorings.pages import page as refactorings_page
from nix_lsp.ide.rewrites.imperative.pages import pages as rewrite_pages
from nix_lsp.ide.rules.pages import pages as rule_pages
from nix_lsp.lsp.settings_page import file_schema, vscode_properties
from nix_lsp.lsp.settings_page import page as settings_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_OF_THE_EXTENSION = ("nix-lsp.server.", "nix-lsp.trace.")
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
    _write_extension(ROOT / "editors" / "vscode" / "package.json")


def _write_extension(manifest: Path) -> None:
    """Put the settings into the extension's manifest, behind those that are the extension's own."""
    package = json.loads(manifest.read_text(encoding="utf-8"))
    page = package["contributes"]["configuration"]
    own = {name: each for name, each in page["properties"].items() if name.startswith(_OF_THE_EXTENSION)}
    page["properties"] = own | vscode_properties()
    manifest.write_text(f"{json.dumps(package, indent=2, ensure_ascii=False)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
