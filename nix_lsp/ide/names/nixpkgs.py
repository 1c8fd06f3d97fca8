"""From a name of `lib` or `pkgs` to where the pinned nixpkgs binds it, if its source is on this machine."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.nixpkgs_source import find_in_library, nixpkgs_folder
from nix_lsp.analysis.reach import CALLERS, PATHS, file_at
from nix_lsp.analysis.scope import Name, With, resolve_name
from nix_lsp.analysis.standard import standard_path
from nix_lsp.ide.names.target import Location
from nix_lsp.ide.option_place import selected_at, token_at
from nix_lsp.syntax.ast import application, descent, select_path, span
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document

_BY_NAME = "pkgs/by-name"
_PACKAGES = "pkgs/top-level/all-packages.nix"
_SETS = {
    "python3Packages": "pkgs/top-level/python-packages.nix",
    "perlPackages": "pkgs/top-level/perl-packages.nix",
    "ocamlPackages": "pkgs/top-level/ocaml-packages.nix",
    "qt6Packages": "pkgs/top-level/qt6-packages.nix",
    "beamPackages": "pkgs/development/beam-modules/default.nix",
}
"""Where nixpkgs keeps sets of packages (pkgs/top-level)."""
_PYTHON = re.compile(r"python3\d*Packages")


def sources(project: Project, document: Document, offset: int) -> list[Location]:
    """Return where the pinned nixpkgs binds the name of `lib` or `pkgs` at a byte offset: of a package, its file."""
    path = _named(document, offset)
    if path is None or len(path) < 2 or path[0] not in {"lib", "pkgs"}:
        return []
    found: dict[Location, None] = {}
    for lane in project.lanes(document) or project.hosts()[:1] or (None,):
        folder = nixpkgs_folder(project, lane)
        if folder is None:
            continue
        if path[0] == "pkgs":
            place = _package(project, folder, path[1:])
        else:
            bound = find_in_library(project, folder, path[1:])
            name = bound.binding.child_by_field_name("attrpath") if bound is not None else None
            place = Location(bound.document.path, span(name)) if bound is not None and name is not None else None
        if place is not None:
            found[place] = None
    return list(found)


def _named(document: Document, offset: int) -> tuple[str, ...] | None:
    """Return the standard path of the name at a byte offset: `("lib", "mkIf")`."""
    node = token_at(document, offset)
    if node is None:
        return None
    if (found := selected_at(document, node)) is not None:
        return found[0]
    variable = node.parent if node.type == "identifier" else node
    if variable is None or variable.type != "variable_expression":
        return None
    name = resolve_name(document, variable)
    is_taken = isinstance(name, With) or (isinstance(name, Name) and name.kind == "inherit")
    return standard_path(document, variable) if is_taken else None


def _package(project: Project, folder: str, names: Sequence[str]) -> Location | None:
    *above, name = names
    if not above:
        shard = name[:2].lower()
        path = posixpath.join(folder, _BY_NAME, shard, name, "package.nix")
        if project.files.kind(path) == "file":
            return Location(path, Span(0, 0))
    key = "python3Packages" if above and _PYTHON.fullmatch(above[0]) else "".join(above)
    listed = _SETS.get(key) if above else _PACKAGES
    file = project.document(posixpath.join(folder, listed)) if listed is not None else None
    return _listed(project, file, name) if file is not None else None


def _listed(project: Project, file: Document, name: str) -> Location | None:
    """Return the file that a list of packages calls for a name; else the binding."""
    found = re.search(rb"(?m)^  (" + re.escape(name.encode()) + rb")\s*=(?!=)", file.source)
    if found is None:
        return None
    chain = descent(file.root, found.start(1))
    value = next((node.child_by_field_name("expression") for node in reversed(chain) if node.type == "binding"), None)
    function, arguments = application(value) if value is not None else (None, [])
    called = select_path(function) if function is not None else None
    if called and called[-1] in CALLERS and arguments and arguments[0].type in PATHS:
        path = file_at(project, file, arguments[0])
        if path is not None:
            return Location(path, Span(0, 0))
    return Location(file.path, Span(*found.span(1)))
