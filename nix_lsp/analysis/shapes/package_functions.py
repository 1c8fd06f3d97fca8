"""Functions that make packages, or call those that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shapes.file_functions import imported
from nix_lsp.analysis.shapes.shape import (
    ANY,
    Attribute,
    Attrs,
    Function,
    Known,
    Lazy,
    Package,
    Plain,
    Probe,
    Shape,
    attribute,
    known,
    opened,
    updated,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nix_lsp.analysis.shapes.inference import Inference

    Arguments = tuple[Lazy, ...]

_PACKAGE_SETS: Mapping[str, str] = {
    "haskellPackages": "haskellPackages",
    "perl": "perlPackages",
    "lua": "luaPackages",
    "R": "rPackages",
    "emacs": "emacsPackages",
    "texlive": "texlive",
}
"""Where the packages of an interpreter are, by what its name begins with."""


def call_package(inference: Inference, args: Arguments) -> Shape:
    target = args[0].force()
    function = imported(inference, args[:1]) if isinstance(target, Plain) else target
    if not isinstance(function, Function):
        return Package(args[1]) if isinstance(target, Plain) else ANY
    given = updated(Attrs({}, PACKAGE_ARGUMENTS), args[1].force())
    return opened(inference.apply(function, known(given)))


class _PackageArguments(Shape):
    """What `callPackage` gives by name."""

    __slots__ = ()

    def attribute(self, name: str) -> Attribute | None:
        return attribute(Known(("pkgs", name)))._replace(is_certain=False)


PACKAGE_ARGUMENTS: Shape = _PackageArguments()


def with_packages(inference: Inference, function: Known) -> Shape:
    """`python3.withPackages (ps: [ … ])`: the function is given the packages of that interpreter."""
    owner = function.name[-2]
    set_ = next((name for start, name in _PACKAGE_SETS.items() if owner.startswith(start)), None)
    if owner.startswith("python"):
        set_ = f"{owner}Packages"
    given = (Known(("pkgs", set_)) if owner != set_ else Known(function.name[:-1])) if set_ else ANY
    inference.apply(function.args[0].force(), known(given))
    return Package(known(ANY))


def derivation(inference: Inference, args: Arguments) -> Shape:
    def given() -> Shape:
        found = args[0].force()
        return inference.apply(found, known(result)) if isinstance(found, Function | Probe) else found

    result = Package(Lazy(given))
    if isinstance(args[0].force(), Probe):
        result.given.force()
    return result
