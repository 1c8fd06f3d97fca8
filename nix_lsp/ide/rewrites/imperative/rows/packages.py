"""`nix-env -iA`: packages installed into a profile beside the configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Expression, List

if TYPE_CHECKING:
    from collections.abc import Iterator

NIX_ENV = Tool("nix-env", flags="iAbq", long={"install": "i", "attr": "A", "preserve-installed": "P", "quiet": "q"})
"""`-f`, `-p`, `--set`, `-e` and all else is not listed: such a line means another thing than installing from the channel."""

_ATTRIBUTE = re.compile(r"(?:nixos|nixpkgs)\.([A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)")
_TARGETS = {
    "nixos": "environment.systemPackages",
    "nix-darwin": "environment.systemPackages",
    "home-manager": "home.packages",
}


def _match(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(NIX_ENV):
        if not (invocation.has("i") and invocation.has("A")) or run.user or not invocation.operands:
            continue
        attributes = [_ATTRIBUTE.fullmatch(word.value or "") for word in invocation.operands]
        names = tuple(attribute[1] for attribute in attributes if attribute)
        if len(names) == len(attributes):
            packages = List(tuple(Expression(f"pkgs.{name}") for name in names))
            yield Match((command,), ((setting(_TARGETS[reading.lane], packages),),), packages=names)


INSTALL = Rewrite(
    id="imp-nix-env-install",
    summary="Packages can be listed in the configuration instead of being installed with nix-env",
    why=(
        "`nix-env -i` puts packages into a profile that no configuration describes: it is not rolled back with the system, not updated "
        "with it, and hides newer versions of the same program that come from the configuration."
    ),
    keep="Keep nix-env for trying a program out by hand, where `nix shell` does not serve.",
    before='system.activationScripts.tools = "nix-env -iA nixos.htop nixos.git";',
    after="environment.systemPackages = [ pkgs.htop pkgs.git ];",
    lanes=frozenset({"nixos", "home-manager", "nix-darwin"}),
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK}),
    tools=frozenset({"nix-env"}),
    match=_match,
    options=("environment.systemPackages", "home.packages"),
)
