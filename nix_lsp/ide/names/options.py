"""From an option to where it is declared, where it is defined and where it is read; and to the submodule that its values are."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.declared import fits
from nix_lsp.analysis.lanes import SOURCES
from nix_lsp.analysis.occurrences import words
from nix_lsp.analysis.pin import Lane
from nix_lsp.analysis.pins.reference import NIXPKGS
from nix_lsp.ide.names.target import Location
from nix_lsp.ide.option_place import lanes_of, option_at, referred_at
from nix_lsp.syntax.ast import descent, select_path, span, unparenthesized
from nix_lsp.syntax.span import Span
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.definition import DeclaredOption, Root
    from nix_lsp.analysis.project import Project
    from nix_lsp.ide.option_place import Place
    from nix_lsp.syntax.document import Document
    from option_index.records import Declaration

    Names = tuple[str | None, ...]

_URL = re.compile(r"file://([^#]+)(?:#L(\d+))?")
_SUBMODULES = frozenset({"submodule", "submoduleWith", "deferredModuleWith"})
_MOST = 2_000
"""Places."""
_READ = 200_000
"""Bytes of a file of the module set that is read as a module, to find an option in it."""
_DEPTH = 16
_THERE = frozenset({Standing.OPTION, Standing.INSIDE, Standing.NAMESPACE})


def declarations(project: Project, document: Document, offset: int) -> list[Location]:
    """Return where the option at a byte offset is declared: in the workspace, in an input, in the pinned source of the module set.

    Of what stands inside an option of free form, the option; empty where its source is not on this machine.
    """
    place = option_at(project, document, offset)
    if place is None:
        return []
    found: list[Location] = []
    for lane in _lanes(project, document, place.root):
        own = _own_declarations(project, lane, place.names)
        found += [Location(each.file, each.path[-1].span) for each in own] or _published(project, lane, place.names)
    return list(dict.fromkeys(found))


def is_known(project: Project, document: Document, place: Place) -> bool:
    """Tell whether an option or a namespace of options is at a place, as far as is known of the module sets that judge it."""
    for lane in lanes_of(project, document, place.root):
        options = project.options(lane)
        if options is not None and options.resolve(place.names).standing in _THERE:
            return True
        if project.declared(lane).at(place.names) or _below(project.declared(lane), place.names):
            return True
    return False


def definitions(project: Project, document: Document, offset: int) -> list[Location]:
    """Return where files of the project define the option at a byte offset."""
    place = option_at(project, document, offset)
    return list(_definitions(project, document, place)) if place is not None else []


def option_references(project: Project, document: Document, offset: int, *, declared: bool) -> list[Location] | None:
    """Return where files of the project define and read the option at a byte offset, and declare it; None where there is none."""
    place = option_at(project, document, offset)
    if place is None:
        return None
    lanes = _lanes(project, document, place.root)
    if not lanes_of(project, document, place.root) and not any(
        len(each.path) == len(place.names) for lane in lanes for each in _own_declarations(project, lane, place.names)
    ):
        return None
    found = [*_definitions(project, document, place), *_reads(project, document, place)]
    if not found:
        return None
    if declared:
        found += [
            Location(each.file, each.path[-1].span)
            for lane in lanes
            for each in _own_declarations(project, lane, place.names)
            if len(each.path) == len(place.names)
        ]
    return sorted(dict.fromkeys(found))


def submodules(project: Project, document: Document, offset: int) -> list[Location]:
    """Return the `options` of the submodules that the values of the option at a byte offset are."""
    place = option_at(project, document, offset)
    found: list[Location] = []
    for lane in _lanes(project, document, place.root) if place is not None else ():
        for each, file in _declaring(project, lane, place.names if place is not None else ()):
            found += [Location(path, Span(0, 0)) for below, path in each.modules if not below]
            found += _submodules(project, file, each.declaration)
    return list(dict.fromkeys(found))


def _lanes(project: Project, document: Document, root: Root | None) -> Sequence[Lane]:
    """Return the lanes of a part of a file; where none is known, any that the workspace may declare options for."""
    return lanes_of(project, document, root) or [Lane(module_set, {}) for module_set in SOURCES]


def _sets(project: Project, document: Document, root: Root | None) -> frozenset[str]:
    return frozenset(lane.set for lane in _lanes(project, document, root))


# Declarations


def _own_declarations(project: Project, lane: Lane, names: Names) -> Sequence[DeclaredOption]:
    """Return the options of the workspace that are declared at a path; else those that it lies in."""
    declared = project.declared(lane)
    for length in range(len(names), 0, -1):
        if found := [each for each in declared.at(names[:length]) if each.path]:
            return found
        if length == len(names) and (below := _below(declared, names)):
            return below
    return ()


def _below(declared: Iterable[DeclaredOption], names: Names) -> list[DeclaredOption]:
    """Return, as if they ended there, the options in a namespace: one for each place where that is written."""
    found: dict[tuple[str, Span], DeclaredOption] = {}
    for each in declared:
        head = each.path[: len(names)]
        if each.move is None and len(head) == len(names) and fits([segment.name for segment in head], names):
            found.setdefault((each.file, head[-1].span), each._replace(path=head, modules=()))
    return list(found.values())


def _published(project: Project, lane: Lane, names: Names) -> list[Location]:
    """Return where the module set, or an input, declares the option at a path or round it."""
    options = project.options(lane) if lane.pins else None
    resolution = options.resolve(names) if options is not None else None
    option = resolution.option if resolution is not None else None
    if option is None:
        return []
    found: list[Location] = []
    for declaration in option.declared_in:
        path, line = _file_of(project, lane, declaration)
        document = project.files.document(path) if path is not None else None
        if document is not None:
            found.append(_in_file(project, document, option.path, line))
    return found


def _file_of(project: Project, lane: Lane, declaration: Declaration) -> tuple[str | None, int | None]:
    """Return the file of a declaration on this machine, and the line where that is known."""
    if (stated := _URL.fullmatch(declaration.url or "")) is not None:
        from urllib.parse import unquote

        return unquote(stated[1]), int(stated[2]) - 1 if stated[2] else None
    folder = _source_folder(project, lane) if declaration.source is None else None
    return (posixpath.join(folder, declaration.file) if folder is not None else None), None


def _source_folder(project: Project, lane: Lane) -> str | None:
    """Return where on this machine the pinned source of the lane's module set is; None if it is not there."""
    from option_index.store_path import STORE, source_in_store

    source = SOURCES.get(lane.set, "")
    if source == NIXPKGS:
        from nix_lsp.analysis.nixpkgs_source import nixpkgs_folder

        if folder := nixpkgs_folder(project, lane):
            return folder
    pin = lane.pins.get(source)
    if pin is not None and pin.point.nar_hash:
        store = project.environment.variables.get("NIX_STORE_DIR") or STORE
        path = source_in_store(pin.point.nar_hash, store)
        return path if path is not None and project.files.admit(path) else None
    if pin is not None and pin.file is not None and project.files.kind(pin.file) == "folder":
        return pin.file if project.files.admit(pin.file) else None
    return None


def _in_file(project: Project, document: Document, path: Sequence[str], line: int | None) -> Location:
    """Return where in a file an option is declared, as exactly as is seen."""
    if (exact := _exactly(project, document, tuple(path))) is not None:
        return exact
    if line is not None and line < len(document.line_starts):
        return Location(document.path, Span(document.line_starts[line], document.line_starts[line]))
    name = re.escape(path[-1].encode()) if path else b""
    found = re.search(rb'(?<![\w.-])"?(' + name + rb')"?\s*=\s*(?:lib\.)?mk\w*Option', document.source)
    return Location(document.path, Span(*found.span(1)) if found is not None else Span(0, 0))


def _exactly(project: Project, document: Document, path: tuple[str, ...]) -> Location | None:
    """Return the declaration of an option in a file, or in the files that are submodules in it."""
    waiting = [(document, path)]
    for _ in range(_DEPTH):
        if not waiting:
            break
        document, path = waiting.pop()
        for each in _declared_in(document) if len(document.source) <= _READ else ():
            if fits([segment.name for segment in each.path], path):
                return Location(document.path, each.path[-1].span)
            for above, file in each.modules:
                inner = project.files.document(file)
                if inner is not None and fits([segment.name for segment in above], path[: len(above)]):
                    waiting.append((inner, path[len(above) :]))
    return None


def _declared_in(document: Document) -> Sequence[DeclaredOption]:
    from nix_lsp.analysis.module import read_module

    return read_module(document).declared


def _declaring(project: Project, lane: Lane, names: Names) -> Iterator[tuple[DeclaredOption, Document]]:
    """Yield the declarations of an option, wherever they are, with their files."""
    own = project.declared(lane).at(names) or [
        each for each in _own_declarations(project, lane, names) if len(each.path) >= len(names) - 1
    ]
    for each in own:
        if (document := project.document(each.file)) is not None:
            yield each, document
    if own:
        return
    for place in _published(project, lane, names):
        document = project.files.document(place.path)
        if document is not None and len(document.source) <= _READ:
            for each in _declared_in(document):
                if each.path and each.path[-1].span == place.span:
                    yield each, document


def _submodules(project: Project, document: Document, declaration: Node) -> Iterator[Location]:
    """Yield the `options` of each submodule in the type of a declaration."""
    from nix_lsp.analysis.reach import PATHS, Reach, file_at

    for word in _SUBMODULES:
        for name in words(document, word, declaration.start_byte, declaration.end_byte):
            call = next(
                (node for node in reversed(descent(document.root, name.start_byte)) if _calls(node, word)), None
            )
            argument = call.child_by_field_name("argument") if call is not None else None
            if argument is None:
                continue
            argument = unparenthesized(argument)
            if argument.type in PATHS and (file := file_at(project, document, argument)) is not None:
                yield Location(file, Span(0, 0))
                continue
            for body, place in _bodies(project, document, argument):
                for found in Reach(project).of(place, body, ("options",)):
                    yield Location(found.document.path, span(found.node))


def _calls(node: Node, name: str) -> bool:
    function = node.child_by_field_name("function") if node.type == "apply_expression" else None
    path = select_path(function) if function is not None else None
    return bool(path) and path[-1] == name if path else False


def _bodies(project: Project, document: Document, argument: Node) -> Iterator[tuple[Node, Document]]:
    """Yield what a module comes to that may be a function, or a name for one."""
    from nix_lsp.analysis.reach import Reach

    for place in Reach(project).of(document, argument):
        node = place.node
        for _ in range(_DEPTH):
            body = node.child_by_field_name("body") if node.type == "function_expression" else None
            if body is None:
                break
            node = unparenthesized(body)
        yield node, place.document


# Definitions and uses


def _files_with(project: Project, names: Names) -> Iterator[Document]:
    """Yield the files that have all names of a path that are known: whoever names an option has them, were it in pieces."""
    wanted = [name.encode() for name in names if name is not None]
    for document in project.nix_files():
        if all(name in document.source for name in wanted):
            yield document


def _definitions(project: Project, document: Document, place: Place) -> Iterator[Location]:
    """Yield where an option is defined; of a namespace, where something in it is."""
    sets = _sets(project, document, place.root)
    count, last = 0, len(place.names) - 1
    for file in _files_with(project, place.names):
        for root in project.module(file).roots:
            if not sets & _sets(project, file, root):
                continue
            if not any(fits(names[: last + 1], place.names) for names, _ in root.outlines):
                continue
            for definition in root.definitions:
                if definition.own <= last and fits(definition.names[: last + 1], place.names):
                    yield Location(file.path, definition.path[last].span)
                    count += 1
                    if count == _MOST:
                        return


def _reads(project: Project, document: Document, place: Place) -> Iterator[Location]:
    """Yield where an option is read: `config.a.b`, `cfg.b`, `inherit (cfg) b;`."""
    sets = _sets(project, document, place.root)
    last = place.names[-1]
    if last is None:
        return
    for file in _files_with(project, place.names):
        for node in _selected(words(file, last)):
            found = referred_at(file, node, project.module(file).roots)
            if found is None or not fits(found.names, place.names):
                continue
            if sets & _sets(project, file, found.root):
                yield Location(file.path, found.span)


def _selected(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the names behind a dot, and those that an `inherit` takes from a set."""
    for node in nodes:
        above = node.parent
        outer = above.parent if above is not None else None
        if outer is not None and outer.type in {"select_expression", "has_attr_expression", "inherit_from"}:
            yield node
