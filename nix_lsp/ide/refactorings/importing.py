"""How files are imported, and those that are not there yet."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.module_forms import static_path
from nix_lsp.ide.indentation import newline
from nix_lsp.ide.kinds import QUICK_FIX, REWRITE
from nix_lsp.ide.model import NewFile, TextEdit
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.syntax.ast import application, select_path, span, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place

_LISTS = frozenset({"imports", "modules"})
_MODULE = "{ config, lib, pkgs, ... }:\n\n{\n}\n"
_PACKAGE = '{ lib, stdenv }:\n\nstdenv.mkDerivation {\n  pname = "";\n  version = "";\n}\n'
_VALUE = "{\n}\n"


def _create(place: Place) -> Iterator[Fix]:
    node = place.nearest("path_expression")
    if node is None or static_path(node) is None:
        return
    written = text(node)
    holds = _holds(place, node)
    name = posixpath.basename(written)
    if (
        holds is None
        or not written.startswith(".")
        or name in {".", ".."}
        or ("." in name and not name.endswith(".nix"))
    ):
        return
    path = posixpath.normpath(posixpath.join(posixpath.dirname(place.document.path), written))
    if not place.project.is_missing(path):
        return
    if not name.endswith(".nix"):
        path, written = posixpath.join(path, "default.nix"), f"{written}/default.nix"
    yield place.fix_files(f"Create {written}", (), (NewFile(path, holds.replace("\n", newline(place.document))),))


def _name_file(place: Place) -> Iterator[Fix]:
    call = place.nearest("apply_expression", "attrset_expression", "function_expression")
    if call is None or call.type != "apply_expression":
        return
    function, arguments = application(call)
    outer = place.chain[: place.chain.index(call)]
    while outer and outer[-1].type == "parenthesized_expression":
        call, outer = outer[-1], outer[:-1]
    if not outer or outer[-1].type != "list_expression" or select_path(function) != ("import",) or len(arguments) != 1:
        return
    binding = next((each for each in reversed(outer) if each.type == "binding"), None)
    head = binding.child_by_field_name("attrpath") if binding else None
    if static_path(arguments[0]) is None or head is None or text(head).rpartition(".")[2] not in _LISTS:
        return
    yield place.fix("Import the file as a module", [TextEdit(span(call), text(arguments[0]))], review=True)


def _holds(place: Place, node: Node) -> str | None:
    """Return what a new file begins with, by how it is imported; None for a path that is not imported."""
    chain = place.chain[: place.chain.index(node)]
    above = chain[-1] if chain else None
    if above is not None and above.type == "list_expression":
        binding = next((each for each in reversed(chain) if each.type == "binding"), None)
        head = binding.child_by_field_name("attrpath") if binding else None
        return _MODULE if head is not None and text(head).rpartition(".")[2] in _LISTS else None
    for call in reversed(chain[-3:]):
        if call.type == "apply_expression":
            function, arguments = application(call)
            if not arguments or arguments[0] != node:
                continue
            name = (select_path(function) or (None,))[-1]
            return _VALUE if name == "import" else _PACKAGE if name == "callPackage" else None
    return None


ROWS = (
    Refactoring(
        "import-as-module",
        REWRITE,
        "Names a file in `imports` instead of importing it there: errors then say which file they are in, and what is imported twice counts once.",
        "{ imports = [ (impo$0rt ./local.nix) ]; }",
        "{ imports = [ ./local.nix ]; }",
        _name_file,
    ),
    Refactoring(
        "create-import",
        QUICK_FIX,
        "Makes the file that is imported and does not exist: a module, a package or a set, by how it is imported.",
        "{ imports = [ ./lo$0cal.nix ]; }",
        "{ imports = [ ./local.nix ]; }",
        _create,
        creates=_MODULE,
        solves="import-missing",
    ),
)
