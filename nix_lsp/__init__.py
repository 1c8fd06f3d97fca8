"""A language server for Nix that answers for the nixpkgs release a project has pinned."""

__version__ = "0.1.0"
