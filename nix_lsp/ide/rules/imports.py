"""Files that are imported and do not exist."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.lanes import may_build
from nix_lsp.analysis.module_forms import calls, static_path
from nix_lsp.ide.model import Severity
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.ast import descent, select_path, span, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.rule import Subject

_GUARDS = frozenset({"optional", "optionals", "optionalAttrs", "filter", "mkIf", "tryEval"})
"""Functions that may leave out what they are given."""


def _check(subject: Subject) -> Iterator[Diagnostic]:
    document, project = subject.document, subject.project
    if b"import" not in document.source or not may_build(document.path, project.root):
        return
    folder = posixpath.dirname(document.path)
    for node in _imported(subject):
        written = text(node)
        if not written.startswith(".") or "//" in written or written.endswith("/"):
            continue  # of what Nix cannot read as a path that is said alone
        path = posixpath.normpath(posixpath.join(folder, written))
        if not project.is_missing(path) or _is_guarded(document.root, node):
            continue
        exists = project.is_folder(path)
        message = f"The folder `{written}` has no default.nix." if exists else f"There is no file `{written}`."
        yield MISSING.at(span(node), f"{message} Nix stops where it is imported.")


def _imported(subject: Subject) -> Iterator[Node]:
    """Yield the relative paths that are imported: as modules, or as what they say."""
    for root in subject.project.module(subject.document).roots:
        yield from root.imports
    for argument in calls(subject.document, subject.document.root, "import"):
        path = static_path(unparenthesized(argument))
        if path is not None:
            yield path


def _is_guarded(root: Node, node: Node) -> bool:
    """Tell whether something on the way to a path may leave it out: a condition, or a function that filters."""
    chain = descent(root, node.start_byte)
    for outer in chain:
        if outer.type in {"if_expression", "assert_expression"}:
            return True
        operator = outer.child_by_field_name("operator") if outer.type == "binary_expression" else None
        if operator is not None and operator.type in {"&&", "||", "->"}:
            return True
        if outer.type == "apply_expression":
            function = outer
            while function.type == "apply_expression" and (inner := function.child_by_field_name("function")):
                function = inner
            name = (select_path(function) or (None,))[-1]
            if name in _GUARDS:
                return True
    return False


MISSING = Rule(
    id="import-missing",
    severity=Severity.ERROR,
    summary="A file that is imported does not exist.",
    explanation=(
        "Nix reads `./x.nix` as that file, and `./x` as `./x/default.nix` where `./x` is a folder. A document that is open and not yet "
        "saved counts as a file.\n\n"
        "Nothing is said of paths outside the project, of what `.gitignore` or `.gitmodules` names, of what each machine generates "
        "(`hardware-configuration.nix`), and of imports that a condition may leave out."
    ),
    bad="{ lib, ... }: { imports = [ ./local.nix ]; }",
    good="{ lib, ... }: { imports = lib.optional (builtins.pathExists ./local.nix) ./local.nix; }",
    release=None,
    check=_check,
    lanes=(),
    has_fix=False,
)

RULES = (MISSING,)
