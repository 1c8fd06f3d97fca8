"""What a project adds to nixpkgs' packages: by its own overlays, and by those of its inputs.

A name that an overlay may define is not judged. Overlays of well-known inputs are a table; the project's own are read; of any other
nothing is known, and then nothing is judged.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.analysis.scope import Name, resolve_name
from nix_lsp.syntax.ast import application, attrs, bindings, descent, text, unparenthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from re import Pattern

    from tree_sitter import Node

    from nix_lsp.analysis.files import Files
    from nix_lsp.analysis.pin import Pin
    from nix_lsp.syntax.document import Document

OVERLAYS: Mapping[str, str] = {
    "NUR": "nur",
    "nur": "nur",
    "rust-overlay": "rust-bin|rustChannel.*|latest|lib",
    "fenix": "fenix|rust-analyzer-nightly|vscode-extensions",
    "emacs-overlay": "emacs.*|commercial-emacs|tree-sitter-grammars|treesit-grammars",
    "neovim-nightly-overlay": "neovim.*|tree-sitter",
    "nixGL": "nixgl",
    "agenix": "agenix",
    "ragenix": "r?agenix",
    "agenix-rekey": "agenix-rekey",
    "sops-nix": "sops-.*|ssh-to-pgp",
    "deploy-rs": "deploy-rs",
    "colmena": "colmena",
    "comin": "comin",
    "attic": "attic.*",
    "devshell": "devshell|mkDevShell",
    "nix-vscode-extensions": "vscode-.*|open-vsx.*|forVSCodeVersion|usingFixesFrom|nix-vscode-extensions",
    "zig-overlay": "zigpkgs",
    "nix-minecraft": ".*[sS]ervers?|mkTextile.*|nix-modrinth-prefetch|fetchPackwizModpack|fetchModrinthModpack",
    "niri-flake": "niri.*|xwayland-satellite.*",
    "nix-darwin": "darwin-.*|nix-darwin",
    "home-manager": "home-manager.*",
    "nixvim": "nixvim|lib",
    "nix-index-database": "nix-index-.*|comma-with-db",
    "poetry2nix": "poetry.*",
    "gomod2nix": "gomod2nix|buildGoApplication|mkGoEnv|mkVendorEnv",
    "nix-alien": "nix-alien|nix-index-update",
}
"""By repository: the names that its overlays define, as a pattern over whole names. Read from the repositories' own flakes and overlays."""

_MODULES = frozenset({
    "NUR", "NixOS-WSL", "agenix", "attic", "colmena", "comin", "disko", "home-manager", "impermanence", "lanzaboote", "nix-colors",
    "nix-darwin", "nix-flatpak", "nix-homebrew", "nix-index-database", "nix-ld", "nix-topology", "nixos-facter-modules",
    "nixos-vscode-server", "nixvim", "nur", "nvf", "plasma-manager", "preservation", "ragenix", "sops-nix", "spicetify-nix",
    "srvos", "stylix",
})  # fmt: skip
"""Repositories whose modules add at most what `OVERLAYS` says, or only change packages that nixpkgs has: none of their modules sets more in `nixpkgs.overlays`."""

_SEEN = re.compile(rb"overlay|packageOverrides|nixpkgs\.pkgs\b|_module\.args")
_PATH = re.compile(
    rb"(?<![\w./'-])([A-Za-z_][\w'-]*(?:\.(?:[A-Za-z_][\w'-]*|\$\{[^{}]*\}|\"[^\"$]*\"))*?)\.overlays?(?![\w'-])"
)
_OWN = frozenset(
    (
        *(
            "nixpkgs",
            "self",
            "config",
            "options",
            "prev",
            "final",
            "super",
            "outputs",
            "flake",
            "lib",
            "pkgs",
            "args",
            "settings",
            "cfg",
        ),
        *("opts", "hardware", "system", "services", "boot", "programs", "this", "old", "perSystem"),
    )
)
"""What may have `overlays` and is no input."""
_FETCHED = re.compile(
    rb"fetch(?:Tarball|FromGitHub|FromGitLab|Git|url|Tree)\b[^;]*overlay|<nixpkgs-overlays>"
    rb"|(?:nixpkgs|_module\.args)\.pkgs\s*=(?![^;]*\b(?:nixpkgs|pkgs)\b(?!-))"
)
"""An overlay that the evaluation fetches, and packages that are not nixpkgs' own."""
_FINAL, _PREV = rb"(?:_?final|_?self)'?", rb"(?:_?prev|_?super)'?"
_CURRIED = re.compile(
    rb"(?<![\w.'-])(?:" + _FINAL + rb"\s*:\s*(?:" + _PREV + rb"|_)|_\s*:\s*" + _PREV + rb")\s*:"
    rb"|packageOverrides\s*=\s*(?:[A-Za-z_]\w*)\s*:"
)
_ELSEWHERE = re.compile(
    r"\binputs\b|\bfetch[A-Z]|\blegacyPackages\b|\.packages\b|\bflake\b|\bgetFlake\b|\bbuiltins\.fetch"
)
_TAKEN = re.compile(r"\.overlays?(?![\w'-])")
"""A call of an overlay, which counts as one that is taken."""
_TEST = re.compile(r"/tests?(?:/|\.nix$)")
"""Files that no host is made of."""
_STEPS = 64
"""Sets joined by `//`, functions of functions: an overlay has few."""


class _Scan(NamedTuple):
    """What one file says of overlays."""

    inputs: frozenset[str] = frozenset()
    """The names whose overlays it takes."""
    is_open: bool = False
    """It has an overlay that cannot be read, or package sets of its own making."""


class Additions(NamedTuple):
    """What may be in `pkgs` beside what nixpkgs has."""

    is_open: bool = False
    """Overlays that cannot be seen: any name may be there."""
    by_modules: bool = False
    """Modules from elsewhere, which may bring overlays along."""
    names: tuple[Pattern[str], ...] = ()
    """What the overlays of well-known inputs define."""
    stems: frozenset[str] = frozenset()
    """Names of the project's files and folders: packages are often called by them."""

    def brings(self, name: str) -> bool:
        """Tell whether an overlay of an input may define a name."""
        return self.is_open or any(pattern.fullmatch(name) for pattern in self.names)

    def may_be(self, name: str) -> bool:
        """Tell whether a name may be there: of an overlay, or since a file of the project is called so."""
        return self.brings(name) or name in self.stems


class Overlays:
    """What files say of overlays: kept by document, so that all snapshots of a workspace share it."""

    def __init__(self) -> None:
        self._scans: dict[str, tuple[Document, _Scan]] = {}
        self._stems: tuple[tuple[str, ...], frozenset[str]] | None = None

    def additions(
        self,
        paths: tuple[str, ...],
        files: Files,
        named: Callable[[str], Pin | None],
        modules: Iterable[str],
        *,
        opaque: bool,
    ) -> Additions:
        """Return what is added to packages.

        Args:
            paths: the files of the project.
            files: where they are read.
            named: finds the pin of an input by its name.
            modules: the repositories whose modules are taken.
            opaque: modules are taken that cannot be seen.
        """
        taken: set[str] = set()
        is_open = False
        for path in paths:
            document = files.document(path) if path.endswith(".nix") and not _TEST.search(path) else None
            if document is None:
                continue
            scan = self._scan(document)
            is_open = is_open or scan.is_open
            taken |= scan.inputs
        repositories = {name: pin.repo or pin.source if (pin := named(name)) else name for name in taken}
        is_open = is_open or any(repo not in OVERLAYS for repo in repositories.values())
        brought = set(modules)
        known = {repo for repo in (*repositories.values(), *brought) if repo in OVERLAYS}
        return Additions(
            is_open,
            opaque or not brought <= _MODULES,
            tuple(re.compile(OVERLAYS[repo]) for repo in sorted(known)),
            self._all_stems(paths),
        )

    def _all_stems(self, paths: tuple[str, ...]) -> frozenset[str]:
        if self._stems is None or self._stems[0] is not paths:
            self._stems = (paths, stems(paths))
        return self._stems[1]

    def _scan(self, document: Document) -> _Scan:
        known = self._scans.get(document.path)
        if known is None or known[0] is not document:
            known = self._scans[document.path] = (document, _scan(document))
        return known[1]


def stems(paths: Iterable[str]) -> frozenset[str]:
    """Return the names of files and folders, without endings."""
    found: set[str] = set()
    for path in paths:
        folder, name = posixpath.split(path)
        found.add(name.removesuffix(".nix"))
        while folder not in {"", "/"} and (name := posixpath.basename(folder)) not in found:
            found.add(name)
            folder = posixpath.dirname(folder)
    return frozenset(found)


def _scan(document: Document) -> _Scan:
    if not _SEEN.search(document.source):
        return _Scan()
    if any(_is_code(document, match.start()) for match in _FETCHED.finditer(document.source)):
        return _Scan(is_open=True)
    names = frozenset(_inputs(document))
    return _Scan(names, any(not _is_plain(document, function) for function in _functions(document)))


def _inputs(document: Document) -> Iterator[str]:
    """Yield the names of inputs whose overlays a file takes: `emacs-overlay` of `inputs.emacs-overlay.overlays.default`."""
    for match in _PATH.finditer(document.source):
        before = match[1].decode().split(".")
        after = document.source[match.end() : match.end() + 7]
        if (
            before[0] in _OWN
            or after == b".enable"
            or re.match(rb"\s*[={]", after)
            or not _is_code(document, match.start())
        ):
            continue
        name = before[before.index("inputs") + 1] if "inputs" in before[:-1] else before[0]
        if name not in _OWN:
            yield name.strip('"')


def _is_code(document: Document, offset: int) -> bool:
    return descent(document.root, offset)[-1].type not in {"comment", "string_fragment"}


def _functions(document: Document) -> Iterator[Node]:
    """Yield the functions of a file that are written as overlays are: `final: prev: …`, `packageOverrides = pkgs: …`."""
    for match in _CURRIED.finditer(document.source):
        start = match.end() - 1
        around = [node for node in descent(document.root, start) if node.type == "function_expression"]
        if around:
            yield around[-1]


def _is_plain(document: Document, function: Node) -> bool:
    """Tell whether the names that an overlay defines all stand in the project's files: bound, inherited, or the names of files."""
    waiting: list[Node | None] = [function.child_by_field_name("body")]
    for _ in range(_STEPS):
        if not waiting:
            return True
        node = waiting.pop()
        if node is None:
            return False
        node = unparenthesized(node)
        if node.type in {"let_expression", "with_expression", "assert_expression", "function_expression"}:
            waiting.append(node.child_by_field_name("body"))
        elif node.type == "if_expression":
            waiting += [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        elif node.type == "binary_expression":
            waiting += [node.child_by_field_name("left"), node.child_by_field_name("right")]
        elif node.type in {"attrset_expression", "rec_attrset_expression"}:
            if not all(_is_static(binding) for binding in bindings(node)):
                return False
        elif node.type == "apply_expression":
            function_, arguments = application(node)
            called = text(function_)
            if arguments and called.rpartition(".")[2] in {"optionalAttrs", "mkIf"}:
                waiting.append(arguments[-1])
            elif not _TAKEN.search(called) and _ELSEWHERE.search(text(node)):
                return False
        elif node.type == "variable_expression":
            name = resolve_name(document, node)
            if not isinstance(name, Name) or name.kind not in {"let", "rec"} or name.value is None:
                return False
            waiting.append(name.value)
        else:
            return False
    return False


def _is_static(binding: Node) -> bool:
    path = binding.child_by_field_name("attrpath")
    if binding.type != "binding" or path is None:
        return True
    segments = attrs(path)
    return bool(segments) and segments[0].name is not None
