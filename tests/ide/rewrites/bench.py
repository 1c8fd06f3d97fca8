"""A project with a handful of options, and the acts that the tests of rewrites share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nix_lsp.analysis.declared import DeclaredOptions
from nix_lsp.analysis.module import read_module
from nix_lsp.analysis.overlays import Additions
from nix_lsp.analysis.pin import Lane
from nix_lsp.analysis.pins.table import FolderPins
from nix_lsp.analysis.project import Settings
from nix_lsp.ide.edits import apply
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from nix_lsp.syntax.document import Document
from option_index.records import Attribute, AttributeKind, Option, Package, Resolution, Standing

from .file_options import DARWIN_FILES, HOME_FILES, SYSTEM_FILES
from .system_options import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.analysis.definition import ModuleView
    from nix_lsp.analysis.taken import Use
    from nix_lsp.ide.model import Diagnostic
    from option_index.query import LibrarySet, OptionSet, PackageSet

_PORTS = "list of 16 bit unsigned integer; between 0 and 65535 (both inclusive)"
_RANGES = "list of attribute set of 16 bit unsigned integer; between 0 and 65535 (both inclusive)"

OPTIONS: dict[str, dict[str, str]] = {
    "nixos": {
        "boot.loader.systemd-boot.configurationLimit": "null or signed integer",
        "nix.gc.automatic": "boolean",
        "nix.gc.dates": "(optionally newline-terminated) single-line string or list of string",
        "nix.gc.options": "(optionally newline-terminated) single-line string",
        "nix.optimise.automatic": "boolean",
        "nix.optimise.dates": "list of string",
        "services.nginx.enable": "boolean",
        "services.openssh.enable": "boolean",
        "services.udev.extraRules": 'strings concatenated with "\\n"',
        "system.autoUpgrade.channel": "null or string",
        "system.autoUpgrade.enable": "boolean",
        "systemd.services.<name>.restartTriggers": "list of unspecified value",
        "systemd.services.<name>.script": 'strings concatenated with "\\n"',
        "systemd.services.<name>.serviceConfig": "attribute set of systemd option",
        "systemd.services.<name>.startAt": "string or list of string",
        "systemd.services.<name>.wantedBy": "list of string",
        "users.users.<name>.linger": "null or boolean",
        **SYSTEM,
        **SYSTEM_FILES,
        "boot.kernel.sysctl": "open submodule of attribute set of (sysctl option value)",
        "environment.homeBinInPath": "boolean",
        "environment.localBinInPath": "boolean",
        "environment.shellAliases": "attribute set of (null or string or absolute path)",
        "environment.systemPackages": "list of package",
        "environment.variables": "attribute set of ((list of (signed integer or string or absolute path)) or signed integer or string or absolute path)",
        "networking.firewall.allowedTCPPorts": _PORTS,
        "networking.firewall.allowedTCPPortRanges": _RANGES,
        "networking.firewall.allowedUDPPorts": _PORTS,
        "networking.firewall.allowedUDPPortRanges": _RANGES,
        "networking.firewall.interfaces.<name>.allowedTCPPorts": _PORTS,
        "programs.bash.shellAliases": "attribute set of (null or string or absolute path)",
        "programs.fish.shellAbbrs": "attribute set of string",
        "programs.direnv.enable": "boolean",
        "programs.fzf.fuzzyCompletion": "boolean",
        "programs.fzf.keybindings": "boolean",
        "programs.gnupg.agent.enable": "boolean",
        "programs.gnupg.agent.enableSSHSupport": "boolean",
        "programs.ssh.startAgent": "boolean",
        "programs.zsh.histSize": "signed integer",
        "services.xserver.autoRepeatDelay": "null or signed integer",
        "services.xserver.autoRepeatInterval": "null or signed integer",
        "services.xserver.xkb.layout": 'strings concatenated with ","',
        "services.xserver.xkb.model": "string",
        "services.xserver.xkb.options": 'strings concatenated with ","',
        "services.xserver.xkb.variant": "string",
        "programs.git.config": "(attribute set of attribute set of anything) or list of attribute set of attribute set of anything",
        "programs.git.enable": "boolean",
        "programs.zsh.enable": "boolean",
        "systemd.tmpfiles.rules": "list of string",
        "systemd.tmpfiles.settings.<config-name>.<path>.<tmpfiles-type>.argument": "string",
        "systemd.tmpfiles.settings.<config-name>.<path>.<tmpfiles-type>.group": "string",
        "systemd.tmpfiles.settings.<config-name>.<path>.<tmpfiles-type>.mode": "string",
        "systemd.tmpfiles.settings.<config-name>.<path>.<tmpfiles-type>.user": "string",
        "time.timeZone": "null or string without spaces",
        "users.groups.<name>.gid": "null or signed integer",
        "users.users.<name>.createHome": "boolean",
        "users.users.<name>.description": "string, not containing newlines or colons",
        "users.users.<name>.extraGroups": "list of string",
        "users.users.<name>.group": "string",
        "users.users.<name>.home": "absolute path, not containing newlines or colons",
        "users.users.<name>.isNormalUser": "boolean",
        "users.users.<name>.isSystemUser": "boolean",
        "users.users.<name>.shell": "null or package or (absolute path, not containing newlines or colons)",
        "users.users.<name>.uid": "null or signed integer",
    },
    "nixos-22.11": {"systemd.tmpfiles.rules": "list of string"},
    "home-manager": {
        "programs.gpg.enable": "boolean",
        "programs.gpg.publicKeys": "list of (submodule)",
        "programs.ssh.enable": "boolean",
        "programs.ssh.settings.<name>.AddKeysToAgent": "string",
        "programs.ssh.settings.<name>.UseKeychain": "string",
        "programs.tmux.plugins": "list of (package or (submodule))",
        "programs.vscode.enable": "boolean",
        "programs.vscode.profiles.<name>.extensions": "list of package",
        "programs.zsh.oh-my-zsh.enable": "boolean",
        "programs.zsh.oh-my-zsh.plugins": "list of string",
        "programs.zsh.oh-my-zsh.theme": "string",
        **HOME_FILES,
        "nix.gc.automatic": "boolean",
        "nix.gc.dates": "(optionally newline-terminated) single-line string or list of string",
        "nix.gc.options": "null or string",
        "home.packages": "list of package",
        "launchd.agents.<name>.config": "open submodule of attribute set of anything",
        "launchd.agents.<name>.enable": "boolean",
        "nixpkgs.config": "open submodule",
        "services.mbsync.enable": "boolean",
        "services.mbsync.frequency": "string",
        "systemd.user.services": "attribute set of (open submodule of systemd service unit configuration)",
        "systemd.user.timers": "attribute set of (open submodule of systemd timer unit configuration)",
        "home.sessionPath": "list of string",
        "home.sessionSearchVariables": "attribute set of list of string",
        "home.sessionVariables": "lazy attribute set of (string or absolute path or signed integer or floating point number or boolean)",
        "programs.bash.shellAliases": "attribute set of string",
        "programs.fish.binds.<name>.command": "null or string or list of string",
        "programs.neovim.plugins": "list of (package or (submodule))",
        "programs.fish.binds.<name>.mode": 'null or one of "default", "insert", "paste" or string',
        "programs.fish.functions": 'attribute set of (strings concatenated with "\\n" or (submodule))',
        "programs.fish.plugins": "list of (submodule)",
        "programs.fish.shellAbbrs": "attribute set of (string or (submodule))",
        "programs.fish.shellAliases": "attribute set of string",
        "fonts.fontconfig.enable": "boolean",
        "xdg.mimeApps.defaultApplications": "attribute set of ((optionally lazy list of string) or string convertible to it)",
        "xdg.mimeApps.enable": "boolean",
        "home.keyboard.layout": "null or string",
        "home.keyboard.options": "list of string",
        "home.keyboard.variant": "null or string",
        "programs.bash.historyControl": 'list of (one of "erasedups", "ignoreboth", "ignoredups", "ignorespace")',
        "programs.bash.historyFileSize": "null or signed integer",
        "programs.bash.historyIgnore": "list of string",
        "programs.bash.historySize": "null or signed integer",
        "programs.zsh.autosuggestion.enable": "boolean",
        "programs.zsh.defaultKeymap": 'null or one of "emacs", "vicmd", "viins"',
        "programs.zsh.enableCompletion": "boolean",
        "programs.zsh.history.ignoreDups": "boolean",
        "programs.zsh.history.save": "signed integer",
        "programs.zsh.history.share": "boolean",
        "programs.zsh.plugins": "list of (submodule)",
        "programs.zsh.setOptions": "list of string",
        "programs.zsh.syntaxHighlighting.enable": "boolean",
        "programs.direnv.enable": "boolean",
        "programs.dircolors.enable": "boolean",
        "programs.fzf.enable": "boolean",
        "programs.mise.enable": "boolean",
        "programs.nix-your-shell.enable": "boolean",
        "programs.pyenv.enable": "boolean",
        "programs.starship.enable": "boolean",
        "programs.television.enable": "boolean",
        "programs.zoxide.enable": "boolean",
        "programs.zoxide.options": "list of string",
        "services.gpg-agent.enable": "boolean",
        "services.gpg-agent.enableSshSupport": "boolean",
        "services.ssh-agent.enable": "boolean",
        "programs.git.enable": "boolean",
        "programs.git.settings": "attribute set of attribute set of anything",
        "programs.zsh.shellAliases": "attribute set of string",
        "programs.zsh.shellGlobalAliases": "attribute set of string",
        "targets.darwin.currentHostDefaults": "open submodule of attribute set of attribute set of anything",
        "targets.darwin.defaults": "open submodule of attribute set of attribute set of anything",
    },
    "home-manager-24.11": {"home.sessionPath": "list of string"},
    "home-manager-25.05": {
        "programs.ssh.addKeysToAgent": "string",
        "programs.ssh.enable": "boolean",
        "programs.git.enable": "boolean",
        "programs.git.extraConfig": 'strings concatenated with "\\n" or attribute set of attribute set of anything',
        "programs.git.userEmail": "null or string",
        "programs.git.userName": "null or string",
    },
    "nix-darwin": {
        "homebrew.brews": "list of ((submodule) or string convertible to it)",
        "homebrew.casks": "list of ((submodule) or string convertible to it)",
        "homebrew.enable": "boolean",
        "homebrew.onActivation.autoUpdate": "boolean",
        "homebrew.onActivation.upgrade": "boolean",
        "homebrew.taps": "list of ((submodule) or string convertible to it)",
        **DARWIN_FILES,
        "networking.applicationFirewall.blockAllIncoming": "null or boolean",
        "networking.applicationFirewall.enable": "null or boolean",
        "networking.applicationFirewall.enableStealthMode": "null or boolean",
        "networking.computerName": "null or string",
        "networking.hostName": "null or string",
        "networking.localHostName": "null or string",
        "networking.wakeOnLan.enable": "null or boolean",
        "nix.gc.automatic": "boolean",
        "nix.gc.options": "(optionally newline-terminated) single-line string",
        "power.restartAfterPowerFailure": "null or boolean",
        "power.sleep.computer": 'null or positive integer, meaning >0, or value "never" (singular enum)',
        "power.sleep.display": 'null or positive integer, meaning >0, or value "never" (singular enum)',
        "security.pam.services.sudo_local.reattach": "boolean",
        "security.pam.services.sudo_local.touchIdAuth": "boolean",
        "services.openssh.enable": "null or boolean",
        "system.defaults.dock.persistent-apps": "null or (list of (attribute-tagged union))",
        "system.startup.chime": "null or boolean",
        "environment.shellAliases": "attribute set of string",
        "launchd.agents.<name>.serviceConfig": "open submodule of attribute set of anything",
        "launchd.daemons.<name>.serviceConfig": "open submodule of attribute set of anything",
        "launchd.user.agents.<name>.serviceConfig": "open submodule of attribute set of anything",
        "nixpkgs.config": "open submodule",
        "programs.fish.enable": "boolean",
        "system.keyboard.enableKeyMapping": "boolean",
        "system.keyboard.nonUS.remapTilde": "boolean",
        "system.keyboard.remapCapsLockToControl": "boolean",
        "system.keyboard.remapCapsLockToEscape": "boolean",
        "system.keyboard.swapLeftCommandAndLeftAlt": "boolean",
        "users.knownUsers": "list of string",
        "users.users.<name>.shell": "null or package or absolute path",
        "users.users.<name>.uid": "signed integer",
        "programs.ssh.knownHosts.<name>.publicKey": "null or string",
        "security.sudo.extraConfig": 'null or strings concatenated with "\\n"',
        "users.users.<name>.openssh.authorizedKeys.keys": "list of (optionally newline-terminated) single-line string",
        "environment.systemPackages": "list of package",
        "environment.systemPath": "list of (absolute path or string)",
        "environment.variables": "attribute set of (string or list of string)",
        "system.defaults.CustomSystemPreferences": "open submodule of (plist value)",
        "system.defaults.CustomUserPreferences": "open submodule of (plist value)",
        "system.defaults.dock.autohide": "null or boolean",
        "system.defaults.dock.tilesize": "null or signed integer",
        "system.defaults.screencapture.location": "null or string",
        "system.defaults.loginwindow.LoginwindowText": "null or string",
        "time.timeZone": "null or string",
    },
}
"""Facts of the releases that the tests speak of, by pin."""

_PACKAGES = frozenset(
    {
        *("bash", "fish", "git", "htop", "vim", "zsh"),
        *("gcc", "gnumake", "hello", "zoxide"),
        *("coreutils", "ripgrep", "rsync", "systemd"),
        *("cargo-watch", "claude-code", "prettier", "typescript"),
        *("python3Packages.requests", "tmuxPlugins.resurrect", "tmuxPlugins.sensible", "vimPlugins.vim-fugitive"),
        *("vscode-extensions.jnoortheen.nix-ide",),
    }
)


_ATTRIBUTES = {"curl": AttributeKind.PACKAGE, "pinentry": AttributeKind.GONE, "writers": AttributeKind.SET}


class Options:
    """An `OptionSet` over a table; only `resolve` is asked by rewrites."""

    label = "the bench"

    def __init__(self, module_set: str, types: dict[str, str]) -> None:
        self.set = module_set
        self._types = {tuple(path.split(".")): type_ for path, type_ in types.items()}

    def resolve(self, path: Sequence[str | None]) -> Resolution:
        inside: Resolution | None = None
        for known, type_ in self._types.items():
            shared = 0
            for have, asked in zip(known, path, strict=False):
                if have != asked and not have.startswith("<"):
                    break
                shared += 1
            option = Option(known, type_)
            if shared == len(known) == len(path):
                return Resolution(Standing.OPTION, shared, option)
            if shared == len(path):
                return Resolution(Standing.NAMESPACE, shared)
            if shared == len(known) and ("attribute set" in type_ or "open submodule" in type_):
                inside = Resolution(Standing.INSIDE, shared, option)
        return inside or Resolution(Standing.UNKNOWN, 0)


class Packages:
    label = "the bench"

    def package(self, attr: str) -> Package | None:
        return Package(attr) if attr in _PACKAGES else None

    def attribute(self, attr: str) -> Attribute | None:
        return Attribute(attr, _ATTRIBUTES[attr]) if attr in _ATTRIBUTES else None

    def move(self, attr: str) -> None:
        del attr


@dataclass
class Bench:
    """A project of one file in given lanes: the part of `Project` that rewrites ask."""

    pins: Sequence[str] = ("nixos",)
    settings: Settings = field(default_factory=Settings)

    root = "/"

    def is_missing(self, path: str) -> bool:
        return False

    def is_folder(self, path: str) -> bool:
        return False

    def document(self, path: str) -> Document | None:
        del path
        return None

    def nix_files(self) -> Sequence[Document]:
        return ()

    def taken_from(self, document: Document) -> Sequence[Use]:
        del document
        return ()

    def module(self, document: Document) -> ModuleView:
        return read_module(document)

    def lanes(self, document: Document) -> Sequence[Lane]:
        del document
        return [Lane(_set_of(pin), {}, host=pin) for pin in self.pins]

    def options(self, lane: Lane) -> OptionSet | None:
        types = OPTIONS.get(lane.host if lane.host and _set_of(lane.host) == lane.set else lane.set)
        return Options(lane.set, types) if types else None  # pyright: ignore[reportReturnType]

    def packages(self, lane: Lane | None) -> PackageSet | None:
        del lane
        return Packages()  # pyright: ignore[reportReturnType]

    def additions(self, lane: Lane | None) -> Additions:
        return Additions()

    def library(self, lane: Lane | None) -> LibrarySet | None:
        return None

    def declared(self, lane: Lane) -> DeclaredOptions:
        del lane
        return DeclaredOptions()

    def locked(self, folder: str) -> FolderPins:
        del folder
        return FolderPins({}, (), ())

    def foreign(self, lane: Lane, namespace: str) -> bool:
        del lane, namespace
        return False


def _set_of(pin: str) -> str:
    return next(name for name in ("nixos", "home-manager", "nix-darwin") if pin.startswith(name))


def findings(
    text: str,
    pin: str = "nixos",
    path: str = "/etc/nixos/module.nix",
    *,
    pins: Sequence[str] = (),
    quiet: bool = False,
) -> list[Diagnostic]:
    """Return what is found in a file; with `quiet`, what only hover tells is among it."""
    document = Document(path, text.encode())
    return find_imperative(Bench(pins or (pin,)), document, quiet=quiet)  # pyright: ignore[reportArgumentType]


def check_rewrite(
    rule: str, before: str, after: str, pin: str = "nixos", *, choice: int = 0, preferred: bool = True
) -> None:
    """Apply a fix of the first diagnostic of a rule; the result must parse, and a second application must find nothing more of it."""
    document = Document("/etc/nixos/module.nix", before.encode())
    found = [diagnostic for diagnostic in findings(before, pin) if diagnostic.rule == rule]
    assert found, "nothing is reported"
    assert found[0].fixes, found[0].message
    fix = found[0].fixes[choice]
    if choice == 0:
        assert fix.preferred is preferred
    result = apply(document.source, fix.edits[0].edits)
    assert result.decode() == after
    assert not Document("", result).root.has_error
    assert result != document.source
    again = [diagnostic for diagnostic in findings(after, pin) if diagnostic.rule == rule]
    assert len(again) < len(found)


def check_silent(text: str, pin: str = "nixos", path: str = "/etc/nixos/module.nix") -> None:
    """Assert that nothing is said of a file."""
    assert findings(text, pin, path) == []


def check_no_edit(text: str, reason: str, pin: str = "nixos") -> None:
    """Assert that something is reported, without an edit and with the reason why."""
    found = findings(text, pin)
    assert [diagnostic.fixes for diagnostic in found] == [()], found
    assert reason in found[0].message
