"""Where on this machine the nixpkgs is that a project has pinned, and where in it a name of `lib` is bound."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import select_path, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.pin import Lane, Pin
    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_NIXPKGS = "nixpkgs"
_LIB = "lib/default.nix"
_MODULES = "nixos/modules/module-list.nix"
_LOCK = "flake.lock"


class LibraryPlace(NamedTuple):
    """Where a name of `lib` is bound."""

    document: Document
    binding: Node
    value: Node | None


def nixpkgs_folder(project: Project, lane: Lane | None) -> str | None:
    """Return the folder of the nixpkgs that a lane is pinned to (None: the project's main one); None where it is not on this machine.

    It is the project itself where that is nixpkgs, else the store path that follows from the lock's hash, the folder that the lock names,
    or the channel's own.
    """
    if project.files.kind(posixpath.join(project.root, _MODULES)):
        return project.root
    pin = lane.pins.get(_NIXPKGS) if lane else project.locked(project.root).main().get(_NIXPKGS)
    for folder in _candidates(project, pin) if pin is not None else ():
        if project.files.admit(folder) and project.files.kind(posixpath.join(folder, _LIB)):
            return folder
    return None


def _candidates(project: Project, pin: Pin) -> Iterator[str]:
    from option_index.store_path import STORE, source_in_store

    store = project.environment.variables.get("NIX_STORE_DIR") or STORE
    if pin.point.nar_hash and (stored := source_in_store(pin.point.nar_hash, store)):
        yield stored
    if pin.file is None:
        return
    folder, name = posixpath.split(pin.file)
    if name != _LOCK:
        yield pin.file
        return
    from nix_lsp.analysis.inputs.sources import flake_source

    inputs = project.locked(folder).reached.get("inputs")
    for names, other in {**inputs.by_name, **inputs.inputs}.items() if inputs is not None else ():
        if other == pin and (named := flake_source(project.files, folder, names.split("/"), store).folder):
            yield named


def find_in_library(project: Project, folder: str, names: Sequence[str]) -> LibraryPlace | None:
    """Find where a name below `lib` is bound in a nixpkgs.

    Args:
        project: the project, whose files are read.
        folder: the nixpkgs.
        names: below `lib`: `("mkIf",)`, `("strings", "concatMapStrings")`.

    Returns:
        None where it is not certain: it is bound several times, or made by a function.
    """
    root = project.document(posixpath.join(folder, _LIB))
    if root is None or not names:
        return None
    first = names[0] if len(names) > 1 else _module_of(root, names[0])
    file = _file_of(root, first) if first else None
    if file is None or len(names) > 2:
        return None
    path = posixpath.normpath(posixpath.join(folder, "lib", file))
    if project.is_folder(path):
        path = posixpath.join(path, "default.nix")
    document = project.document(path)
    return _bound(document, names[-1]) if document else None


def _module_of(root: Document, name: str) -> str | None:
    """Return the part of `lib` that a name at its top is inherited from: `inherit (self.trivial) id;`."""
    word = re.compile(rb"(?<![\w'-])" + re.escape(name.encode()) + rb"(?![\w'-])")
    for match in re.finditer(rb"inherit\s*\((?:self|lib)\.(\w+)\)([^;]*);", root.source):
        if word.search(match[2]):
            return match[1].decode()
    return None


def _file_of(root: Document, part: str) -> str | None:
    """Return the file of a part of `lib`: `trivial = callLibs ./trivial.nix;`."""
    found = re.search(rb"(?<![\w'-])" + re.escape(part.encode()) + rb"\s*=\s*callLibs\s+(\./[\w./-]+)", root.source)
    return found[1].decode() if found else None


def _bound(document: Document, name: str) -> LibraryPlace | None:
    """Find the one binding of a name that stands outermost in a file."""
    places = [
        (len(match[1].expandtabs()), match.end(1))
        for match in re.finditer(rb"(?m)^([ \t]*)" + re.escape(name.encode()) + rb"\s*=(?!=)", document.source)
    ]
    outermost = [offset for indent, offset in places if indent == min(places)[0]]
    if len(outermost) != 1:
        return None
    node = document.root.descendant_for_byte_range(outermost[0], outermost[0] + 1)
    path = node.parent if node is not None and node.type == "identifier" else None
    binding = path.parent if path is not None and path.type == "attrpath" else None
    if path is None or binding is None or binding.type != "binding" or text(path) != name:
        return None
    value = binding.child_by_field_name("expression")
    alias = select_path(value) if value is not None else None
    return None if alias and len(alias) > 1 else LibraryPlace(document, binding, value)
