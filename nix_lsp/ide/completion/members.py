"""What derivations, `stdenv`, its platforms and the inputs of a flake have, whichever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import CompletionItem, CompletionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLATFORM = [
    "system",
    "isLinux",
    "isDarwin",
    "isx86_64",
    "isAarch64",
    "isx86",
    "isi686",
    "isAarch32",
    "isRiscV",
    "isRiscV64",
    "isPower64",
    "is64bit",
    "is32bit",
    "isMusl",
    "isStatic",
    "isUnix",
    "isBSD",
    "isFreeBSD",
    "isWindows",
    "isMinGW",
    "isWasm",
    "isAndroid",
    "isGnu",
    "isEfi",
    "isLittleEndian",
    "isBigEndian",
    "config",
    "parsed",
    "uname",
    "libc",
    "linuxArch",
    "efiArch",
    "qemuArch",
    "canExecute",
    "emulator",
    "emulatorAvailable",
    "extensions",
    "gcc",
    "go",
    "rust",
    "rustc",
]
"""nixpkgs, lib/systems/default.nix and lib/systems/inspect.nix: the frequent ones first."""
_STDENV = [
    "mkDerivation",
    "hostPlatform",
    "buildPlatform",
    "targetPlatform",
    "cc",
    "hasCC",
    "shell",
    "shellPackage",
    "isLinux",
    "isDarwin",
    "isx86_64",
    "isAarch64",
    "is64bit",
    "is32bit",
    "isi686",
    "override",
    "overrideDerivation",
]
"""nixpkgs, pkgs/stdenv/generic/default.nix."""
_DERIVATION = [
    "meta",
    "version",
    "pname",
    "name",
    "override",
    "overrideAttrs",
    "overrideDerivation",
    "passthru",
    "src",
    "out",
    "outPath",
    "outputs",
    "drvPath",
    "drvAttrs",
    "system",
    "tests",
    "buildInputs",
    "nativeBuildInputs",
    "propagatedBuildInputs",
    "propagatedNativeBuildInputs",
    "stdenv",
    "type",
]
"""nixpkgs, pkgs/stdenv/generic/make-derivation.nix and lib/customisation.nix; Nix manual, "Derivations"."""
_META = [
    "description",
    "homepage",
    "license",
    "mainProgram",
    "maintainers",
    "platforms",
    "badPlatforms",
    "broken",
    "unfree",
    "available",
    "changelog",
    "longDescription",
    "position",
    "outputsToInstall",
    "priority",
]
"""nixpkgs manual, "Meta-attributes"."""
_OUTPUTS = [
    "packages",
    "legacyPackages",
    "nixosModules",
    "darwinModules",
    "homeModules",
    "homeManagerModules",
    "overlays",
    "lib",
    "apps",
    "devShells",
    "checks",
    "templates",
    "nixosConfigurations",
    "flakeModules",
    "inputs",
    "outPath",
    "rev",
    "shortRev",
    "lastModified",
    "lastModifiedDate",
    "narHash",
    "sourceInfo",
]
"""What flakes have by agreement, and what Nix adds to them."""
_SYSTEMS = ("x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin")
_BY_SYSTEM = frozenset({"packages", "legacyPackages", "apps", "devShells", "checks", "formatter"})
_DEFAULT = frozenset({"nixosModules", "darwinModules", "homeModules", "homeManagerModules", "overlays", "flakeModules"})
_PLATFORMS = frozenset({"hostPlatform", "buildPlatform", "targetPlatform"})


def member_items(names: tuple[str, ...], *, is_package: bool) -> list[CompletionItem]:
    """Return what stands below a known name that no index lists.

    Args:
        names: the path: `("pkgs", "stdenv", "hostPlatform")`, `("inputs", "disko", "nixosModules")`.
        is_package: it is a package of `pkgs`.
    """
    return [
        CompletionItem(name, CompletionKind.ATTRIBUTE, name, sort=f"4{number:02}")
        for number, name in enumerate(_members(names, is_package=is_package))
    ]


def _members(names: tuple[str, ...], *, is_package: bool) -> Iterator[str]:
    match names:
        case ("pkgs", *_, platform) if platform in _PLATFORMS:
            yield from _PLATFORM
        case ("pkgs", *_, stdenv) if stdenv.endswith(("stdenv", "Stdenv")) or stdenv == "stdenvNoCC":
            yield from _STDENV
        case ("pkgs", _, *_, "meta"):
            yield from _META
        case ("pkgs", *_) if is_package:
            yield from _DERIVATION
        case ("inputs", _):
            yield from _OUTPUTS
        case ("inputs", _, output) if output in _BY_SYSTEM:
            yield from _SYSTEMS
        case ("inputs", _, output) if output in _DEFAULT:
            yield "default"
        case ("inputs", _, output, _) if output in _BY_SYSTEM:
            yield "default"
        case _:
            return
