"""A lock that was made for another flake.nix."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Severity
from nix_lsp.ide.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject

_LOCK = """\
{
  "nodes": {
    "nixpkgs": {
      "locked": { "owner": "NixOS", "repo": "nixpkgs", "rev": "0123456789abcdef0123456789abcdef01234567", "type": "github" },
      "original": { "owner": "NixOS", "ref": "nixos-26.05", "repo": "nixpkgs", "type": "github" }
    },
    "root": { "inputs": { "nixpkgs": "nixpkgs" } }
  },
  "root": "root",
  "version": 7
}
"""


def _stale(subject: Subject) -> Iterator[Diagnostic]:
    folder, name = posixpath.split(subject.document.path)
    lock = subject.project.document(posixpath.join(folder, "flake.lock")) if name == "flake.nix" else None
    if lock is None:
        return
    from nix_lsp.analysis.pins.staleness import stale_inputs

    for stale in stale_inputs(subject.document, lock):
        if stale.locked_for is None:
            message = f"flake.lock has no input `{stale.input}`: Nix will lock it when it next evaluates the flake."
        else:
            message = (
                f"flake.lock was made for `{stale.locked_for}`: Nix will lock `{stale.input}` anew when it next evaluates the flake, "
                "and until then the locked revision is what nix-lsp answers for."
            )
        yield STALE.at(stale.span, message)


STALE = Rule(
    id="lock-stale",
    severity=Severity.WARNING,
    summary="flake.lock does not agree with flake.nix.",
    explanation=(
        "Nix keeps a locked revision only while the reference in flake.nix is the one that it was locked for, and otherwise writes the "
        "lock anew (or fails, with `--no-update-lock-file`, as it should in continuous integration). `nix flake lock` brings it up to date.\n\n"
        "References are compared as Nix does, attribute by attribute: `github:NixOS/nixpkgs/nixos-26.05` is "
        "`github:NixOS/nixpkgs?ref=nixos-26.05`. Nothing is said of references whose attributes are not all known."
    ),
    bad='{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";\n  outputs = { ... }: { };\n}\n',
    good='{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";\n  outputs = { ... }: { };\n}\n',
    release=None,
    check=_stale,
    lanes=(),
    has_fix=False,
    file="flake.nix",
    beside=(("flake.lock", _LOCK),),
)

RULES = (STALE,)
