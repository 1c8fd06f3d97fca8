"""Names to bring in: arguments of functions, and what `inherit` takes."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from nix_lsp.ide.completion.place import Proposals
from nix_lsp.ide.completion.selections import selection
from nix_lsp.syntax.ast import descent, text

if TYPE_CHECKING:
    from nix_lsp.ide.completion.place import Here

_CALLERS = 8
"""So many places that name a file are looked at."""


def formal(here: Here) -> Proposals:
    """Return what a function may ask for by name."""
    from nix_lsp.ide.completion.names import argument_items

    if _is_outputs(here):
        from nix_lsp.ide.completion.inputs import input_items

        taken = _beside(here, "formals")
        inputs = input_items(here.project, here.document, with_self=True)
        return Proposals([item for item in inputs if item.label not in taken])
    taken = _beside(here, "formals")
    if not here.lanes and _is_package(here):
        from nix_lsp.ide.completion.packages import package_items

        items, incomplete = package_items(here.project, None, "", here.cursor.typed)
        return Proposals([item for item in items if item.label not in taken], incomplete)
    handed = here.project.arguments(here.real)
    return Proposals(list(argument_items(here.lanes, taken, handed)))


def _is_package(here: Here) -> bool:
    """Tell whether the file is a function that `callPackage` calls, as its callers or else its name say."""
    from nix_lsp.analysis.package_calls import package_call

    if here.real.path.endswith("/package.nix"):
        return True
    named = islice(here.project.named_at(here.real.path), _CALLERS)
    return any(package_call(document, offset) is not None for document, offset in named)


def _is_outputs(here: Here) -> bool:
    """Tell whether the cursor is in the arguments of the function that makes a flake's outputs."""
    if not here.real.path.endswith("/flake.nix"):
        return False
    chain = descent(here.document.root, here.cursor.span.start)
    bindings = [node for node in chain if node.type == "binding"]
    path = bindings[0].child_by_field_name("attrpath") if len(bindings) == 1 else None
    return path is not None and text(path) == "outputs"


def inherited(here: Here) -> Proposals:
    """Return what can be inherited: names in scope, or the attributes of the set in parentheses."""
    taken = _beside(here, "inherited_attrs")
    if here.cursor.base is None:
        from nix_lsp.ide.completion.names import local_items

        items = local_items(here.document, here.cursor.span.start)
        return Proposals([item for item in items if item.label not in taken])
    found = selection(here)
    return Proposals([item for item in found.items if item.label not in taken], found.is_incomplete)


def _beside(here: Here, kind: str) -> frozenset[str]:
    """Return the names that stand beside the cursor's in a list of formals or inherited names."""
    owner = next((node for node in descent(here.document.root, here.cursor.span.start) if node.type == kind), None)
    found: set[str] = set()
    for child in owner.named_children if owner else ():
        name = child.child_by_field_name("name") if child.type == "formal" else child
        if name is not None and name.start_byte != here.cursor.span.start:
            found.add(text(name))
    return frozenset(found)
