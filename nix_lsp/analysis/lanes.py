"""What a file by itself tells about its module set, for files that no host is seen to import.

In order of weight: a comment `# nix-lsp: set <name>`, `_class`, arguments, the names of the file and its folders, and a vote of its
option paths across the sets. Where none of these is clear the file has no set: silence is better than a wrong word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import bindings, static_string, text, unparenthesized
from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from nix_lsp.analysis.definition import ModuleView
    from nix_lsp.syntax.document import Document
    from option_index.query import OptionSet

NIXOS, HOME_MANAGER, NIX_DARWIN = "nixos", "home-manager", "nix-darwin"
SETS = (NIXOS, HOME_MANAGER, NIX_DARWIN)

CLASSES = {"nixos": NIXOS, "homeManager": HOME_MANAGER, "darwin": NIX_DARWIN}
"""Values of `_class`."""

_COMMENT = re.compile(rb"^[ \t]*#[ \t]*nix-lsp:[ \t]*set[ \t]+([\w-]+)", re.MULTILINE)
_COMMENT_SETS = {b"nixos": NIXOS, b"home-manager": HOME_MANAGER, b"nix-darwin": NIX_DARWIN, b"darwin": NIX_DARWIN}
_HEAD = 4096
"""Bytes in which a magic comment is looked for."""

_FILES = {
    "hardware-configuration.nix": NIXOS,
    "home.nix": HOME_MANAGER,
    "home-configuration.nix": HOME_MANAGER,
    "darwin.nix": NIX_DARWIN,
    "darwin-configuration.nix": NIX_DARWIN,
    "nixos.nix": NIXOS,
    "configuration.nix": NIXOS,
}
_FOLDERS = {
    "nixos": NIXOS,
    "nixos-modules": NIXOS,
    "home-manager": HOME_MANAGER,
    "home-modules": HOME_MANAGER,
    "home": HOME_MANAGER,
    "homes": HOME_MANAGER,
    "hm": HOME_MANAGER,
    "darwin": NIX_DARWIN,
    "nix-darwin": NIX_DARWIN,
    "darwin-modules": NIX_DARWIN,
}
_NO_MODULES = frozenset(
    {
        "pkgs",
        "packages",
        "overlays",
        "overlay",
        "lib",
        "tests",
        "test",
        "checks",
        "shells",
        "devshells",
        "templates",
        "apps",
    }
)
"""Folders whose files are rarely modules: there only the strongest evidence counts."""
_SAMPLES = frozenset({"templates", "template", "examples", "example", "tests", "test", "fixtures"})
"""Folders of projects within the project."""
_SYSTEMS = re.compile(r"(?:^|/)systems/(?:x86_64|aarch64)-linux/[^/]+/default\.nix$")
"""Where snowfall finds NixOS hosts."""
_SAMPLE = 80
"""Definitions that vote."""


class Evidence(NamedTuple):
    """The module set that a file belongs to, and what says so."""

    set: str
    reason: str
    is_sure: bool = False
    """The author says so, or a file of that name is nothing else."""


def commanded(document: Document) -> Evidence | None:
    """Return the set that a magic comment at the head of a file names."""
    found = _COMMENT.search(document.source, 0, _HEAD)
    module_set = _COMMENT_SETS.get(found[1]) if found else None
    return Evidence(module_set, "a comment says so", is_sure=True) if module_set else None


def class_of(document: Document) -> str | None:
    """Return the `_class` that a module says it is of."""
    if b"_class" not in document.source:
        return None
    body = _result(document.root)
    for binding in bindings(body) if body else ():
        path, value = binding.child_by_field_name("attrpath"), binding.child_by_field_name("expression")
        if path and value and text(path) == "_class":
            return static_string(value)
    return None


def told_by_file(document: Document, root: str) -> Evidence | None:
    """Return what the file's `_class`, arguments, name and folders below `root` tell."""
    return _by_class(document) or _by_arguments(document) or by_name(document.path, root)


def by_name(path: str, root: str) -> Evidence | None:
    """Return what the names of a file and of its folders below `root` tell; folders that contradict each other tell nothing."""
    *folders, name = path.removeprefix(root).strip("/").split("/")
    words = {folder.lower() for folder in folders}
    by_folder = {_FOLDERS[word] for word in words if word in _FOLDERS}
    if "darwin" in name or any("darwin" in word for word in words):
        by_folder.add(NIX_DARWIN)
    by_file = _FILES.get(name)
    if by_file and not (by_file == NIXOS and NIX_DARWIN in by_folder):
        return Evidence(by_file, f"it is called {name}", is_sure=name.endswith("configuration.nix"))
    if by_file:
        return Evidence(NIX_DARWIN, f"it is called {name}, below a darwin folder")
    if _SYSTEMS.search(path.removeprefix(root)):
        by_folder.add(NIXOS)
    if len(by_folder) == 1 and not words & _NO_MODULES:
        return Evidence(by_folder.pop(), "of the folder it lies in")
    return None


def may_be_module(path: str, root: str) -> bool:
    """Tell whether a file's place allows that it is a module: packages, overlays and tests lie elsewhere."""
    *folders, name = path.removeprefix(root).strip("/").split("/")
    return name not in {"flake.nix", "shell.nix"} and not ({folder.lower() for folder in folders} & _NO_MODULES)


def may_build(path: str, root: str) -> bool:
    """Tell whether a file's place allows that it is part of the project itself: templates, examples and tests are somebody else's."""
    folders = path.removeprefix(root).strip("/").split("/")[:-1]
    return not {folder.lower() for folder in folders} & _SAMPLES


def vote(module: ModuleView, options: Callable[[str], OptionSet | None]) -> Evidence | None:
    """Let the option paths of a module say which set they are from.

    A set wins if more than half of the paths are options there, and if paths that only it has outnumber those that only others have
    by more than three to one.
    """
    paths = _paths(module)
    if not paths:
        return None
    valid: dict[str, int] = dict.fromkeys(SETS, 0)
    exclusive: dict[str, int] = dict.fromkeys(SETS, 0)
    for path in paths:
        homes = [name for name in SETS if (known := options(name)) and _stands(known, path)]
        for name in homes:
            valid[name] += 1
        if len(homes) == 1:
            exclusive[homes[0]] += 1
    winner = max(SETS, key=lambda name: (exclusive[name], valid[name]))
    others = sum(count for name, count in exclusive.items() if name != winner)
    if valid[winner] * 2 > len(paths) and exclusive[winner] > 3 * others:
        return Evidence(winner, f"{valid[winner]} of {len(paths)} option paths are of it")
    return None


def _paths(module: ModuleView) -> list[tuple[str | None, ...]]:
    """Return the paths of a module's own definitions that tell something: at least two segments, the deepest only."""
    found: dict[tuple[str | None, ...], None] = {}
    for root in module.roots:
        for names, is_set in root.outlines if root.set is None else ():
            if not is_set and len(names) > 1 and names[0] is not None and names[0] not in _WEIGHTLESS:
                found[names] = None
    return list(found)[:_SAMPLE]


_WEIGHTLESS = frozenset({"imports", "_module", "_class", "assertions", "warnings", "meta", "nixpkgs", "lib"})
_STANDING = frozenset({Standing.OPTION, Standing.RENAMED, Standing.REMOVED, Standing.CHANGED})


def _stands(options: OptionSet, path: tuple[str | None, ...]) -> bool:
    resolution = options.resolve(path)
    return resolution.standing in _STANDING or (resolution.standing is Standing.INSIDE and resolution.matched > 1)


def _by_class(document: Document) -> Evidence | None:
    name = class_of(document)
    return Evidence(CLASSES[name], f'it says `_class = "{name}"`', is_sure=True) if name in CLASSES else None


def _by_arguments(document: Document) -> Evidence | None:
    if (b"osConfig" in document.source or b"nixosConfig" in document.source) and _formal(document.root) & {
        "osConfig",
        "nixosConfig",
    }:
        return Evidence(HOME_MANAGER, "it takes the argument `osConfig`")
    if b"lib.hm." in document.source:
        return Evidence(HOME_MANAGER, "it uses `lib.hm`")
    return None


def _result(node: Node | None) -> Node | None:
    """Return the expression that a file's functions, `let` and `with` come down to."""
    while node is not None:
        node = unparenthesized(node)
        inner = node.child_by_field_name("body") or (
            node.child_by_field_name("expression") if node.type == "source_code" else None
        )
        if inner is None:
            return node
        node = inner
    return None


def _formal(root: Node) -> set[str]:
    """Return the names of the formals of a file's outermost functions."""
    names: set[str] = set()
    node = root.child_by_field_name("expression")
    while node is not None and node.type == "function_expression":
        formals = node.child_by_field_name("formals")
        for formal in formals.children_by_field_name("formal") if formals else ():
            if name := formal.child_by_field_name("name"):
                names.add(text(name))
        node = node.child_by_field_name("body")
    return names


SOURCES: Mapping[str, str] = {NIXOS: "nixpkgs", HOME_MANAGER: "home-manager", NIX_DARWIN: "nix-darwin"}
"""The source whose revision decides a module set."""
