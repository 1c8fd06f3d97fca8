"""The documentation of a proposal, found again by its key when the editor asks for it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.ide import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.document import Document


def document_item(project: Project, document: Document, key: tuple[str, ...]) -> str | None:
    """Return CommonMark for the key of a `CompletionItem`, or None where there is nothing to say."""
    kind, *rest = key or ("",)
    least, describe = _KINDS.get(kind, (0, None))
    return describe(project, document, tuple(rest)) if describe and len(rest) >= least else None


def _option(project: Project, document: Document, key: tuple[str, ...]) -> str | None:
    module_set, host, *path = key
    for lane in project.lanes(document):
        if (lane.host or "") != host:
            continue
        inner = lane.within(module_set)
        options = project.options(inner)
        if options is None:
            return None
        shown = markdown.shown_path(path)
        if found := options.option(path):
            return markdown.option(shown, found, inner, options, options.resolve(path))
        return markdown.namespace(shown, options.children(path), inner, options)
    return None


def _declared(project: Project, _: Document, key: tuple[str, ...]) -> str | None:
    file, *path = key
    declaring = project.document(file)
    for option in project.module(declaring).declared if declaring else ():
        if [segment.name or "" for segment in option.path] == path:
            return markdown.declared_option(markdown.shown_path(path), option, posixpath.basename(file))
    return None


def _package(project: Project, _: Document, key: tuple[str, ...]) -> str | None:
    packages = project.packages(None)
    if packages is None:
        return None
    if found := packages.package(key[0]):
        return markdown.package(found, packages.label)
    other = packages.attribute(key[0])
    return markdown.attribute(other, packages.label) if other and other.kind in markdown.ATTRIBUTES else None


def _library(project: Project, document: Document, key: tuple[str, ...]) -> str | None:
    library = project.library(next(iter(project.lanes(document)), None))
    found = library.name(key) if library else None
    return markdown.library(found, library.label) if library and found else None


def _builtin(_: Project, __: Document, key: tuple[str, ...]) -> str | None:
    from nix_lsp.ide.language import builtins

    found = builtins().get(key[0])
    return markdown.builtin(found) if found else None


def _attribute(project: Project, document: Document, key: tuple[str, ...]) -> str | None:
    from nix_lsp.ide.attribute_text import bound_at

    return bound_at(project, document, key[0], int(key[1])) if key[1].isdecimal() else None


_KINDS: Mapping[str, tuple[int, Callable[[Project, Document, tuple[str, ...]], str | None]]] = {
    "attribute": (2, _attribute),
    "option": (3, _option),
    "declared": (2, _declared),
    "package": (1, _package),
    "builtin": (1, _builtin),
    "library": (1, _library),
}
"""By a key's first part: how many more parts it must have, and the function that reads them."""
