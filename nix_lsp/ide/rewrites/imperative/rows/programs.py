"""Programs that are set up by hand where a module does it: oh-my-zsh, ssh-add, GnuPG's keys, extensions of VS Code, version managers, manifests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.word import Antiquotation, read_word
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.places import DEV_SHELL, DEVENV
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, List, Value, string
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command
    from nix_lsp.analysis.shell.word import Word

SSH_ADD = Tool(
    "ssh-add",
    flags="q",
    long={"apple-load-keychain": "keychain", "apple-use-keychain": "keychain"},
    single_dash={"-apple-load-keychain": False},
)
GPG = Tool("gpg", flags="q", long={"import": "import", "batch": "b", "quiet": "q", "yes": "y", "no-tty": "t"})
CODE_TOOLS = tuple(
    Tool(name, long={"install-extension": "install=", "force": "force"}) for name in ("code", "codium", "vscodium")
)
_KUBECTL_LONG = {"filename": "f", "server-side": "s"}
KUBECTL = Tool("kubectl", valued="f", long=_KUBECTL_LONG)
K3S = Tool("k3s", valued="f", long=_KUBECTL_LONG)
"""It has kubectl among its own commands."""

_FRAMEWORK = {"home-manager": "programs.zsh.oh-my-zsh", "nixos": "programs.zsh.ohMyZsh"}
"""NixOS had the other spelling before."""
_SIMPLE = re.compile(r"[\w.@-]+")
_PATH = re.compile(r"\.{1,2}/[\w./+-]+")
_PRIVATE = re.compile(r"secret|private|(?<![a-z])(?:sec|priv)(?:key|ring)?(?![a-z])", re.IGNORECASE)
_EXTENSION = re.compile(r"[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*")
_MANAGERS = re.compile(r"(?:^|/)(?:nvm|asdf|sdkman-init|chruby)\.(?:sh|fish)$")


def _match_framework(reading: Reading) -> Iterator[Match]:
    if reading.shell != "zsh" or b"ZSH_CUSTOM" in reading.script.content:
        return
    loads = [each for each in reading.script.commands if each.is_plain and _sources(each, "/oh-my-zsh.sh")]
    if len(loads) != 1 or loads[0].requires or not loads[0].is_silent:
        return
    module = _FRAMEWORK[reading.lane]
    commands, settings = [loads[0]], [setting(f"{module}.enable", True)]
    for each in reading.assigned:
        if each.command.span < loads[0].span and each.name in {"ZSH", "ZSH_THEME"} and each.command.is_plain:
            theme = each.value.value
            if each.name == "ZSH_THEME" and (theme is None or not _SIMPLE.fullmatch(theme)):
                return
            commands.append(each.command)
            settings += [setting(f"{module}.theme", string(theme))] if each.name == "ZSH_THEME" and theme else []
    for command in reading.script.commands:
        if command.node.type == "variable_assignment" and command.content.startswith(b"plugins=", command.span.start):
            names = _array(command)
            if names is None or not command.is_plain or not command.span < loads[0].span:
                return
            commands.append(command)
            settings.append(setting(f"{module}.plugins", List(tuple(map(string, names)))))
    yield Match(tuple(sorted(commands, key=lambda each: each.span)), (tuple(settings),), names=("ZSH", "ZSH_THEME"))


def _sources(command: Command, ending: str) -> bool:
    words = command.words
    if len(words) != 2 or words[0].value not in {"source", ".", "\\."}:
        return False
    return _raw(command, words[1]).endswith(ending)


def _raw(command: Command, word: Word) -> str:
    """Return a word as it is written, without its quotes."""
    return command.content[word.span.start : word.span.end].decode("utf-8", "replace").replace('"', "").replace("'", "")


def _array(command: Command) -> list[str] | None:
    """Return the words of `x=(a b)`; None if the shell puts something into one."""
    value = command.node.child_by_field_name("value")
    if value is None or value.type != "array":
        return None
    words = [
        read_word(command.content, Span(each.start_byte, each.end_byte), command.holes).value
        for each in value.named_children
    ]
    names = [word for word in words if word and _SIMPLE.fullmatch(word)]
    return names if len(names) == len(words) else None


def _match_ssh_add(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(SSH_ADD):
        if run.user or reading.lane != "home-manager":
            continue
        directives = [("AddKeysToAgent", string("yes"))]
        options: list[tuple[str, Value]] = [("addKeysToAgent", string("yes"))]
        if invocation.has("keychain") or invocation.has("-apple-load-keychain"):
            directives.append(("UseKeychain", string("yes")))
            options.append(("extraOptions", Attrs((("UseKeychain", string("yes")),))))
        enable = setting("programs.ssh.enable", True)
        yield Match(
            (command,),
            (
                (enable, setting("programs.ssh.settings", Attrs(tuple(directives)), below=("*",))),
                (enable, setting("programs.ssh.matchBlocks", Attrs(tuple(options)), below=("*",))),
                *(((enable, setting("programs.ssh.addKeysToAgent", string("yes"))),) if len(directives) == 1 else ()),
            ),
            tier=Tier.REVIEW,
            note="ssh then adds a key to the agent when it is first used.",
        )


def _match_keys(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(GPG):
        files = [_file(word) for word in invocation.operands]
        known = [file for file in files if file]
        if run.user or not invocation.has("import") or not known or len(known) != len(files):
            continue
        if any(_PRIVATE.search(file) for file in known):
            continue
        keys = tuple(Attrs((("source", Expression(file)),)) for file in known)
        yield Match(
            (command,), ((setting("programs.gpg.enable", True), setting("programs.gpg.publicKeys", List(keys))),)
        )


def _file(word: Word) -> str | None:
    """Return the path of a file beside the module that Nix puts there."""
    match word.pieces:
        case (Antiquotation(expression),) if _PATH.fullmatch(expression.strip()):
            return expression.strip()
        case _:
            return None


def _match_extensions(reading: Reading) -> Iterator[Match]:
    for command, invocation, run in reading.lines(*CODE_TOOLS):
        names = [word.value or "" if word else "" for key, word in invocation.options if key == "install"]
        if run.user or not names or invocation.operands or not all(_EXTENSION.fullmatch(name) for name in names):
            continue
        packages = tuple(f"vscode-extensions.{name}" for name in names)
        listed = List(tuple(Expression(f"pkgs.{name}") for name in packages))
        enable = setting("programs.vscode.enable", True)
        tier = Tier.MECHANICAL if reading.is_on("programs.vscode.enable") else Tier.REVIEW
        yield Match(
            (command,),
            (
                (enable, setting("programs.vscode.profiles.default.extensions", listed)),
                (enable, setting("programs.vscode.extensions", listed)),
            ),
            packages=packages,
            tier=tier,
        )


def _match_manager(reading: Reading) -> Iterator[Match]:
    for command in reading.script.commands:
        words = command.words
        if len(words) != 2 or words[0].value not in {"source", ".", "\\."}:
            continue
        if _MANAGERS.search(_raw(command, words[1])):
            advised = ("programs.direnv.enable", "programs.mise.enable") if reading.place is Place.SHELL_INIT else ()
            yield Match((command,), (), tier=Tier.EXPLAINED, advised=advised, note=_SHELL_OF_ITS_OWN)


_SHELL_OF_ITS_OWN = (
    "A development shell for each project has the versions that the project says; direnv enters it by itself."
)


def _match_manifests(reading: Reading) -> Iterator[Match]:
    if not reading.is_on("services.k3s.enable"):
        return
    for command, invocation, run in reading.lines(KUBECTL, K3S):
        files = [_file(word) if word else None for key, word in invocation.options if key == "f"]
        words = [word.value for word in invocation.operands]
        wanted = ["kubectl", "apply"] if run.tool == "k3s" else ["apply"]
        if words != wanted or run.user or len(files) != 1 or not files[0]:
            continue
        name = files[0].rpartition("/")[2].partition(".")[0]
        option = setting("services.k3s.manifests", Expression(files[0]), below=(name, "source"))
        yield Match((command,), ((option,),), absorbs=frozenset({"after", "wants", "requires", "bindsTo"}))


FRAMEWORK = Rewrite(
    id="imp-rc-omz",
    summary="oh-my-zsh can be declared, with its plugins and theme",
    why=(
        "The line loads whatever copy somebody once cloned into the home directory, which updates itself; the module brings oh-my-zsh from nixpkgs "
        "and sets it up before the rest of the start-up file."
    ),
    keep="Keep it with plugins of your own in `ZSH_CUSTOM` that nothing packages.",
    before="programs.zsh.initContent = ''\n  ZSH_THEME=robbyrussell\n  plugins=(git docker)\n  source $ZSH/oh-my-zsh.sh\n'';",
    after='programs.zsh.oh-my-zsh = { enable = true; theme = "robbyrussell"; plugins = [ "git" "docker" ]; };',
    lanes=frozenset({"home-manager", "nixos"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"source", "plugins", "ZSH", "ZSH_THEME"}),
    shells=frozenset({"zsh"}),
    match=_match_framework,
    options=("programs.zsh.oh-my-zsh", "programs.zsh.ohMyZsh"),
)

ADD_KEYS = Rewrite(
    id="imp-ssh-add",
    summary="ssh can add keys to the agent by itself",
    why="A start-up file that runs ssh-add does so in every new shell, whether or not a key is needed; ssh adds a key when it first uses it, if it is told to.",
    keep="Keep it for keys that must be in the agent before ssh is run, such as for signing.",
    before='programs.zsh.initContent = "ssh-add --apple-load-keychain";',
    after='programs.ssh = { enable = true; settings."*" = { AddKeysToAgent = "yes"; UseKeychain = "yes"; }; };',
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.SHELL_INIT}),
    tools=frozenset({"ssh-add"}),
    match=_match_ssh_add,
    options=("programs.ssh.settings", "programs.ssh.matchBlocks", "programs.ssh.addKeysToAgent"),
    tier=Tier.REVIEW,
)

PUBLIC_KEYS = Rewrite(
    id="imp-gpg-import",
    summary="Public keys can be declared",
    why="home-manager imports what is declared at every switch, and can make the key ring exactly that (`mutableKeys`).",
    keep="Keep it for keys that are not files of the configuration. Private keys never belong into the Nix store.",
    before='home.activation.gpg = lib.hm.dag.entryAfter [ "writeBoundary" ] "gpg --import ${./pub.asc}";',
    after="programs.gpg = { enable = true; publicKeys = [ { source = ./pub.asc; } ]; };",
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION}),
    tools=frozenset({"gpg"}),
    match=_match_keys,
    options=("programs.gpg.publicKeys",),
)

EXTENSIONS = Rewrite(
    id="imp-vscode-ext",
    summary="The extension can be declared",
    why="An extension that is installed at activation comes from the network, in whatever version is newest, and stays when the line goes.",
    keep="Keep it for extensions that nixpkgs does not have, or that must update themselves.",
    before='programs.vscode.enable = true;\n  home.activation.ext = lib.hm.dag.entryAfter [ "writeBoundary" ] "code --install-extension jnoortheen.nix-ide";',
    after="programs.vscode.enable = true;\n  programs.vscode.profiles.default.extensions = [ pkgs.vscode-extensions.jnoortheen.nix-ide ];",
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.HOME_ACTIVATION}),
    tools=frozenset({"code", "codium", "vscodium"}),
    match=_match_extensions,
    options=("programs.vscode.profiles.default.extensions", "programs.vscode.extensions"),
)

MANAGERS = Rewrite(
    id="imp-version-manager",
    summary="A version manager brings binaries that NixOS does not run, and versions that nothing describes",
    why=(
        "nvm, asdf and their like download programs that were built for other systems: on NixOS they find neither loader nor libraries. A development "
        "shell for each project says which versions it needs, and direnv enters it by itself."
    ),
    keep="Keep it on systems other than NixOS, for projects of other people.",
    before="programs.zsh.initContent = ''source \"$NVM_DIR/nvm.sh\"'';",
    after="programs.direnv.enable = true;",
    lanes=frozenset({"home-manager", DEV_SHELL, DEVENV}),
    places=frozenset({Place.SHELL_INIT, Place.DEV_SHELL}),
    tools=frozenset({"nvm.sh", "asdf.sh", "sdkman-init.sh", "chruby.sh"}),
    match=_match_manager,
    options=("programs.direnv.enable", "programs.mise.enable"),
    tier=Tier.EXPLAINED,
)

MANIFESTS = Rewrite(
    id="imp-kubectl-apply",
    summary="k3s applies declared manifests by itself",
    why="A service that applies a manifest has to wait for the server, and to be run again; k3s applies what lies in its folder of manifests, whenever it changes.",
    keep="Keep it for manifests that are made at run time, and for other clusters than this host's own.",
    before='services.k3s.enable = true;\n  systemd.services.dns.script = "kubectl apply -f ${./coredns.yaml}";',
    after="services.k3s.enable = true;\n  services.k3s.manifests.coredns.source = ./coredns.yaml;",
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.SERVICE}),
    tools=frozenset({"kubectl", "k3s"}),
    match=_match_manifests,
    options=("services.k3s.manifests",),
)
