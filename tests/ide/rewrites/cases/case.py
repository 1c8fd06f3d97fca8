"""What the cases of a row are: two that it finds beside the example on its page, and some that look like it and are left."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

FRAMES = {
    "/configuration.nix": "{ config, lib, pkgs, ... }:\n{\nBODY}\n",
    "/home.nix": '{ config, lib, pkgs, ... }:\n{\n  home.username = "alice";\nBODY}\n',
    "/darwin-configuration.nix": '{ config, lib, pkgs, ... }:\n{\n  system.primaryUser = "alice";\nBODY}\n',
    "/shell.nix": "{ pkgs, lib }:\npkgs.mkShell {\nBODY}\n",
}
"""What stands round the bindings of a case, by the file that they are in; a case in any other file is the whole file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What the first fix of a case makes of it."""

    before: str
    after: str
    is_for_review: bool = False
    """The fix is not as good as the row's best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The cases of one row: `Edit`, or the text alone where the row only explains."""

    row: str
    file: str
    longer: Edit | str
    """The commands among others, as people write them."""
    beside: Edit | str
    """The module has something of the same already."""
    left: tuple[str, ...]
    """Nothing is said of these."""


def activation(*lines: str) -> str:
    """Return an activation script of a NixOS system."""
    return f"system.activationScripts.setup = ''\n{_indented(lines)}'';\n"


def switch(*lines: str) -> str:
    """Return an activation script of home-manager."""
    return f"home.activation.setup = lib.hm.dag.entryAfter [ \"writeBoundary\" ] ''\n{_indented(lines)}'';\n"


def mac(*lines: str) -> str:
    """Return the activation script of nix-darwin."""
    return f"system.activationScripts.postActivation.text = ''\n{_indented(lines)}'';\n"


def whole(file: str, body: str) -> str:
    """Return the text of a file with the bindings of a case."""
    frame = FRAMES.get(file)
    return frame.replace("BODY", textwrap.indent(body, "  ")) if frame else body


def _indented(lines: tuple[str, ...]) -> str:
    return "".join(f"  {line}\n" for line in lines)
