"""What a flake's evaluation does not have: `<nixpkgs>`, and builtins that ask the machine."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.packages import is_conditional
from nix_lsp.analysis.scope import names_at
from nix_lsp.ide.model import Severity, TextEdit, Tier
from nix_lsp.ide.rewrites.imperative.expressions import ExpressionRewrite, Hit
from nix_lsp.ide.rewrites.imperative.scope import argument
from nix_lsp.ide.set_names import binding_path
from nix_lsp.syntax.ast import ATTRSETS, attrs, bindings, span, static_string, text, unparenthesized
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from nix_lsp.analysis.scope import Name
    from nix_lsp.ide.model import Diagnostic, Fix

_MODULES = "nixos/modules/"
_FILES = frozenset({"shell.nix", "default.nix"})
_OF_HOME = {"HOME": ("home", "homeDirectory"), "USER": ("home", "username")}
_COMPARED = frozenset({"if_expression", "assert_expression", "binary_expression", "has_attr_expression"})
_GONE = {
    "currentSystem": "is missing",
    "currentTime": "is missing",
    "storePath": "fails",
    "getEnv": "gives the empty string",
}
"""What becomes of a builtin in pure evaluation (Nix manual, "Built-ins" and `pure-eval`)."""


def _severity(hit: Hit) -> Severity | None:
    """Where the project's files speak of `--impure`, its author may want it so."""
    return Severity.HINT if hit.around.is_told_impure else None


def _match_search_path(hit: Hit) -> Iterator[Diagnostic]:
    node = next((each for each in reversed(hit.chain) if each.type == "spath_expression"), None)
    if node is None:
        return
    path = text(node)
    if not hit.is_default and hit.around.is_pure:
        message = f"`{path}` is looked up on NIX_PATH, which a flake is evaluated without: it fails unless `--impure` is given."
        yield SEARCH_PATH.at(span(node), message, _of_inputs(hit, node), severity=_severity(hit))
    elif path == "<nixpkgs>" and posixpath.basename(hit.document.path) in _FILES and _has_npins(hit):
        message = "`<nixpkgs>` is whatever NIX_PATH names on each machine; the project pins one with npins."
        imported = hit.chain[hit.chain.index(node) - 1].type == "apply_expression"
        source = "(import ./npins).nixpkgs" if imported else "(import ./npins).nixpkgs.outPath"
        fix = hit.fix("Take the pinned nixpkgs", [TextEdit(span(node), source)], Tier.REVIEW)
        yield SEARCH_PATH.at(span(node), message, [fix], severity=Severity.HINT)


def _has_npins(hit: Hit) -> bool:
    """Tell whether the file's own folder pins a nixpkgs with npins."""
    folder = hit.around.folder
    files = hit.around.project.files
    is_there = all(
        files.kind(posixpath.join(folder, "npins", name)) == "file" for name in ("default.nix", "sources.json")
    )
    return is_there and hit.around.project.locked(folder).named("sources", "nixpkgs") is not None


def _of_inputs(hit: Hit, node: Node) -> Iterator[Fix]:
    """Yield what says the same from what the flake pins, where that is in scope."""
    head, _, rest = text(node)[1:-1].partition("/")
    if head == "nixpkgs" and rest.startswith(_MODULES):
        yield from _of_modules_path(hit, node, rest.removeprefix(_MODULES))
        return
    names = names_at(hit.document, node.start_byte)
    source = _input(hit, head, names)
    if source is None or hit.around.project.locked(hit.around.folder).named("inputs", head) is None:
        return
    if head == "home-manager" and rest in {"nixos", "nix-darwin"}:
        kind = "nixosModules" if rest == "nixos" else "darwinModules"
        edit = TextEdit(span(node), f"{source}.{kind}.home-manager")
        yield hit.fix("Take the module of the flake's input", [edit], Tier.REVIEW)
    elif head == "nixpkgs" and not rest and (edits := _import_of_input(hit, node, source, names)):
        yield hit.fix("Import the flake's input", edits, Tier.REVIEW)


def _input(hit: Hit, name: str, names: Sequence[Name]) -> str | None:
    """Return what an input of the flake is called in a scope: `inputs.nixpkgs`, or `nixpkgs` as an argument of the outputs."""
    known = {each.name: each for each in names}
    if "inputs" in known:
        return f"inputs.{name}"
    if name not in known or known[name].kind != "formal" or posixpath.basename(hit.document.path) != "flake.nix":
        return None
    binding = known[name].owner.parent
    path = binding_path(binding) if binding and binding.type == "binding" else None
    return name if path == ("outputs",) else None


def _of_modules_path(hit: Hit, node: Node, rest: str) -> Iterator[Fix]:
    """`modulesPath` is the folder of NixOS's own modules, for modules that are imported from there."""
    functions = [each for each in hit.chain if each.type == "function_expression"]
    module = next((each for each in hit.chain if each.type in ATTRSETS), None)
    lanes = hit.around.project.lanes(hit.document)
    is_module = not functions or (len(functions) == 1 and functions[0].parent == hit.document.root)
    if module is None or not is_module or not lanes or any(lane.set != "nixos" for lane in lanes):
        return
    if (formals := argument(hit.document, module, "modulesPath")) is not None:
        edit = TextEdit(span(node), f'(modulesPath + "/{rest}")')
        yield hit.fix("Take it from `modulesPath`", [*formals, edit], Tier.MECHANICAL)


def _import_of_input(hit: Hit, node: Node, source: str, scope: Sequence[Name]) -> list[TextEdit] | None:
    """Return the edits that make `import <nixpkgs> { … }` the import of the input, for the system that is evaluated."""
    call = next(
        (each for each in reversed(hit.chain) if each.type == "apply_expression" and each.start_byte < node.start_byte),
        None,
    )
    outer = call.parent if call else None
    if call is None or outer is None or outer.type != "apply_expression" or text(call.named_children[0]) != "import":
        return None
    given = unparenthesized(outer.named_children[-1])
    edits = [TextEdit(span(node), source)]
    names = {each.name for each in scope}
    if given.type != "attrset_expression":
        return None
    if any(_binds_system(each) for each in bindings(given)):
        return edits
    system = (
        "inherit system;"
        if "system" in names
        else "inherit (pkgs.stdenv.hostPlatform) system;"
        if "pkgs" in names
        else ""
    )
    at = given.start_byte + 1
    gap = " " if text(given) == "{}" else ""
    return [*edits, TextEdit(Span(at, at), f" {system}{gap}")] if system else None


def _binds_system(binding: Node) -> bool:
    """Tell whether it says for which system, or may do so."""
    path = binding.child_by_field_name("attrpath") or binding.child_by_field_name("attrs")
    return path is None or any(each.name in {"system", "localSystem", "hostPlatform", None} for each in attrs(path))


def _match_builtins(hit: Hit) -> Iterator[Diagnostic]:
    found = hit.builtin() if text(hit.node) in _GONE else None
    if found is None or hit.is_default or not hit.around.is_pure or is_conditional(hit.document, hit.chain):
        return
    name = text(hit.node)
    whole = found
    if name == "getEnv":
        call = hit.call(found)
        if call is None or any(each.type in _COMPARED for each in hit.chain):
            # One that is compared has an answer for the empty string.
            return
        whole = call[0]
    message = f"In a flake's evaluation `builtins.{name}` {_GONE[name]}, unless `--impure` is given."
    severity = Severity.HINT if name == "getEnv" else _severity(hit)
    yield BUILTINS.at(span(whole), message, _of_home(hit, whole) if name == "getEnv" else (), severity=severity)


def _of_home(hit: Hit, call: Node) -> Iterator[Fix]:
    """Yield the option of home-manager that says the same, but for where it is defined itself."""
    variable = static_string(unparenthesized(call.named_children[-1]))
    option = _OF_HOME.get(variable or "")
    lanes = hit.around.project.lanes(hit.document)
    module = next((each for each in hit.chain if each.type in ATTRSETS), None)
    if option is None or module is None or not lanes or any(lane.set != "home-manager" for lane in lanes):
        return
    defining = [text(path).rpartition(".")[2] for each in hit.chain if (path := each.child_by_field_name("attrpath"))]
    if option[1] in defining or "imports" in defining:
        return
    if (formals := argument(hit.document, module, "config")) is not None:
        edit = TextEdit(span(call), f"config.{'.'.join(option)}")
        yield hit.fix(f"Take `{'.'.join(option)}`", [*formals, edit], Tier.MECHANICAL)


SEARCH_PATH = ExpressionRewrite(
    id="imp-spath-nixpkgs",
    summary="A flake's evaluation has no NIX_PATH to look `<…>` up on",
    why=(
        "`<nixpkgs>` is whatever NIX_PATH names on the machine that evaluates: another revision than the one that is locked, or none. Flakes are "
        "evaluated without it. A module finds NixOS's own modules by its argument `modulesPath`, and everything else by the flake's inputs. "
        "Beside a flake, the default of an argument (`pkgs ? import <nixpkgs> { }`) is left alone, and so is everything in projects that live on channels; "
        "where a folder pins nixpkgs with npins, its `shell.nix` and `default.nix` are told."
    ),
    keep="Keep it where the file is meant to be evaluated with `--impure`, or by `nix-build` with whatever nixpkgs there is.",
    before=(
        '{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";\n  outputs = inputs: {\n'
        '    packages.x86_64-linux.default = (import <nixpkgs> { system = "x86_64-linux"; }).hello;\n  };\n}'
    ),
    after=(
        '{\n  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";\n  outputs = inputs: {\n'
        '    packages.x86_64-linux.default = (import inputs.nixpkgs { system = "x86_64-linux"; }).hello;\n  };\n}'
    ),
    words=("<nixpkgs", "<home-manager"),
    match=_match_search_path,
    severity=Severity.WARNING,
    tier=Tier.REVIEW,
)

BUILTINS = ExpressionRewrite(
    id="imp-impure-builtins",
    summary="A flake's evaluation knows nothing of the machine that it runs on",
    why=(
        "Flakes are evaluated without the environment, the clock and the machine's own kind, so that everyone gets the same: "
        "`builtins.currentSystem` and `builtins.currentTime` are not there, `builtins.storePath` fails, and `builtins.getEnv` gives the empty string. "
        "What a module asks of them, its configuration tells: `pkgs.stdenv.hostPlatform.system`, `config.home.homeDirectory`, `config.home.username`."
    ),
    keep="Keep them where the evaluation is given `--impure`, or behind `or`, `?` and a comparison with what else there may be.",
    before="{\n  outputs = { nixpkgs, ... }: { formatter = nixpkgs.legacyPackages.${builtins.currentSystem}.nixfmt; };\n}",
    after="{\n  outputs = { nixpkgs, ... }: { formatter.x86_64-linux = nixpkgs.legacyPackages.x86_64-linux.nixfmt; };\n}",
    words=tuple(_GONE),
    match=_match_builtins,
    options=("home.homeDirectory", "home.username"),
    severity=Severity.WARNING,
    tier=Tier.EXPLAINED,
)
