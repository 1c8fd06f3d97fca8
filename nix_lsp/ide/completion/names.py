"""Names in scope: local bindings, builtins, keywords, and the arguments that modules are called with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import CompletionItem, CompletionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nix_lsp.analysis.pin import Lane
    from nix_lsp.syntax.document import Document
    from option_index.records import Builtin

_KINDS = {"let": "let", "rec": "rec", "formal": "argument", "argument": "argument", "inherit": "inherited"}
KEYWORDS: Mapping[str, str | None] = {
    "assert": "assert $1; $0",
    "else": None,
    "if": "if $1 then $2 else $0",
    "in": None,
    "let": "let\n  $1\nin\n$0",
    "or": None,
    "rec": "rec {\n  $0\n\\}",
    "then": None,
    "with": "with $1; $0",
}
"""The words that may stand in an expression, with what belongs to them as a snippet."""
_IN_LISTS = ("rec",)
"""Those that begin an element of a list: all else wants parentheses there."""

MODULE_ARGUMENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("config", "the configuration as evaluated"),
        ("lib", "nixpkgs' library"),
        ("options", "the declared options"),
        ("pkgs", "nixpkgs' packages"),
        ("modulesPath", "the folder of the set's own modules"),
        ("inputs", "the flake's inputs, if passed by specialArgs"),
        ("self", "the flake itself, if passed by specialArgs"),
    ),
    "nixos": (("utils", "NixOS's own helper functions"),),
    "home-manager": (("osConfig", "the system's configuration, under NixOS or nix-darwin"),),
}
"""The arguments of every module, and those that one module set adds (NixOS manual, "Writing NixOS Modules")."""


def local_items(document: Document, offset: int) -> Iterator[CompletionItem]:
    """Yield the names that the surrounding expressions bind, nearest first."""
    from nix_lsp.analysis.scope import names_at

    for index, name in enumerate(names_at(document, offset)):
        yield CompletionItem(
            name.name,
            CompletionKind.VARIABLE,
            name.name,
            detail=_KINDS[name.kind],
            sort=f"1{index:04}",
        )


def global_items(builtins: Mapping[str, Builtin]) -> Iterator[CompletionItem]:
    """Yield the builtins that need no prefix."""
    for builtin in builtins.values():
        if builtin.global_scope:
            yield _builtin(builtin, "8")


def builtin_items(builtins: Mapping[str, Builtin]) -> Iterator[CompletionItem]:
    """Yield what stands behind `builtins.`."""
    for builtin in builtins.values():
        yield _builtin(builtin, "0")


def _builtin(builtin: Builtin, rank: str) -> CompletionItem:
    detail = " → ".join((*builtin.args, "…")) if builtin.args else builtin.type
    return CompletionItem(
        builtin.name,
        CompletionKind.BUILTIN,
        builtin.name,
        detail=detail,
        sort=rank + builtin.name,
        key=("builtin", builtin.name),
    )


def keyword_items(*, in_list: bool = False) -> Iterator[CompletionItem]:
    """Yield the language's keywords that may stand in an expression, or in one that is an element of a list."""
    for keyword in _IN_LISTS if in_list else KEYWORDS:
        snippet = KEYWORDS[keyword]
        yield CompletionItem(
            keyword, CompletionKind.KEYWORD, snippet or keyword, snippet is not None, keyword, sort="9" + keyword
        )


def binding_keywords(typed: str, *, in_let: bool) -> Iterator[CompletionItem]:
    """Yield the keywords that stand where a binding can begin, of those that begin with what is typed; `in` ends those of a `let`."""
    for keyword, snippet in {"inherit": "inherit $0;", "in": "in"}.items():
        if keyword.startswith(typed) and (in_let or keyword != "in"):
            yield CompletionItem(keyword, CompletionKind.KEYWORD, snippet, "$" in snippet, keyword, sort="9" + keyword)


MODULE_NAMES: Mapping[str, tuple[str, str]] = {
    "imports": ("imports = [ $1 ];", "other modules"),
    "options": ("options = {\n  $1\n\\};", "the options that this module declares"),
    "config": ("config = {\n  $1\n\\};", "definitions, where the module declares options too"),
    "disabledModules": ("disabledModules = [ $1 ];", "modules to leave out"),
}
"""What a module has beside definitions, with a snippet and its meaning (NixOS manual, "Structure of NixOS Modules")."""


def module_items(typed: str) -> Iterator[CompletionItem]:
    """Yield those of a module's own names, as they stand at its top, that begin with what is typed; all of them behind the options."""
    for name, (snippet, meaning) in MODULE_NAMES.items():
        rank = "10" if typed and name.casefold().startswith(typed.casefold()) else "2"
        yield CompletionItem(name, CompletionKind.KEYWORD, snippet, True, name, detail=meaning, sort=rank + name)


def argument_items(
    lanes: Sequence[Lane], taken: frozenset[str], handed: Iterable[str] = ()
) -> Iterator[CompletionItem]:
    """Yield the arguments that a module may ask for and that its formals do not name yet; `handed` are those that its hosts hand it."""
    sets = ("", *dict.fromkeys(lane.set for lane in lanes))
    known = dict.fromkeys(handed, "handed over by the host")
    for module_set in sets:
        for name, meaning in MODULE_ARGUMENTS.get(module_set, ()):
            known.setdefault(name, meaning)
    for name, meaning in known.items():
        if name not in taken:
            yield CompletionItem(name, CompletionKind.VARIABLE, name, detail=meaning, sort="0" + name)
