"""Facts about module options, packages and builtins, per nixpkgs release.

Knows nothing of editors, of Nix source text, or of `nix_lsp`.
"""
