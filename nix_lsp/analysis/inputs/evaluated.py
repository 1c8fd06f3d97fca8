"""Inputs whose modules come out of an evaluation of other modules (`lib.evalModules`): which those are, as a table says."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN, NIXOS
from nix_lsp.analysis.partial.value import UNKNOWN, Attrset, Listing, NixPath, Symbol, Thunk, Value, choice, given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.analysis.inputs.sources import InputSource
    from nix_lsp.analysis.partial.evaluate import Evaluator
    from option_index.records import Path


class Evaluated(NamedTuple):
    """The option of a host whose submodule is made of an input's modules; paths are below the input's source."""

    outputs: frozenset[str]
    """Flake outputs that the modules with this option stand in."""
    option: Path
    modules: str
    for_set: Mapping[str, str]
    """A further module, by the set of the host."""
    overlay: str
    """What extends the `lib` of these modules."""


EVALUATED: Mapping[str, Evaluated] = {
    "nixvim": Evaluated(
        frozenset({"nixosModules", "homeModules", "homeManagerModules", "nixDarwinModules"}),
        ("programs", "nixvim"),
        "modules/top-level",
        {
            NIXOS: "wrappers/modules/nixos.nix",
            HOME_MANAGER: "wrappers/modules/hm.nix",
            NIX_DARWIN: "wrappers/modules/darwin.nix",
        },
        "lib/overlay.nix",
    )
}
"""By the repository's name. nixvim: flake/wrappers.nix, lib/modules.nix, wrappers/_shared.nix."""


class Submodule(NamedTuple):
    """What stands below such an option."""

    option: Path
    modules: Value
    lib: Thunk
    """The `lib` that the modules are given."""


def evaluated(evaluator: Evaluator, source: InputSource, output: Path, module_set: str) -> Submodule | None:
    """Return what the module at `output` of an input declares, where the table has it and the input is laid out so; else None."""
    known = EVALUATED.get(source.repository)
    if known is None or source.folder is None or not known.outputs.intersection(output[:1]):
        return None
    names = (known.modules, known.for_set.get(module_set), known.overlay)
    paths = [posixpath.join(source.folder, name) for name in names if name]
    if len(paths) < len(names) or any(evaluator.file_of(path) is None for path in paths):
        return None
    *modules, overlay = paths
    listed = Listing(tuple(given(NixPath(path)) for path in modules))
    return Submodule(known.option, listed, _extended(evaluator, overlay))


def _extended(evaluator: Evaluator, overlay: str) -> Thunk:
    """Return nixpkgs' `lib` with what an overlay adds, which may ask for the whole."""
    base = given(Symbol(("lib",)))
    whole = Thunk(lambda: choice((added, base)))

    def add() -> Value:
        value = evaluator.apply(evaluator.apply(evaluator.file(overlay), whole), base)
        return value if isinstance(value, Attrset) else UNKNOWN

    added = Thunk(add)
    return whole
