"""Keys of ssh: who may log in, which hosts are known, and the host's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool, read_options
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.home import below_home
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.etc_files import lines_of
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Str, Value, string, word_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation

KEYSCAN = Tool("ssh-keyscan", flags="46cDHv", valued="tT")
KEYGEN = Tool("ssh-keygen", flags="Aq", valued="tfNbC")
"""ssh-keygen(1), less what reads, signs and changes keys."""

_AUTHORIZED = re.compile(
    r"(?:/(root)|/(?:home|Users)/([a-z_][\w-]*))/\.ssh/authorized_keys|/etc/ssh/authorized_keys\.d/([a-z_][\w-]*)"
)
_KEY = re.compile(r"(?:\S[^#]*\s)?((?:sk-)?(?:ssh|ecdsa)-[\w@.-]+)\s+AAAA[A-Za-z0-9+/]+=*(?:\s.*)?")
_KNOWN_HOSTS = re.compile(r"(?:/(?:root|home/[\w-]+|var/root|Users/[\w-]+)/\.ssh/known_hosts|/etc/ssh/ssh_known_hosts)")
_HOST_KEY = re.compile(r"([A-Za-z0-9][\w.-]*)\s+((?:ssh|ecdsa)-[\w@.-]+ AAAA[A-Za-z0-9+/]+=*)(?:\s.*)?")
_HOST = re.compile(r"[A-Za-z0-9][\w.-]*")
_PUBLISHED = {
    "github.com": "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    "gitlab.com": "AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf",
    "codeberg.org": "AAAAC3NzaC1lZDI1NTE5AAAAIIVIC02vnjFyL+I4RHfvIGNtOgJMe769VTF1VR4EB3ZB",
    "git.sr.ht": "AAAAC3NzaC1lZDI1NTE5AAAAIMZvRd4EtM7R+IHVMWmDkVU3VLQTSwQDSAvW0t2Tkj60",
}
"""Ed25519 keys of forges, as each publishes its own."""
_DEFAULT_KEYS = frozenset({"/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ed25519_key"})
"""What `services.openssh.hostKeys` is by default (nixpkgs services/networking/ssh/sshd.nix)."""


def _authorized(reading: Reading) -> Iterator[Match]:
    for write in reading.root_writes:
        path, text = _AUTHORIZED.fullmatch(write.path.value or ""), word_string(write.word)
        keys = _keys(text) if path and text else ()
        if path and keys:
            user = next(filter(None, path.groups()))
            listed = setting("users.users", List(keys), below=(user, "openssh", "authorizedKeys", "keys"))
            yield Match((write.command,), ((listed,),), names=("authorized_keys",))


def _keys(text: Str) -> tuple[Str, ...]:
    """Return the keys of an authorized_keys file (sshd(8)), comments left out; none where a line is anything else."""
    lines = [line for line in lines_of(text) if not line.outline.lstrip().startswith("#")]
    known = all(_KEY.fullmatch((line.text or "").strip()) for line in lines)
    return tuple(string((line.text or "").strip()) for line in lines) if known else ()


def _known(reading: Reading) -> Iterator[Match]:
    if reading.lane == "home-manager":
        for command, run, path in reading.outputs:
            file = below_home(path)
            if run.tool == "ssh-keyscan" and not run.user and file and file.name == ".ssh/known_hosts":
                note = "A file of keys can be declared, and named to ssh as another `UserKnownHostsFile`: it adds to known_hosts itself."
                yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=("home.file",))
        return
    for command, run, path in reading.outputs:
        if run.tool != "ssh-keyscan" or run.user or reading.service_user:
            continue
        invocation = read_options(KEYSCAN, run.arguments)
        hosts = [word.value or "" for word in invocation.operands] if invocation else []
        if not _KNOWN_HOSTS.fullmatch(path.value or "") or not hosts or not all(map(_HOST.fullmatch, hosts)):
            continue
        if set(hosts) <= _PUBLISHED.keys():
            note = "What a scan takes for the host's key is the key of whoever answers."
            settings = tuple(_known_host(host, f"ssh-ed25519 {_PUBLISHED[host]}") for host in hosts)
            yield Match((command,), (settings,), names=("known_hosts",), note=note)
        else:
            note = "Take the key from where the host publishes it: a scan believes whoever answers, each time that it runs."
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=("programs.ssh.knownHosts",))
    for write in reading.root_writes:
        text = word_string(write.word)
        if text and _KNOWN_HOSTS.fullmatch(write.path.value or ""):
            lines = [_HOST_KEY.fullmatch((line.text or "").strip()) for line in lines_of(text)]
            known = [line for line in lines if line]
            # The option holds one key of each host.
            if known and len({line[1] for line in known}) == len(lines):
                settings = tuple(_known_host(line[1], line[2]) for line in known)
                yield Match((write.command,), (settings,), names=("known_hosts",), severity=Severity.HINT)


def _known_host(host: str, key: str) -> Setting:
    return setting("programs.ssh.knownHosts", string(key), below=(host, "publicKey"))


def _host_keys(reading: Reading) -> Iterator[Match]:
    is_served = reading.is_on("services.openssh.enable")
    for command, invocation in reading.root_lines(KEYGEN):
        if invocation.has("A"):
            if not invocation.operands and {key for key, _ in invocation.options} <= {"A", "q"}:
                generated = (setting("services.openssh.generateHostKeys", True),)
                yield Match((command,), ((),) if is_served else (generated,))
            continue
        found = _host_key(invocation)
        if found is None:
            continue
        path, key = found
        is_listed = ("services", "openssh", "hostKeys") in reading.defined
        if is_served and path in _DEFAULT_KEYS and not is_listed:
            yield Match((command,), ((),))
        elif is_served:
            note = "" if is_listed else "The list is all of the host's keys."
            tier = Tier.MECHANICAL if is_listed else Tier.REVIEW
            yield Match((command,), ((setting("services.openssh.hostKeys", List((key,))),),), tier=tier, note=note)


def _host_key(invocation: Invocation) -> tuple[str, Value] | None:
    """Return the path and the description of a host's key that is made without a passphrase; None for any other key."""
    given = {key: word.value for key, word in invocation.options if word}
    path, kind, bits = given.get("f"), given.get("t"), given.get("b")
    if (
        invocation.operands
        or not path
        or "/ssh_host_" not in path
        or kind not in {"rsa", "ed25519", "ecdsa"}
        or given.get("N") != ""
        or (bits is not None and not bits.isdecimal())
    ):
        return None
    items: list[tuple[str, Value]] = [("type", string(kind)), ("path", string(path))]
    if bits and kind != "ed25519":
        items.append(("bits", int(bits)))
    return path, Attrs(tuple(items))


_SYSTEM = frozenset({"nixos", "nix-darwin"})

AUTHORIZED = Rewrite(
    id="imp-authorized-keys",
    summary="The keys that may log in can be declared with the account",
    why=(
        "A key in a file of the home directory outlives the line that has put it there: taking the line out lets nobody out. What the option "
        "says is all there is in the file that NixOS writes."
    ),
    keep="Keep it for accounts that other machines manage. In home-manager alone there is no option for it.",
    before=(
        "system.activationScripts.keys = ''\n    echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample a@b' > /home/alice/.ssh/authorized_keys\n  '';"
    ),
    after='users.users.alice.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample a@b" ];',
    lanes=_SYSTEM,
    places=ROOT_PLACES | {Place.BOOT, Place.LAUNCHD},
    tools=frozenset({"authorized_keys", "authorized_keys.d"}),
    match=_authorized,
    options=("users.users.<name>.openssh.authorizedKeys.keys",),
)
KNOWN = Rewrite(
    id="imp-known-hosts",
    summary="The keys of hosts can be declared as an option",
    why="ssh asks about a host's key so that nobody can stand in for the host; a scan at each activation answers for whoever is there.",
    keep="Keep it for hosts that change their key with each boot, in a network that you trust.",
    before='system.activationScripts.kh = "ssh-keyscan github.com >> /root/.ssh/known_hosts";',
    after=f'programs.ssh.knownHosts."github.com".publicKey = "ssh-ed25519 {_PUBLISHED["github.com"]}";',
    lanes=_SYSTEM | {"home-manager"},
    places=ROOT_PLACES | {Place.BOOT, Place.LAUNCHD, Place.HOME_ACTIVATION},
    tools=frozenset({"ssh-keyscan", "known_hosts", "ssh_known_hosts"}),
    match=_known,
    options=("programs.ssh.knownHosts.<name>.publicKey",),
    severity=Severity.WARNING,
)
HOST_KEYS = Rewrite(
    id="imp-ssh-hostkey",
    summary="NixOS makes the keys of the host itself",
    why="A service of OpenSSH's module makes the keys that are missing before sshd starts, and only those that `services.openssh.hostKeys` lists.",
    keep="Keep it for keys that are made on another machine's behalf, and for those of users.",
    before='services.openssh.enable = true;\n  system.activationScripts.hk = "ssh-keygen -A";',
    after="services.openssh.enable = true;",
    lanes=frozenset({"nixos"}),
    places=ROOT_PLACES | {Place.BOOT},
    tools=frozenset({"ssh-keygen"}),
    match=_host_keys,
    options=("services.openssh.hostKeys", "services.openssh.generateHostKeys"),
)
