"""The rows about expressions, apart from those about commands: a file that has none of their words loads no others."""

from __future__ import annotations

from nix_lsp.ide.rewrites.imperative.rows import fetching, purity

EXPRESSIONS = (
    purity.SEARCH_PATH,
    fetching.TARBALL,
    fetching.GIT,
    fetching.BRANCH,
    fetching.SRI,
    purity.BUILTINS,
)
