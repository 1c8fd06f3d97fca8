"""Scripts that one file makes programs of and the modules of other files run: told where they are written, without an edit."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.meaning import inside
from nix_lsp.analysis.occurrences import words
from nix_lsp.analysis.overlay_places import may_have_overlays, names_overlay, overlay_of
from nix_lsp.analysis.reach import Reach
from nix_lsp.analysis.scope import Name, With, resolve_name
from nix_lsp.ide.edits import set_of
from nix_lsp.ide.rewrites.imperative.findings import of_site, scripts, tools
from nix_lsp.ide.rewrites.imperative.places import LAST_NAMES, MAKERS, TEST_FOLDERS
from nix_lsp.ide.set_names import binding_path
from nix_lsp.syntax.ast import application, attr, attrs, descent, select_path, unparenthesized
from nix_lsp.syntax.layout import attrpath_text
from nix_lsp.syntax.searches import hits
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.shapes.shape import Place
    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.syntax.document import Document

_USERS = 12
"""So many files are asked whether they run a script."""
_STEPS = 12
_ROUND = frozenset({"parenthesized_expression", "let_expression", "with_expression"})
_NAMING = frozenset({"attrpath", "select_expression", "variable_expression"})
_NOWHERE = Span(-2, -2)


def find_lent(project: Project, document: Document, *, quiet: bool = False) -> list[Diagnostic]:
    """Report the commands in programs that a file makes and that options of other files run: `scripts.setup` in an activation script.

    Nothing is reported where several module sets run a script, since what it should be depends on that.
    """
    names = frozenset(_lent_names(document))

    def follow(of: Document, node: Node) -> tuple[Document, Node] | None:
        return _followed(project, of, node) or _overlaid(project, node, names)

    found: dict[int, list[Diagnostic]] = {}
    sets: dict[int, set[str]] = {}
    for user in _users(project, document, names):
        here = posixpath.relpath(user.path, posixpath.dirname(document.path))
        for site, lanes in scripts(project, user, follow):
            if site.literal.document is None or site.literal.document.path != document.path:
                continue
            start = site.literal.string.start_byte
            sets.setdefault(start, set()).add(site.reading.lane)
            note = f"It is `{attrpath_text(site.names)}` in {here} that runs it: no edit."
            for each in of_site(project, user, site, lanes, _NOWHERE, quiet=quiet):
                found.setdefault(start, []).append(each._replace(message=f"{each.message} {note}"))
    return [each for start, told in found.items() if len(sets[start]) == 1 for each in told]


def _lent_names(document: Document) -> Iterator[bytes]:
    """Yield by what names other files may know the programs that a file makes: what they are bound to, or the file itself."""
    for hit in hits(document, MAKERS):
        chain = descent(document.root, hit.start)
        if not chain or chain[-1].type != "identifier":
            continue
        call = _call(chain)
        if call is None or not tools().search(document.source, call.start_byte, call.end_byte):
            continue
        for node in reversed(chain):
            path = node.child_by_field_name("attrpath") if node.type == "binding" else None
            name = attrs(path)[-1].name if path else None
            if name:
                yield name.encode()
        folder, file = posixpath.split(document.path)
        yield (posixpath.basename(folder) if file == "default.nix" else file).encode()


def _call(chain: list[Node]) -> Node | None:
    """Return the whole call, however many arguments it has, of the function that the innermost of these nodes names."""
    call, inner = None, chain[-1]
    for node in reversed(chain[:-1]):
        if node.type == "apply_expression" and node.child_by_field_name("function") == inner:
            call = node
        elif node.type not in _NAMING:
            break
        inner = node
    return call


def _users(project: Project, document: Document, names: frozenset[bytes]) -> list[Document]:
    """Return the other files that have scripts and mention one of these names."""
    found: list[Document] = []
    for other in project.nix_files() if names else ():
        source = other.source
        if other.path == document.path or not any(name in source for name in names):
            continue
        if LAST_NAMES.search(source) and not TEST_FOLDERS.search(other.path):
            found.append(other)
            if len(found) == _USERS:
                break
    return found


def _followed(project: Project, document: Document, node: Node) -> tuple[Document, Node] | None:
    """Return what an expression is that names an attribute of another file, or imports a file that is one program."""
    match node.type:
        case "select_expression":
            base, path = node.child_by_field_name("expression"), node.child_by_field_name("attrpath")
            return _selected(project, document, base, [each.name for each in attrs(path)]) if base and path else None
        case "apply_expression":
            return _imported(project, document, node)
        case "variable_expression":
            found = resolve_name(document, node)
            if isinstance(found, With):
                name = attr(node.named_children[0]).name
                return (
                    _selected(project, document, found.environments[0], [name])
                    if len(found.environments) == 1
                    else None
                )
            return _inherited(project, document, found) if isinstance(found, Name) else None
        case _:
            return None


def _overlaid(project: Project, node: Node, names: frozenset[bytes]) -> tuple[Document, Node] | None:
    """Return what `pkgs.setup` is, where a single overlay of the project binds one of these names."""
    path = select_path(node)
    if path is None or len(path) != 2 or path[0] != "pkgs" or path[1] is None or path[1].encode() not in names:
        return None
    found = [
        (document, value)
        for document in project.nix_files()
        if path[1].encode() in document.source and may_have_overlays(document)
        for value in _overlay_values(project, document, path[1])
    ]
    return found[0] if len(found) == 1 else None


def _overlay_values(project: Project, document: Document, name: str) -> Iterator[Node]:
    """Yield what the overlays of a file bind a name to."""
    for node in words(document, name, 0, len(document.source)):
        binding = node.parent.parent if node.parent and node.parent.type == "attrpath" else None
        set_ = set_of(binding) if binding and binding.type == "binding" else None
        value = binding.child_by_field_name("expression") if binding else None
        if binding is None or set_ is None or value is None or binding_path(binding) != (name,):
            continue
        function = set_.parent
        while function and function.type in _ROUND:
            function = function.parent
        if function is None or function.type != "function_expression":
            continue
        if overlay_of(document, function) or any(names_overlay(*place) for place in project.named_at(document.path)):
            yield value


def _selected(
    project: Project, document: Document, base: Node, names: list[str | None]
) -> tuple[Document, Node] | None:
    """Return the expression that an attribute of a set is bound to, in whichever file that is."""
    from nix_lsp.analysis.shapes import shape_of

    shape = shape_of(project, document, base)
    places: Sequence[Place] = ()
    for name in names:
        found = shape.attribute(name) if name else None
        if found is None:
            return None
        shape, places = found.shape, found.places
    place = places[0] if len(places) == 1 else None
    target = project.document(place.path) if place else None
    if place is None or place.value is None or target is None:
        return None
    if place.is_inherited:
        return _selected(project, target, place.value, names[-1:]) if place.value != base else None
    return target, place.value


def _inherited(project: Project, document: Document, name: Name) -> tuple[Document, Node] | None:
    """Return what a name is that `inherit (import ./scripts.nix { … }) name;` brings into scope."""
    token = document.root.named_descendant_for_byte_range(*name.span) if name.kind == "inherit" else None
    binding = token.parent.parent if token is not None and token.parent is not None else None
    source = binding.child_by_field_name("expression") if binding is not None else None
    return _selected(project, document, source, [name.name]) if source is not None else None


def _imported(project: Project, document: Document, call: Node) -> tuple[Document, Node] | None:
    """Return what `import ./setup.nix { … }` or `callPackage ./setup.nix { }` gives: the body of the file's function."""
    called = Reach(project).file_called(document, *application(call))
    if called is None:
        return None
    target, node, left = called
    for _ in range(_STEPS):
        node = unparenthesized(node)
        inner = node.child_by_field_name("body") if node.type == "function_expression" and left else inside(node)
        left -= node.type == "function_expression"
        if inner is None:
            return (target, node) if left == 0 else None
        node = inner
    return None
