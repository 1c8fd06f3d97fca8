"""Package attributes of the pinned nixpkgs, with their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.completion.order import sort_text
from nix_lsp.ide.model import CompletionItem, CompletionKind
from nix_lsp.syntax.layout import quote_attr
from option_index.records import AttributeKind

if TYPE_CHECKING:
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.analysis.project import Project

_LIMIT = 128
"""nixpkgs has 25,000 names at its top: this many packages match best, and typing on asks again."""
_MANY = 24
_BESIDE = 48
"""So many package sets and functions are offered beside them."""
_KINDS = {
    AttributeKind.PACKAGE: (CompletionKind.PACKAGE, None),
    AttributeKind.SET: (CompletionKind.NAMESPACE, "package set"),
    AttributeKind.FUNCTION: (CompletionKind.BUILTIN, "function"),
    AttributeKind.VALUE: (CompletionKind.VALUE, None),
    AttributeKind.MEMBER: (CompletionKind.PACKAGE, None),
}


def package_items(
    project: Project, lane: Lane | None, prefix: str, typed: str, *, rank: str = "0"
) -> tuple[list[CompletionItem], bool]:
    """Return packages and package sets directly below `prefix` (`""` is `pkgs` itself), and whether there are more.

    Args:
        project: the project.
        lane: the lane whose nixpkgs is meant; None for the project's main pin.
        prefix: a package set, dotted: `python313Packages`.
        typed: what is typed of the name.
        rank: what the items' sort texts begin with, to place them among other proposals.
    """
    packages = project.packages(lane)
    if packages is None:
        return [], False
    found = packages.starting(prefix, typed, _LIMIT)
    before = f"{prefix}." if prefix else ""
    depth = len(before)
    items: list[CompletionItem] = []
    for package in found:
        name = package.attr[depth:]
        starts = "0" if name.startswith(typed) else "1"
        items.append(
            CompletionItem(
                quote_attr(name),
                CompletionKind.PACKAGE,
                quote_attr(name),
                detail=package.version,
                sort=f"{rank}{starts}{len(name) if typed else 0:03}{sort_text(name)}",
                key=("package", package.attr),
            )
        )
    others = packages.others(prefix, typed, _BESIDE)
    kinds = {other.attr[depth:]: _KINDS[other.kind] for other in others}
    folded = typed.casefold()
    sets = [name for name in packages.sets(prefix) if folded in name.casefold()]
    listed = dict.fromkeys(sets[:_BESIDE], _KINDS[AttributeKind.SET])
    for name, (kind, detail) in (listed | kinds).items():
        label = quote_attr(name)
        starts = "0" if name.startswith(typed) and typed else "2"
        sort = f"{rank}{starts}{len(name) if typed else 0:03}{sort_text(name)}"
        items.append(CompletionItem(label, kind, label, detail=detail, sort=sort, key=("package", f"{before}{name}")))
    # Where many begin with what is typed, those that have it inside are still to come.
    return items, len(found) >= _MANY or max(len(others), len(sets)) >= _BESIDE
