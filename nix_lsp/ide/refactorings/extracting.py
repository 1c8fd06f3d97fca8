"""Giving a selected expression a name, or a file."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Name, With
from nix_lsp.ide.edits import WIDTH
from nix_lsp.ide.indentation import indentation_at, newline, reindent
from nix_lsp.ide.kinds import EXTRACT
from nix_lsp.ide.model import FileEdit, NewFile, TextEdit
from nix_lsp.ide.refactorings.lets import add_to_let, let_in
from nix_lsp.ide.refactorings.parentheses import needs_parentheses
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.refactorings.variables import free_variables, unused_name
from nix_lsp.syntax.ast import application, attrs, select_path, span, unparenthesized
from nix_lsp.syntax.layout import indent_unit, is_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix
    from nix_lsp.ide.refactorings.refactoring import Place
    from nix_lsp.ide.refactorings.variables import Variable

_NOTHING_TO_NAME = frozenset(
    {"variable_expression", "integer_expression", "path_expression", "hpath_expression", "spath_expression"}
)
_WORD = re.compile(r"[^A-Za-z0-9_-]+")


class _Target(NamedTuple):
    """Where a `let` takes a new name."""

    node: Node
    """The expression to put into a `let`, or a `let` that is there."""
    is_let: bool


def selected_expression(place: Place) -> Node | None:
    """Return the expression that is exactly what is selected; None for a name of an attribute, and what is no expression."""
    node = place.selected
    if node is None or not node.type.endswith("_expression") or node.has_error:
        return None
    above = place.above(node)
    return None if above is None or above.type in {"attrpath", "inherited_attrs"} else node


def _to_let(place: Place) -> Iterator[Fix]:
    node = selected_expression(place)
    free = free_variables(place.document, node) if node is not None else None
    if node is None or free is None or unparenthesized(node).type == "variable_expression":
        return
    target = _target(place, node, free)
    if target is None or target.node == node:
        return
    document = place.document
    name = unused_name(document, name_of(place, node), span(target.node))
    inner = unparenthesized(node)
    value = reindent(document, span(inner), indentation_at(document, inner.start_byte), "").replace("\r\n", "\n")
    line, use = f"{name} = {value};", TextEdit(span(node), name)
    if target.is_let:
        edits = [add_to_let(document, target.node, line, node.start_byte), use]
    else:
        edits = [let_in(document, target.node, [line], span(target.node), [use])]
    yield place.fix(f"Extract to a `let`: `{name}`", edits)


def _target(place: Place, node: Node, free: Sequence[Variable]) -> _Target | None:
    """Return where an expression can be bound to a name: the nearest `let`, or what a function or a file returns."""
    binders = {each.bound.owner.id for each in free if isinstance(each.bound, Name)}
    withs = {each.bound.environments[0].id for each in free if isinstance(each.bound, With)}
    chain = list(place.chain)
    chain = chain[: chain.index(node) + 1]
    for index in range(len(chain) - 2, -1, -1):
        outer, inner = chain[index], chain[index + 1]
        if outer.type == "let_expression":
            return _Target(outer, is_let=True)
        environment = outer.child_by_field_name("environment") if outer.type == "with_expression" else None
        binds = outer.id in binders or (environment is not None and environment.id in withs and inner != environment)
        if binds or outer.type in {"function_expression", "source_code"}:
            expression = next((each for each in chain[index + 1 :] if each.type.endswith("_expression")), None)
            if outer.type == "function_expression" and expression is not None:
                formal = next((each for each in chain[index + 1 :] if each.type == "formal"), None)
                expression = formal.child_by_field_name("default") if formal else expression
            return _Target(expression, is_let=False) if expression is not None else None
    return None


def name_of(place: Place, node: Node) -> str:
    """Return a name for an expression by what it defines, calls or selects."""
    above = place.above(node)
    path = above.child_by_field_name("attrpath") if above is not None and above.type == "binding" else None
    found = attrs(path)[-1].name if path is not None else None
    inner = unparenthesized(node)
    if found is None:
        names = select_path(application(inner)[0]) or select_path(inner)
        found = names[-1] if names else None
        if found in {"import", "mkIf", "mkForce", "mkDefault", "callPackage"}:
            found = None
    name = _WORD.sub("-", found or "").strip("-")
    return name if name and is_identifier(name) else "value"


def _to_file(place: Place) -> Iterator[Fix]:
    node = selected_expression(place)
    document = place.document
    if node is None or node.type in _NOTHING_TO_NAME or not document.path.startswith("/"):
        return
    inner = unparenthesized(node)
    free = free_variables(document, inner)
    if free is None or any(each.is_perhaps or (each.bound is None and not each.is_global) for each in free):
        return
    names = sorted({each.name for each in free if each.bound is not None})
    folder = posixpath.dirname(document.path)
    name = unused_file(place, folder, name_of(place, node))
    value = reindent(document, span(inner), indentation_at(document, inner.start_byte), "").replace("\r\n", "\n")
    head = f"{formals_text(names)}:\n\n" if names else ""
    new = f"import ./{name}" + (f" {{ inherit {' '.join(names)}; }}" if names else "")
    if len(new) > WIDTH - 20:
        indent, unit = indentation_at(document, node.start_byte), indent_unit(document)
        listed = "".join(f"\n{indent}{unit}{unit}{each}" for each in names)
        new = f"import ./{name} {{\n{indent}{unit}inherit{listed}\n{indent}{unit}{unit};\n{indent}}}"
        new = new.replace("\n", newline(document))
    if needs_parentheses("apply_expression", node):
        new = f"({new})"
    eol = newline(document)
    made = NewFile(posixpath.join(folder, name), f"{head}{value}\n".replace("\n", eol))
    count = f"{len(names)} free variable{'' if len(names) == 1 else 's'}"
    title = f"Extract to ./{name} ({count})"
    yield place.fix_files(title, (FileEdit(document.path, (TextEdit(span(node), new),)),), (made,))


def formals_text(names: Sequence[str], *, is_open: bool = False) -> str:
    """Return the `{ … }` of a function of some names, in nixfmt's layout; `is_open` adds `...`."""
    listed = [*names, *(["..."] if is_open else [])]
    line = f"{{ {', '.join(listed)} }}"
    if len(line) < WIDTH:
        return line
    return "{\n" + "".join(f"  {name}{'' if name == '...' else ','}\n" for name in listed) + "}"


def unused_file(place: Place, folder: str, wanted: str) -> str:
    """Return the name of a Nix file that a folder does not have: the wanted one (without `.nix`), or it with a number."""
    present = set(place.project.files.names(folder))
    name, number = f"{wanted}.nix", 1
    while name in present:
        number += 1
        name = f"{wanted}-{number}.nix"
    return name


ROWS = (
    Refactoring(
        "extract-to-let",
        EXTRACT,
        "Gives the selected expression a name: in the nearest `let`, or in a new one round what the function or the file returns, as near as the names that it uses demand.",
        '{ pkgs, ... }:\n{\n  programs.zsh.shellInit = «builtins.readFile "${pkgs.zsh}/share/init"»;\n}',
        '{ pkgs, ... }:\nlet\n  shellInit = builtins.readFile "${pkgs.zsh}/share/init";\nin\n{\n  programs.zsh.shellInit = shellInit;\n}',
        _to_let,
    ),
    Refactoring(
        "extract-to-file",
        EXTRACT,
        "Moves the selected expression to a new file, which is imported in its place; the names that it uses become arguments.",
        "{ pkgs, ... }:\n{\n  environment.shells = «[\n    pkgs.zsh\n    pkgs.fish\n  ]»;\n}",
        "{ pkgs, ... }:\n{\n  environment.shells = import ./shells.nix { inherit pkgs; };\n}",
        _to_file,
        creates="{ pkgs }:\n\n[\n  pkgs.zsh\n  pkgs.fish\n]\n",
    ),
)
