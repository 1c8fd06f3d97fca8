"""Other package managers: `npm -g`, `pip`, `cargo install`, `brew`, `flatpak`, and scripts that come straight from the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool, runs
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.places import DEV_SHELL, DEVENV
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Expression, List, Setting, string

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nix_lsp.analysis.shell.word import Word

_QUIET = {"no-audit": "x", "no-fund": "x", "silent": "x", "quiet": "x", "yes": "x"}
NPM_TOOLS = (
    Tool("npm", flags="gsyq", long={"global": "g", **_QUIET}),
    Tool("pnpm", flags="g", long={"global": "g", **_QUIET}),
    Tool("yarn"),
)
"""npm-install(1), `pnpm add`, `yarn global add`."""
CARGO = Tool("cargo", flags="qf", long={"locked": "l", "quiet": "q", "force": "f"})
"""`--git`, `--path`, `--version` and `--features` are not listed: what they install is not what nixpkgs has."""
GO = Tool("go", flags="v")
GEM = Tool("gem", flags="N", long={"no-document": "N", "user-install": "u"})
BREW = Tool("brew", flags="qf", long={"cask": "cask", "formula": "formula", "quiet": "q", "force": "f"})

_OF_NPM = {
    name: name
    for name in (
        "bun",
        "eslint",
        "nodemon",
        "pnpm",
        "prettier",
        "pm2",
        "typescript",
        "typescript-language-server",
        "wrangler",
        "yarn",
    )
} | {"@anthropic-ai/claude-code": "claude-code", "@google/gemini-cli": "gemini-cli", "@openai/codex": "codex"}
"""Packages that nixpkgs has under a name of their own, with the same program."""
_OF_CARGO = {
    name: name
    for name in ("bat", "cargo-audit", "cargo-edit", "cargo-expand", "cargo-nextest", "cargo-watch", "eza", "ripgrep")
} | {
    "fd-find": "fd",
    "sqlx-cli": "sqlx-cli",
    "wasm-pack": "wasm-pack",
}
_OF_GO = {
    "golang.org/x/tools/gopls": "gopls",
    "github.com/go-delve/delve/cmd/dlv": "delve",
    "github.com/golangci/golangci-lint/cmd/golangci-lint": "golangci-lint",
}
_OF_GEM = {"bundler": "bundler", "cocoapods": "cocoapods", "jekyll": "jekyll", "rubocop": "rubocop"}
_PYTHON = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_NAME = re.compile(r"[a-z0-9][\w@.+-]*")
_TAP = re.compile(r"[\w-]+/[\w.-]+")

_TARGETS = {
    "nixos": "environment.systemPackages",
    "nix-darwin": "environment.systemPackages",
    "home-manager": "home.packages",
}
_LISTS = ("packages", "nativeBuildInputs", "buildInputs")
_PLACES = frozenset({Place.DEV_SHELL, Place.ACTIVATION, Place.USER_ACTIVATION, Place.HOME_ACTIVATION})
_LANES = frozenset({"nixos", "home-manager", "nix-darwin", DEV_SHELL, DEVENV})
_INSTALLERS = (
    ("sh.rustup.rs", "`pkgs.rustup`, or `rustc` and `cargo` in a development shell"),
    ("nvm-sh/nvm", "`pkgs.nodejs` in a development shell"),
    ("ohmyzsh", "`programs.zsh.oh-my-zsh` in home-manager, `programs.zsh.ohMyZsh` in NixOS"),
    ("starship.rs", "`programs.starship.enable`"),
    ("astral.sh/uv", "`pkgs.uv`"),
    ("bun.sh", "`pkgs.bun`"),
    ("deno.land", "`pkgs.deno`"),
    ("get.docker.com", "`virtualisation.docker.enable`"),
    ("tailscale.com", "`services.tailscale.enable`"),
    ("get.k3s.io", "`services.k3s.enable`"),
)
"""Installers whose work nixpkgs or a module does."""


def package_list(reading: Reading) -> tuple[str, ...]:
    """Return the option that lists packages where a script stands; in a development shell, the one that it has already."""
    if reading.place is Place.DEV_SHELL:
        return (next((name for name in _LISTS if (name,) in reading.defined), "packages"),)
    return tuple(_TARGETS[reading.lane].split("."))


def _packages(reading: Reading, attributes: Sequence[str]) -> tuple[tuple[Setting, ...], ...]:
    return ((Setting(package_list(reading), List(tuple(Expression(f"pkgs.{name}") for name in attributes))),),)


def _mapped(words: Sequence[Word], known: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the packages of nixpkgs for names that ask for no version; None if one of them is not known."""
    names = [(word.value or "").removesuffix("@latest") for word in words]
    found = tuple(known[name] for name in names if name in known)
    return found if found and len(found) == len(names) else None


def _match_npm(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(*NPM_TOOLS):
        words = [word.value for word in invocation.operands]
        if run.tool == "yarn":
            names = invocation.operands[2:] if words[:2] == ["global", "add"] else ()
        else:
            names = (
                invocation.operands[1:] if words[:1] in (["install"], ["i"], ["add"]) and invocation.has("g") else ()
            )
        if not names or run.user:
            continue
        if attributes := _mapped(names, _OF_NPM):
            yield Match((command,), _packages(reading, attributes), packages=attributes)
        elif all(word.value and not word.value.startswith((".", "/")) for word in names):
            yield Match(
                (command,),
                (),
                tier=Tier.EXPLAINED,
                note="`buildNpmPackage` makes a package of one that nixpkgs does not have.",
            )


def _match_cargo(reading: Reading) -> Iterator[Match]:
    known = {"cargo": _OF_CARGO, "go": _OF_GO, "gem": _OF_GEM}
    for command, invocation, run in reading.lines(CARGO, GO, GEM):
        if not invocation.operands or invocation.operands[0].value != "install" or run.user:
            continue
        if attributes := _mapped(invocation.operands[1:], known[run.tool]):
            yield Match((command,), _packages(reading, attributes), packages=attributes)


def _match_pip(reading: Reading) -> Iterator[Match]:
    in_venv = re.search(rb"\bvenv\b|virtualenv|\bactivate\b", reading.script.content + reading.source) is not None
    for command in reading.script.commands:
        run = runs(command) if command.is_silent and not command.assignments else None
        words = [word.value for word in run.arguments] if run else []
        if run and run.tool in {"python", "python3"} and words[:2] == ["-m", "pip"]:
            words = words[2:]
        elif run is None or run.tool not in {"pip", "pip3"}:
            continue
        if words[:1] != ["install"] or not words[1:] or any(word in {".", "-e", "--editable"} for word in words):
            continue
        names = [word for word in words[1:] if word and not word.startswith("-")]
        attributes = tuple(name.lower().replace("_", "-").replace(".", "-") for name in names)
        is_plain = command.is_plain and len(names) == len(words) - 1 and all(_PYTHON.fullmatch(name) for name in names)
        if is_plain and names and not in_venv and reading.place is Place.DEV_SHELL:
            listed = " ".join(f"ps.{name}" for name in attributes)
            python = Expression(f"(pkgs.python3.withPackages (ps: [ {listed} ]))")
            settings = (Setting(package_list(reading), List((python,))),)
            packages = tuple(f"python3Packages.{name}" for name in attributes)
            yield Match(
                (command,), (settings,), packages=packages, tier=Tier.REVIEW, note="The versions are those of nixpkgs."
            )
        else:
            yield Match((command,), (), tier=Tier.EXPLAINED, note=_VENV)
            return


_VENV = (
    "`python3.withPackages` has what nixpkgs packages; for the rest, `venvShellHook` makes the virtual environment once (`venvDir`, "
    "`postVenvCreation`), and uv2nix reads a project's own lock."
)


def _match_brew(reading: Reading) -> Iterator[Match]:
    has_user = ("system", "primaryUser") in reading.defined
    note = "" if has_user else "Since 25.05 `system.primaryUser` says whose Homebrew it is."
    for command, invocation, _ in reading.lines(BREW):
        words = [word.value or "?" for word in invocation.operands]
        found = _of_brew(words[0], words[1:], is_cask=invocation.has("cask")) if words else None
        if found:
            yield Match((command,), ((setting("homebrew.enable", True), found),), note=note)


def _of_brew(verb: str, names: list[str], *, is_cask: bool) -> Setting | None:
    match verb:
        case "install" if names and all(_NAME.fullmatch(name) or name.count("/") == 2 for name in names):
            return setting("homebrew.casks" if is_cask else "homebrew.brews", List(tuple(map(string, names))))
        case "tap" if len(names) == 1 and _TAP.fullmatch(names[0]):
            return setting("homebrew.taps", List((string(names[0]),)))
        case "update" if not names:
            return setting("homebrew.onActivation.autoUpdate", True)
        case "upgrade" if not names and not is_cask:
            return setting("homebrew.onActivation.upgrade", True)
        case _:
            return None


def _match_flatpak(reading: Reading) -> Iterator[Match]:
    for command in reading.script.commands:
        run = runs(command)
        words = [word.value or "" for word in run.arguments if not word.leading.startswith("-")] if run else []
        if run and run.tool == "flatpak" and words[:1] in (["install"], ["remote-add"]):
            note = "nix-flatpak, a flake, has `services.flatpak.packages` and `services.flatpak.remotes`."
            advised = ("services.flatpak.enable",) if reading.lane == "nixos" else ()
            yield Match((command,), (), tier=Tier.EXPLAINED, advised=advised, note=note)
            return


def _match_piped(reading: Reading) -> Iterator[Match]:
    for command, run in (*reading.handed_over, *reading.evaluated):
        if run.tool not in {"curl", "wget"}:
            continue
        urls = [word.value or word.leading for word in run.arguments]
        if not any("://" in url or url.startswith(tuple(name for name, _ in _INSTALLERS)) for url in urls):
            continue
        known = next((instead for name, instead in _INSTALLERS if any(name in url for url in urls)), None)
        yield Match((command,), (), tier=Tier.EXPLAINED, note=f"Instead: {known}." if known else "")


NPM = Rewrite(
    id="imp-npm-global",
    summary="Programs from npm can be listed as packages",
    why=(
        "`npm install -g` writes into a folder that no configuration describes, fails where the prefix is in the Nix store, and brings another "
        "version on each machine and day."
    ),
    keep="Keep it for a program that nixpkgs does not have and that is not worth a package.",
    before='devShells.default = pkgs.mkShell { shellHook = "npm install -g typescript"; };',
    after="devShells.default = pkgs.mkShell { packages = [ pkgs.typescript ]; };",
    lanes=_LANES,
    places=_PLACES,
    tools=frozenset({"npm", "pnpm", "yarn"}),
    match=_match_npm,
    options=("packages", "home.packages", "environment.systemPackages"),
)

PIP = Rewrite(
    id="imp-pip-install",
    summary="Python's packages can come with the interpreter",
    why=(
        "pip runs at every start of the shell, takes what the network has at the moment, and its wheels look for libraries where NixOS has none."
    ),
    keep="Keep pip in a virtual environment for what nixpkgs does not have.",
    before='devShells.default = pkgs.mkShell { shellHook = "pip install requests"; };',
    after="devShells.default = pkgs.mkShell { packages = [ (pkgs.python3.withPackages (ps: [ ps.requests ])) ]; };",
    lanes=_LANES,
    places=_PLACES,
    tools=frozenset({"pip", "pip3", "python", "python3"}),
    match=_match_pip,
    options=("packages",),
    tier=Tier.REVIEW,
)

CARGO_GO_GEM = Rewrite(
    id="imp-cargo-go-gem",
    summary="The program can be listed as a package",
    why=(
        "`cargo install` and its like build into a folder of the user's, again on each machine, whatever is newest then; nixpkgs has the program built."
    ),
    keep="Keep it for what nixpkgs does not have; `go install ./…` builds what is here, and is left alone.",
    before='devShells.default = pkgs.mkShell { shellHook = "cargo install cargo-watch"; };',
    after="devShells.default = pkgs.mkShell { packages = [ pkgs.cargo-watch ]; };",
    lanes=_LANES,
    places=_PLACES,
    tools=frozenset({"cargo", "go", "gem"}),
    match=_match_cargo,
    options=("packages", "home.packages", "environment.systemPackages"),
)

BREW_INSTALL = Rewrite(
    id="imp-brew",
    summary="What Homebrew installs can be declared",
    why=(
        "nix-darwin writes a Brewfile of what is declared and has Homebrew install it as the right user at every switch; a command in an activation script "
        "runs as root, which Homebrew refuses, and says nothing of what is there."
    ),
    keep="Keep it for what is tried out by hand. `homebrew.onActivation.cleanup` decides what becomes of everything else: by default it stays.",
    before='system.activationScripts.postActivation.text = "brew install wget";',
    after='homebrew.enable = true;\n  homebrew.brews = [ "wget" ];',
    lanes=frozenset({"nix-darwin"}),
    places=frozenset({Place.ACTIVATION}),
    tools=frozenset({"brew"}),
    match=_match_brew,
    options=("homebrew.enable", "homebrew.brews", "homebrew.casks", "homebrew.taps", "homebrew.onActivation"),
)

FLATPAK = Rewrite(
    id="imp-flatpak",
    summary="Flatpak's programs are installed beside the configuration",
    why=(
        "nixpkgs declares flatpak itself, not what it installs: a script that installs at activation waits for the network, and takes nothing away "
        "that leaves the list. nix-flatpak declares remotes and programs."
    ),
    keep="Keep it where the newest of a program is what you want flatpak for.",
    before='system.activationScripts.flatpak.text = "flatpak install -y flathub org.kde.krita";',
    after="services.flatpak.enable = true;",
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK}),
    tools=frozenset({"flatpak"}),
    match=_match_flatpak,
    options=("services.flatpak.enable",),
    tier=Tier.EXPLAINED,
)

PIPED = Rewrite(
    id="imp-curl-sh",
    summary="What comes from the network is run unseen",
    why=(
        "A script that is piped from the network into a shell is another one each time, with nobody to say what it was: whoever controls the server, "
        "or the name, runs commands here, as root in an activation script. A package has a hash."
    ),
    keep="Keep it out of what runs by itself.",
    before='system.activationScripts.uv.text = "curl -LsSf https://astral.sh/uv/install.sh | sh";',
    after="environment.systemPackages = [ pkgs.uv ];",
    lanes=_LANES,
    places=_PLACES | {Place.SERVICE, Place.SERVICE_HOOK, Place.SHELL_INIT},
    tools=frozenset({"curl", "wget"}),
    match=_match_piped,
    severity=Severity.WARNING,
    tier=Tier.EXPLAINED,
)
