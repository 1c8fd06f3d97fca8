"""Moving a definition to another module: a new one, or one that the same host has already."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.companions import companions
from nix_lsp.analysis.scope import Name
from nix_lsp.ide import edits
from nix_lsp.ide.indentation import indentation_at, newline, reindent, reindent_fragment
from nix_lsp.ide.kinds import MOVE
from nix_lsp.ide.model import FileEdit, NewFile, TextEdit
from nix_lsp.ide.refactorings.extracting import formals_text, unused_file
from nix_lsp.ide.refactorings.formals import add_formal
from nix_lsp.ide.refactorings.inheriting import meant_binding
from nix_lsp.ide.refactorings.modules import (
    FileModule,
    arguments_of,
    file_module,
    import_edit,
    is_definition_in,
    relative,
    relative_paths,
)
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.refactorings.variables import bound_at
from nix_lsp.ide.set_names import binding_path
from nix_lsp.syntax.ast import bindings
from nix_lsp.syntax.layout import attrpath_text, indent_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.syntax.document import Document

_MOST = 3
"""So many modules are offered."""
_LOOKED_INTO = 100
"""So many modules are looked into."""
_NAMESPACES = frozenset({"services", "programs", "systemd", "users", "virtualisation", "home-manager"})
"""First names of options that say nothing of what they are about."""
_WORD = re.compile(r"[^A-Za-z0-9_-]+")


class _Moved(NamedTuple):
    """Definitions that can stand in another file."""

    module: FileModule
    bindings: tuple[Node, ...]
    path: tuple[str, ...]
    """What the first of them defines."""
    names: list[str]
    """The module arguments that they use."""


def _meant(place: Place) -> _Moved | None:
    """Return the definition that the cursor is on the path of, or those that are selected."""
    binding = meant_binding(place)
    value = binding.child_by_field_name("expression") if binding else None
    on_path = binding is not None and value is not None and place.span.start <= value.start_byte
    if not on_path and place.is_cursor:
        return None
    module = file_module(place.project, place.document)
    if module is None:
        return None
    start, end = place.span
    selected = [each for each in bindings(module.config) if start <= each.start_byte and each.end_byte <= end]
    if not selected and binding is not None and on_path:
        selected = [binding]
    path = binding_path(selected[0]) if selected else None
    if not path or None in path or not all(is_definition_in(module, each) for each in selected):
        return None
    names: set[str] = set()
    for each in selected:
        used = arguments_of(place.document, each)
        if used is None:
            return None
        names.update(used)
    return _Moved(module, tuple(selected), tuple(name for name in path if name), sorted(names))


def _to_new(place: Place) -> Iterator[Fix]:
    moved = _meant(place)
    if moved is None:
        return
    document = place.document
    folder = posixpath.dirname(document.path)
    first, *others = moved.bindings
    if len(list(bindings(moved.module.config))) == len(moved.bindings):
        return
    name = unused_file(place, folder, _file_name(moved))
    removed = [edits.remove(document, each) for each in others]
    imported = import_edit(document, moved.module, f"./{name}", first)
    if imported is not None:
        changes = edits.combine([edits.remove(document, first), *removed, imported])
    elif moved.module.imports() is None:
        changes = edits.combine([edits.replace(document, first, f"imports = [ ./{name} ];"), *removed])
    else:
        return
    if changes is None:
        return
    unit, eol = indent_unit(document), newline(document)
    body = "\n".join(unit + reindent_fragment(_bare(document, each), unit, inside_set=True) for each in moved.bindings)
    made = f"{formals_text(moved.names, is_open=True)}:\n\n{{\n{body}\n}}\n".replace("\n", eol)
    more = f" and {len(others)} more" if others else ""
    yield place.fix_files(
        f"Move `{attrpath_text(moved.path)}`{more} to a new module ./{name}",
        (FileEdit(document.path, changes),),
        (NewFile(posixpath.join(folder, name), made),),
        review=True,
    )


def _bare(document: Document, binding: Node) -> str:
    """Return a binding with its comments, without indentation."""
    whole = edits.owned(document, binding)
    return reindent(document, whole, indentation_at(document, binding.start_byte), "").replace("\r\n", "\n")


def _file_name(moved: _Moved) -> str:
    """Return a name for the file of a definition: what it is about."""
    path = list(moved.path)
    while len(path) > 1 and path[0] in _NAMESPACES:
        path.pop(0)
    return _WORD.sub("-", path[0]).strip("-") or "module"


def _to_other(place: Place) -> Iterator[Fix]:
    moved = _meant(place)
    if moved is None or len(moved.bindings) != 1:
        return
    (binding,) = moved.bindings
    found: list[tuple[int, str, TextEdit, Sequence[TextEdit]]] = []
    for path in companions(place.project, place.document)[:_LOOKED_INTO]:
        other = place.project.document(path)
        target = file_module(place.project, other) if other is not None else None
        if other is None or target is None or target.body.type != "attrset_expression":
            continue
        if {lane.set for lane in place.project.lanes(other)} != {
            lane.set for lane in place.project.lanes(place.document)
        }:
            continue
        written = _written(place, moved, binding, other, target)
        if written is not None:
            found.append((-_shared(place, other, moved.path), path, written[0], written[1:]))
    document = place.document
    folder = posixpath.dirname(document.path)
    for _, path, edit, others in sorted(found, key=lambda each: each[:2])[:_MOST]:
        changes = (
            FileEdit(document.path, (edits.remove(document, binding),)),
            FileEdit(path, (edit, *others)),
        )
        title = f"Move `{attrpath_text(moved.path)}` to {relative(path, folder)}"
        yield place.fix_files(title, changes, review=True)


def _written(place: Place, moved: _Moved, binding: Node, other: Document, target: FileModule) -> list[TextEdit] | None:
    """Return the edits that put a definition into another module; None where it does not go there."""
    source = place.document
    paths = relative_paths(source, binding, posixpath.dirname(other.path))
    found = edits.place(other, target.config, moved.path)
    if paths is None or found is None:
        return None
    known = {
        name.text.decode()
        for formal in (target.formals.named_children if target.formals else ())
        if (name := formal.child_by_field_name("name")) is not None and name.text and not name.is_missing
    }
    missing = [name for name in moved.names if name not in known]
    if missing and target.formals is None:
        return None
    for name in moved.names:
        bound = bound_at(other, name, found.owner.start_byte)
        if isinstance(bound, Name) != (name in known) or (isinstance(bound, Name) and bound.kind != "formal"):
            return None
    carried = edits.carried(source, binding, found.path, paths)
    formals = add_formal(other, target.formals, *missing) if missing and target.formals else ()
    return [edits.insert(other, found.owner, carried, found.after), *formals]


def _shared(place: Place, other: Document, path: Sequence[str]) -> int:
    """Return how many first segments of a path a module defines something below."""
    roots = [root for root in place.project.module(other).roots if root.set is None]
    for length in range(len(path), 0, -1):
        if any(root.has_below(tuple(path[:length])) for root in roots):
            return length
    return 0


ROWS = (
    Refactoring(
        "move-to-new-module",
        MOVE,
        "Moves a definition of a module, or those that are selected, to a new file, which the module imports. What the definition uses has to be arguments of the module.",
        '{ pkgs, ... }:\n{\n  networking.hostName = "a";\n  services.ng$0inx = {\n    enable = true;\n    package = pkgs.nginxMainline;\n  };\n}',
        '{ pkgs, ... }:\n{\n  imports = [ ./nginx.nix ];\n\n  networking.hostName = "a";\n}',
        _to_new,
        creates="{ pkgs, ... }:\n\n{\n  services.nginx = {\n    enable = true;\n    package = pkgs.nginxMainline;\n  };\n}\n",
    ),
    Refactoring(
        "move-to-module",
        MOVE,
        "Moves a definition to another module that is surely evaluated together with this one, merged into what stands there; paths in it "
        "are written from there. Those that define something alike come first.",
        "#- /flake.nix\n{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; }; }; }\n"
        "#- /web.nix\n{ ... }:\n{\n  services.nginx.enable = true;\n}\n"
        "#- /configuration.nix\n{\n  imports = [ ./web.nix ];\n  services.ng$0inx.virtualHosts.a.root = /srv;\n}\n",
        "{\n  imports = [ ./web.nix ];\n}\n",
        _to_other,
        is_dear=True,
    ),
)
