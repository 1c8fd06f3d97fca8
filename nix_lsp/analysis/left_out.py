"""What `disabledModules` leaves out of a module set (nixpkgs, lib/modules.nix, `isDisabled`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.partial.value import Attrset, Choice, Listing, NixPath, Symbol

if TYPE_CHECKING:
    from nix_lsp.analysis.partial.evaluate import Evaluator
    from nix_lsp.analysis.partial.value import Value

_DEPTH = 24
"""Lists in lists."""


class LeftOut(NamedTuple):
    """Modules that are left out."""

    modules: frozenset[str] = frozenset()
    """By the ends of their files' paths: `services/web-servers/nginx`."""
    is_whole: bool = True
    """No others are."""


def left_out(evaluator: Evaluator, value: Value, depth: int = 0) -> LeftOut:
    """Return what the value of `disabledModules` names: a path below the module set's own modules, or any other; or what has it as its `key`."""
    if isinstance(value, Listing | Choice) and depth <= _DEPTH:
        items = evaluator.items(value) if isinstance(value, Listing) else Listing(value.values)
        found = [left_out(evaluator, item.force(), depth + 1) for item in items.items]
        modules = frozenset[str]().union(*(each.modules for each in found))
        return LeftOut(modules, items.exact and all(each.is_whole for each in found))
    if isinstance(value, Attrset) and "key" in value.attrs and depth <= _DEPTH:
        return left_out(evaluator, value.attrs["key"].force(), depth + 1)
    if isinstance(value, Symbol) and value.path[-1].startswith("/"):
        return LeftOut(frozenset({_below_modules(value.path[-1])}))
    if isinstance(value, NixPath | str):
        return LeftOut(frozenset({_below_modules(value if isinstance(value, str) else value.path)}))
    return LeftOut(is_whole=False)


def _below_modules(path: str) -> str:
    """Return a module's path below the folder of its module set's modules, where it says so: `/nixos/modules/services/x.nix`."""
    return path.rpartition("/modules/")[2].strip("/")
