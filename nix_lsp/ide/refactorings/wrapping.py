"""Priorities and orders of definitions: `mkDefault`, `mkForce` and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.refactorings.inheriting import meant_binding
from nix_lsp.ide.refactorings.library import called, definition_at, library_function
from nix_lsp.ide.refactorings.parentheses import as_argument
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import span, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.definition import Definition
    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place

_PRIORITIES = ("mkDefault", "mkForce")
_ORDERS = ("mkBefore", "mkAfter")
_UNWRAPPED = frozenset({*_PRIORITIES, *_ORDERS, "mkImageMediaOverride", "mkOptionDefault", "mkVMOverride"})
_ORDERED = frozenset({"list_expression", "indented_string_expression", "binary_expression", "with_expression"})
"""Values of options whose definitions are put one behind the other."""


def _wrap(place: Place) -> Iterator[Fix]:
    binding = meant_binding(place)
    value = binding.child_by_field_name("expression") if binding else None
    if binding is None or value is None or place.span.start > value.start_byte:
        return
    definition = definition_at(place, binding)
    if definition is None or definition.is_set or set(definition.wrappers) & _UNWRAPPED or definition.value is None:
        return
    if "*" in definition.names and not _is_option(place, definition):
        return
    names = (*_PRIORITIES, *(_ORDERS if unparenthesized(value).type in _ORDERED else ()))
    for name in names:
        if found := library_function(place, name, value):
            new = f"{found.name} {as_argument(text(value), value)}"
            yield place.fix(f"Wrap in `{name}`", [TextEdit(span(value), new), *found.edits], review=True)


def _is_option(place: Place, definition: Definition) -> bool:
    """Tell whether an attribute in an element of a list is known to be an option: the list holds submodules.

    Any other list may take its elements as they are, so that a priority in them stays a part of the value (nixpkgs, lib/types.nix, `listOf`).
    """
    from nix_lsp.analysis.declared import fits
    from nix_lsp.analysis.module import roots_at
    from nix_lsp.ide.option_place import lanes_of
    from option_index.records import Standing

    names = definition.names
    for root in roots_at(place.document, definition.binding.start_byte):
        for lane in lanes_of(place.project, place.document, root):
            if any(fits([each.name for each in declared.path], names) for declared in place.project.declared(lane)):
                return True
            options = place.project.options(lane)
            if options is not None and options.resolve(names).standing is Standing.OPTION:
                return True
    return False


def _unwrap(place: Place) -> Iterator[Fix]:
    binding = meant_binding(place)
    value = binding.child_by_field_name("expression") if binding else None
    found = called(place, value, _UNWRAPPED, 1) if value is not None else None
    if binding is None or value is None or found is None or place.span.start > value.start_byte + len("lib.mkX"):
        return
    name, (argument,) = found
    inner = unparenthesized(argument)
    new = text(argument) if inner.type in {"let_expression", "with_expression"} and "\n" in text(inner) else text(inner)
    yield place.fix(f"Take `{name}` off", [TextEdit(span(value), new)], review=True)


ROWS = (
    Refactoring(
        "wrap-definition",
        REWRITE,
        "Gives an option's definition another priority (`mkDefault`, `mkForce`), or that of a list or of lines another place (`mkBefore`, "
        "`mkAfter`); `lib` becomes an argument of the module where it is none.",
        '{ pkgs, ... }: { networking.hostName$0 = "a"; }',
        '{ pkgs, lib, ... }: { networking.hostName = lib.mkDefault "a"; }',
        _wrap,
    ),
    Refactoring(
        "unwrap-definition",
        REWRITE,
        "Takes `mkDefault`, `mkForce`, `mkBefore` or `mkAfter` off a definition.",
        "{ lib, ... }: { services.openssh.enable$0 = lib.mkForce (1 == 1); }",
        "{ lib, ... }: { services.openssh.enable = 1 == 1; }",
        _unwrap,
    ),
)
