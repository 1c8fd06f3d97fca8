"""Doc comments as hover shows them, and how a function is called."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from nix_lsp.syntax.ast import application, descent, select_path, text
from nix_lsp.syntax.doc_comments import doc_comment

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.syntax.doc_comments import DocComment
    from nix_lsp.syntax.document import Document

_FENCE = re.compile(r"^\s*:::.*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)(?:\s*\{#[^}]*\})?\s*$")
_ROLE = re.compile(r"\{[a-z]+\}(?=`)")
_TERM = re.compile(r"\n+:[ ]{1,3}(?=\S)")
_ANCHOR = re.compile(r"\[([^\]]*)\]\(#[^)]*\)")
_LINES = 60
_WIDTH = 80
_DEFAULT = 40


def documentation_at(project: Project, document: Document, offset: int) -> str | None:
    """Return the Markdown of the comment that documents what is bound at a byte offset, or the file that it imports; None where none does."""
    around = descent(document.root, offset)
    bound = next(
        (node for node in reversed(around) if node.type in {"binding", "formal", "inherit", "inherit_from"}), None
    )
    if bound is None or bound.type not in {"binding", "formal"}:
        return None
    path = bound.child_by_field_name("attrpath")
    if path is not None and not path.start_byte <= offset < path.end_byte:
        return None
    value = bound.child_by_field_name("expression")
    return documentation(document, bound, value) or (_imported(project, document, value) if value is not None else None)


def _imported(project: Project, document: Document, value: Node) -> str | None:
    """Return what is said at the top of the file that an `import ./x.nix` takes."""
    function, arguments = application(value)
    if select_path(function) not in {("import",), ("builtins", "import")} or not arguments:
        return None
    if arguments[0].type != "path_expression":
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), text(arguments[0])))
    there = project.document(posixpath.join(path, "default.nix") if project.is_folder(path) else path)
    whole = there.root.child_by_field_name("expression") if there is not None else None
    found = doc_comment(there, whole) if there is not None and whole is not None else None
    # What else stands at the top of a file may be about anything.
    return shown(found) if found is not None and found.is_markdown else None


def documentation(document: Document, binding: Node, value: Node | None = None) -> str | None:
    """Return the Markdown of the comment that documents a binding; None where none does."""
    found = doc_comment(document, binding, value)
    return shown(found) if found else None


def shown(comment: DocComment) -> str:
    """Return a comment as CommonMark that every editor renders: without MyST's roles and fences, and no longer than a hover may be."""
    lines: list[str] = []
    in_code = False
    # A definition list is no CommonMark: the term and what it is become one line.
    source = _TERM.sub(": ", comment.text) if comment.is_markdown else comment.text
    for line in source.split("\n"):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code and _FENCE.match(line):
            continue
        elif not in_code and (heading := _HEADING.match(line)) and comment.is_markdown:
            line = f"**{heading[2].replace('*', '')}**"  # noqa: PLW2901 -- the line as it is shown
        elif not in_code:
            line = _ANCHOR.sub(r"\1", _ROLE.sub("", line))  # noqa: PLW2901 -- the same
        lines.append(line)
    if len(lines) > _LINES:
        kept = lines[:_LINES]
        if sum(line.lstrip().startswith("```") for line in kept) % 2:
            kept.append("```")
        lines = [*kept, "", "…"]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def signature(name: str, function: Node) -> str:
    """Return how a function is called: its arguments up to the body, with the defaults of formals."""
    heads: list[str] = []
    node: Node | None = function
    while node is not None and node.type == "function_expression":
        heads.append(_head(node))
        node = node.child_by_field_name("body")
    return f"{name} = {' '.join(heads)} …"


def _head(function: Node) -> str:
    formals, universal = function.child_by_field_name("formals"), function.child_by_field_name("universal")
    if formals is None:
        return f"{text(universal) if universal else '_'}:"
    parts = [part for child in formals.named_children if (part := _formal(child))]
    line = f"{{ {', '.join(parts)} }}" if parts else "{ }"
    if len(line) > _WIDTH:
        line = "\n".join(("{", *(f"  {part}," if part != "..." else "  ..." for part in parts), "}"))
    if universal is None:
        return f"{line}:"
    return f"{text(universal)}@{line}:" if universal.start_byte < formals.start_byte else f"{line}@{text(universal)}:"


def _formal(formal: Node) -> str | None:
    if formal.type == "ellipses":
        return "..."
    name, default = formal.child_by_field_name("name"), formal.child_by_field_name("default")
    if name is None or name.is_missing:
        return None
    if default is None:
        return text(name)
    written = " ".join(text(default).split())
    return f"{text(name)} ? {written if len(written) <= _DEFAULT else '…'}"
