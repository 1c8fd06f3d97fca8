"""Adding a well-known input to a flake, with what it follows and the module that hosts take from it."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.lanes import HOME_MANAGER, NIX_DARWIN, NIXOS
from nix_lsp.analysis.module_forms import calls, head_of
from nix_lsp.ide import edits
from nix_lsp.ide.kinds import REWRITE
from nix_lsp.ide.refactorings.formals import add_formal
from nix_lsp.ide.refactorings.refactoring import Refactoring
from nix_lsp.ide.set_names import literal_set
from nix_lsp.syntax.ast import attrs, bindings, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Fix, TextEdit
    from nix_lsp.ide.refactorings.refactoring import Place

_BUILDERS = {"nixosSystem": NIXOS, "darwinSystem": NIX_DARWIN, "homeManagerConfiguration": HOME_MANAGER}
_RELEASE = re.compile(r"(?:nixos|nixpkgs|release)-(\d\d\.\d\d)")
_INPUTS = "inputs"


class _Input(NamedTuple):
    """A flake that many configurations take."""

    name: str
    url: str
    modules: Mapping[str, str]
    """The module for each module set, below the flake's outputs."""
    branch: str | None = None
    """The branch for a release (`{}`) of nixpkgs, where it has them."""
    follows: tuple[str, ...] = ("nixpkgs",)


_KNOWN = (
    _Input(
        "home-manager",
        "github:nix-community/home-manager",
        {NIXOS: "nixosModules.home-manager", NIX_DARWIN: "darwinModules.home-manager"},
        "release-{}",
    ),
    _Input(
        "sops-nix",
        "github:Mic92/sops-nix",
        {NIXOS: "nixosModules.sops", NIX_DARWIN: "darwinModules.sops", HOME_MANAGER: "homeManagerModules.sops"},
    ),
    _Input(
        "agenix",
        "github:ryantm/agenix",
        {NIXOS: "nixosModules.default", NIX_DARWIN: "darwinModules.default", HOME_MANAGER: "homeManagerModules.default"},
    ),
    _Input("disko", "github:nix-community/disko", {NIXOS: "nixosModules.disko"}),
    _Input("impermanence", "github:nix-community/impermanence", {NIXOS: "nixosModules.impermanence"}, follows=()),
    _Input("lanzaboote", "github:nix-community/lanzaboote", {NIXOS: "nixosModules.lanzaboote"}),
    _Input(
        "stylix",
        "github:nix-community/stylix",
        {NIXOS: "nixosModules.stylix", NIX_DARWIN: "darwinModules.stylix", HOME_MANAGER: "homeModules.stylix"},
        "release-{}",
    ),
    _Input(
        "nixvim",
        "github:nix-community/nixvim",
        {NIXOS: "nixosModules.nixvim", NIX_DARWIN: "nixDarwinModules.nixvim", HOME_MANAGER: "homeModules.nixvim"},
        "nixos-{}",
    ),
    _Input("nixos-hardware", "github:NixOS/nixos-hardware", {}, follows=()),
    _Input(
        "nix-index-database",
        "github:nix-community/nix-index-database",
        {NIXOS: "nixosModules.nix-index", NIX_DARWIN: "darwinModules.nix-index", HOME_MANAGER: "homeModules.nix-index"},
    ),
    _Input("nixos-wsl", "github:nix-community/NixOS-WSL", {NIXOS: "nixosModules.wsl"}),
    _Input("nix-darwin", "github:nix-darwin/nix-darwin", {}, "nix-darwin-{}"),
)  # fmt: skip
"""Inputs by the name that they usually have, as their own documentation has them."""


class _Flake(NamedTuple):
    root: Node
    inputs: Node | None
    """The set of inputs, if they are in one."""
    last: Node
    """The last binding that names an input."""
    names: frozenset[str]
    urls: str
    """The source of all inputs."""


def _add(place: Place) -> Iterator[Fix]:
    if (
        posixpath.basename(place.document.path) != "flake.nix"
        or len(place.chain) < 3
        or text(place.chain[-1]) != _INPUTS
    ):
        return
    flake = _read(place)
    if flake is None:
        return
    for known in _KNOWN:
        if known.name in flake.names or re.search(rf"{re.escape(known.url)}[\"/?]", flake.urls, re.IGNORECASE):
            continue
        changes = edits.combine([_input_edit(place, flake, known), *_module_edits(place, flake, known)])
        if changes is not None:
            yield place.fix(f"Add input `{known.name}`", changes, review=len(changes) > 1)


def _read(place: Place) -> _Flake | None:
    """Return the inputs of the flake that the cursor is on the `inputs` of."""
    root = place.document.root.child_by_field_name("expression")
    if root is None or root.type != "attrset_expression":
        return None
    found = [each for each in bindings(root) if head_of(each) == _INPUTS]
    if not any(each in place.chain for each in found):
        return None
    names: set[str] = set()
    inputs: Node | None = None
    for binding in found:
        path = attrs(binding.child_by_field_name("attrpath") or binding)
        if len(path) > 1:
            names.add(path[1].name or "")
        elif (value := literal_set(binding)) is not None:
            inputs = value
            names |= {head_of(each) or "" for each in bindings(value)}
        else:
            return None
    return _Flake(root, inputs, found[-1], frozenset(names), " ".join(map(text, found)))


def _input_edit(place: Place, flake: _Flake, known: _Input) -> TextEdit:
    release = _RELEASE.search(flake.urls)
    url = known.url + (f"/{known.branch.format(release[1])}" if known.branch and release else "")
    follows = [each for each in known.follows if each in flake.names]
    prefix = "" if flake.inputs is not None else f"{_INPUTS}."
    if follows:
        lines = "".join(f'  inputs.{each}.follows = "{each}";\n' for each in follows)
        new = f'{prefix}{known.name} = {{\n  url = "{url}";\n{lines}}};'
    else:
        new = f'{prefix}{known.name}.url = "{url}";'
    if flake.inputs is not None:
        return edits.insert(place.document, flake.inputs, new)
    return edits.insert(place.document, flake.root, new, flake.last)


def _module_edits(place: Place, flake: _Flake, known: _Input) -> tuple[TextEdit, ...]:
    """Return the edits that give the flake's host the input's module; only the argument of `outputs`, where it builds several or none."""
    document = place.document
    outputs = next((each for each in bindings(flake.root) if head_of(each) == "outputs"), None)
    function = outputs.child_by_field_name("expression") if outputs else None
    if function is None or (function := unparenthesized(function)).type != "function_expression":
        return ()
    formals, universal = function.child_by_field_name("formals"), function.child_by_field_name("universal")
    is_open = formals is not None and any(child.type == "ellipses" for child in formals.named_children)
    added = add_formal(document, formals, known.name) if formals and not (is_open and universal) else ()
    head = known.name if added else f"{text(universal)}.{known.name}" if universal else known.name
    hosts = [
        (module_set, value)
        for builder, module_set in _BUILDERS.items()
        for argument in calls(document, flake.root, builder)
        for each in bindings(unparenthesized(argument))
        if head_of(each) == "modules"
        and (value := each.child_by_field_name("expression")) is not None
        and value.type == "list_expression"
    ]
    if len(hosts) != 1 or hosts[0][0] not in known.modules:
        return () if is_open else added
    module = edits.append(document, hosts[0][1], [f"{head}.{known.modules[hosts[0][0]]}"])
    return (*added, module) if module else added


ROWS = (
    Refactoring(
        "add-flake-input",
        REWRITE,
        "Adds a well-known input to a flake: home-manager, sops-nix, agenix, disko and others, with the branch of the release that nixpkgs is "
        "of, `follows`, and its module, if the flake builds one host. The lock is updated by `nix flake lock`.",
        '{\n  inputs$0 = {\n    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";\n  };\n\n  outputs =\n    { nixpkgs, ... }:\n    {\n'
        "      nixosConfigurations.a = nixpkgs.lib.nixosSystem {\n        modules = [\n          ./configuration.nix\n        ];\n      };\n    };\n}\n",
        '{\n  inputs = {\n    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";\n    home-manager = {\n'
        '      url = "github:nix-community/home-manager/release-25.11";\n      inputs.nixpkgs.follows = "nixpkgs";\n    };\n  };\n\n  outputs =\n'
        "    { nixpkgs, home-manager, ... }:\n    {\n      nixosConfigurations.a = nixpkgs.lib.nixosSystem {\n        modules = [\n"
        "          ./configuration.nix\n          home-manager.nixosModules.home-manager\n        ];\n      };\n    };\n}\n",
        _add,
        file="/flake.nix",
    ),
)
