"""`NIXPKGS_ALLOW_UNFREE`: what nixpkgs may build, said to each shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.places import SHELLS
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command

_UNFREE, _INSECURE = "NIXPKGS_ALLOW_UNFREE", "NIXPKGS_ALLOW_INSECURE"
_SAID = (("nixpkgs", "config", "allowUnfree"), ("nixpkgs", "config", "allowUnfreePredicate"))


def _match(reading: Reading) -> Iterator[Match]:
    if reading.place is Place.VALUE:
        yield from _allowed(reading, reading.path[-1], reading.text.text, ())
        return
    for each in reading.assigned:
        yield from _allowed(reading, each.name, each.value.value, (each.command,))


def _allowed(reading: Reading, name: str, value: str | None, commands: tuple[Command, ...]) -> Iterator[Match]:
    if value != "1":
        return
    if reading.lane in SHELLS:
        note = "The packages of a shell are those of the nixpkgs that it is given: `import nixpkgs { config.allowUnfree = true; }`."
        yield Match(commands, (), tier=Tier.EXPLAINED, note=note)
        return
    if name == _UNFREE:
        is_said = any(path in reading.defined for path in _SAID)
        yield Match(
            commands,
            ((),) if is_said else ((setting("nixpkgs.config.allowUnfree", True),),),
            is_whole=not commands,
            names=(name,),
            tier=Tier.REVIEW,
            note=(
                "`nix run` and `nix shell` of another nixpkgs go by the variable, and only with `--impure`; "
                "`allowUnfreePredicate` can name the packages."
            ),
        )
    elif name == _INSECURE:
        yield Match(
            commands,
            (),
            is_whole=not commands,
            tier=Tier.EXPLAINED,
            note="The option takes the packages' full names, and stops allowing them when they change.",
            advised=("nixpkgs.config.permittedInsecurePackages",),
        )


UNFREE = Rewrite(
    id="imp-allow-unfree-env",
    summary="What nixpkgs may build can be declared as an option",
    why=(
        "The variable counts where Nix is run impurely, in shells that have it: a flake is built without it, and so is a system that another "
        "machine builds. The option counts for the configuration itself."
    ),
    keep="Keep it for `nix shell --impure` with packages that are not in the configuration.",
    before='environment.sessionVariables.NIXPKGS_ALLOW_UNFREE = "1";',
    after="nixpkgs.config.allowUnfree = true;",
    lanes=frozenset({"nixos", "home-manager", "nix-darwin"}) | SHELLS,
    places=frozenset({Place.VALUE, Place.SHELL_INIT, Place.SERVICE, Place.SERVICE_HOOK, Place.DEV_SHELL}),
    tools=frozenset({_UNFREE, _INSECURE}),
    match=_match,
    options=("nixpkgs.config",),
    tier=Tier.REVIEW,
)
