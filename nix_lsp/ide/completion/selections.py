"""What stands behind a dot: attributes of sets of the project, packages, names of `lib` and builtins, options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.module import roots_at
from nix_lsp.analysis.scope import with_paths, withs_at
from nix_lsp.analysis.standard import standard_path
from nix_lsp.ide.completion.place import Proposals, lanes_of
from nix_lsp.syntax.ast import span, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import Root
    from nix_lsp.analysis.pin import Lane
    from nix_lsp.ide.completion.place import Here
    from nix_lsp.ide.model import CompletionItem
    from nix_lsp.syntax.ast import Attr

_INPUTS = frozenset({"inputs", "self.inputs"})
"""How a flake's inputs are reached, by agreement of everybody who hands them on to modules."""


def selection(here: Here) -> Proposals:
    """Return what can stand behind a dot of an expression, or in `inherit (…)`."""
    base, segments = here.cursor.base, here.cursor.segments
    if base is None:
        return Proposals()
    if not segments and text(base) in _INPUTS:
        from nix_lsp.ide.completion.inputs import input_items

        return Proposals(input_items(here.project, here.document, with_self=True))
    path, before = standard_path(here.document, base), [segment.name for segment in segments]
    if path is not None and None not in before:
        return _named(here, (*path, *(name or "" for name in before)))
    return _of_shape(here, base, segments)


def _of_shape(here: Here, base: Node, segments: Sequence[Attr]) -> Proposals:
    """Return what the code says that `base.segments` has."""
    from nix_lsp.ide.completion.attributes import attribute_items, known_name, selected

    inference, shape = selected(here.project, here.document, base, segments)
    items = list(attribute_items(inference, shape))
    more = _named(here, name) if (name := known_name(shape)) else Proposals()
    return Proposals([*items, *more.items], more.is_incomplete)


def _named(here: Here, names: tuple[str, ...]) -> Proposals:
    """Return what stands below a name that everybody knows."""
    head, rest = names[0], names[1:]
    match head:
        case "pkgs":
            return _below_packages(here, names)
        case "inputs" if rest:
            from nix_lsp.ide.completion.members import member_items

            return Proposals(member_items(names, is_package=False))
        case "builtins" if not rest:
            from nix_lsp.ide.completion.names import builtin_items
            from nix_lsp.ide.language import builtins

            return Proposals(list(builtin_items(builtins())))
        case "lib" if rest == ("types",):
            from nix_lsp.ide.completion.declaring import type_items

            return Proposals(list(type_items()))
        case "lib":
            return Proposals(library(here, rest))
        case "config" | "options" | "osConfig":
            return _configuration(here, head, rest)
        case _:
            return Proposals()


def _below_packages(here: Here, names: tuple[str, ...]) -> Proposals:
    """Return the packages of a set, or what a package has."""
    found = packages(here, ".".join(names[1:]))
    if found.items or len(names) == 1:
        return found
    from nix_lsp.ide.completion.members import member_items

    known = here.project.packages(_lane(here))
    return Proposals(member_items(names, is_package=bool(known and known.package(".".join(names[1:])))))


def packages(here: Here, prefix: str) -> Proposals:
    """Return the packages below a dotted set of `pkgs`."""
    from nix_lsp.ide.completion.packages import package_items

    return Proposals(*package_items(here.project, _lane(here), prefix, here.cursor.typed))


def library(here: Here, path: Sequence[str], *, rank: str = "0") -> list[CompletionItem]:
    """Return the names below a path of `lib`; `rank` places them among others."""
    from nix_lsp.ide.completion.library import library_items

    return list(library_items(here.project, _lane(here), path, rank=rank))


def _lane(here: Here) -> Lane | None:
    return here.lanes[0] if here.lanes else None


def _configuration(here: Here, head: str, path: tuple[str, ...]) -> Proposals:
    from nix_lsp.ide.completion.options import Place, option_items

    root = _root_around(here)
    lanes = lanes_of(here, root) if root else here.lanes
    if head == "osConfig":
        lanes = [lane.within("nixos") for lane in lanes if lane.set == "home-manager"]
    place = Place(path, here.cursor.typed, defining=False)
    items, incomplete = option_items(here.project, lanes, place)
    return Proposals(items, incomplete)


def _root_around(here: Here) -> Root | None:
    """Return the innermost part of the file that the cursor stands in."""
    best: Root | None = None
    for root in roots_at(here.document, here.cursor.span.start):
        if span(root.body).contains(here.cursor.span.start) and (
            best is None or root.body.start_byte >= best.body.start_byte
        ):
            best = root
    return best


def with_items(here: Here, offset: int) -> Proposals:
    """Return what the `with`s round the cursor bring in: from sets of the project, `pkgs`, `lib` and builtins."""
    items: list[CompletionItem] = []
    incomplete = False
    for environment in withs_at(here.document, offset):
        if standard_path(here.document, environment) is None:
            from nix_lsp.ide.completion.attributes import attribute_items, selected

            items += attribute_items(*selected(here.project, here.document, environment, ()), rank="6")
    for path in with_paths(here.document, offset):
        if path[0] == "pkgs":
            more = packages(here, ".".join(path[1:]))
            items += more.items
            incomplete = incomplete or more.is_incomplete
        elif path in {("lib", "types"), ("types",)}:
            from nix_lsp.ide.completion.declaring import type_items

            items += type_items()
        elif path[0] == "lib":
            items += library(here, path[1:], rank="7")
        elif path == ("builtins",):
            from nix_lsp.ide.completion.names import builtin_items
            from nix_lsp.ide.language import builtins

            items += builtin_items(builtins())
    return Proposals(items, incomplete)
