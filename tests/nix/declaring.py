"""What the fixes of imperative habits make of a module."""

from __future__ import annotations

from nix_lsp.ide.edits import apply
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from tests.fixture import project


def declared(module: str, path: str = "/configuration.nix") -> str:
    """Apply the first fix of every finding, one after another."""
    for _ in range(60):
        fixture = project(module, pin="unstable", path=path)
        fixes = [fix for each in find_imperative(fixture.workspace, fixture.document) for fix in each.fixes[:1]]
        if not fixes:
            return module
        module = apply(fixture.document.source, fixes[0].edits[0].edits).decode()
    raise AssertionError(module)
