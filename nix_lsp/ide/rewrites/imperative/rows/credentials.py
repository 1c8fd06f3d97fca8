"""`chpasswd`, `htpasswd`, `smbpasswd`, `openssl req`: passwords and certificates that a script makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool, read_options
from nix_lsp.analysis.shell.word import Text
from nix_lsp.analysis.shell.writes import printed
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.rows.users import NAME
from nix_lsp.ide.rewrites.imperative.value import string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.script import Command

CHPASSWD = Tool("chpasswd", flags="e", valued="c", long={"encrypted": "e", "crypt-method": "c"})
USERMOD = Tool("usermod", valued="p", long={"password": "p"})
HTPASSWD = Tool("htpasswd", flags="bcBnismd5", valued="C")
SMBPASSWD = Tool("smbpasswd", flags="asen", valued="cUr")

_READABLE = "The password stands in the store, where everybody can read it: choose another."


def _passwords(reading: Reading) -> Iterator[Match]:
    for command, run in reading.fed:
        if (
            run.tool == "chpasswd"
            and not run.user
            and not reading.service_user
            and read_options(CHPASSWD, run.arguments)
        ):
            text = printed(command.stages[0])
            # A password that the running shell takes from a file is nobody's secret here.
            known = "".join(piece.text for piece in text if isinstance(piece, Text)) if text and len(text) == 1 else ""
            user, colon, password = known.removesuffix("\n").partition(":")
            if colon and password and "\n" not in password:
                yield from _account(command, user)
    for command, invocation in reading.root_lines(USERMOD):
        given = invocation.argument("p")
        if given and given.value and len(invocation.operands) == 1:
            yield from _account(command, invocation.operands[0].value or "")


def _account(command: Command, user: str) -> Iterator[Match]:
    if NAME.fullmatch(user):
        file = setting("users.users", string(f"/etc/nixos/passwords/{user}"), below=(user, "hashedPasswordFile"))
        note = f"{_READABLE} `mkpasswd` makes the hash that goes into the file."
        yield Match((command,), ((file,),), tier=Tier.REVIEW, note=note)


def _web_passwords(reading: Reading) -> Iterator[Match]:
    hosts = {path[3] for path in reading.defined if path[:3] == ("services", "nginx", "virtualHosts") and len(path) > 3}
    protected = {path[3] for path in reading.defined if len(path) > 4 and path[4] in {"basicAuth", "basicAuthFile"}}
    for command, invocation in reading.root_lines(HTPASSWD):
        words = [word.value for word in invocation.operands]
        file = words[0] if words else None
        if invocation.has("n") or not file or not file.startswith("/"):
            continue
        in_store = invocation.has("b") and len(words) == 3 and words[2] is not None
        note = _READABLE if in_store else ""
        severity = None if in_store else Severity.HINT
        free = hosts - protected
        if len(free) == 1:
            (host,) = free
            option = setting("services.nginx.virtualHosts", string(file), below=(host, "basicAuthFile"))
            note = f"{note} Make the file once, by hand or as a secret.".strip()
            yield Match((command,), ((option,),), tier=Tier.REVIEW, note=note, severity=severity)
        else:
            advised = ("services.nginx.virtualHosts.<name>.basicAuthFile",)
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, severity=severity, advised=advised)


def _samba(reading: Reading) -> Iterator[Match]:
    direct = [(command, run) for command, run in reading.runs if run.tool == "smbpasswd"]
    for command, run in (*direct, *reading.fed):
        invocation = read_options(SMBPASSWD, run.arguments) if run.tool == "smbpasswd" else None
        if invocation and invocation.has("a"):
            note = "No option adds a user to Samba's database: let a service do it after `samba-smbd.service`, with the password from a file."
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=("services.samba.settings",))


def _certificates(reading: Reading) -> Iterator[Match]:
    for command, run in reading.runs:
        words = [word.value for word in run.arguments]
        if run.tool == "openssl" and words[:1] == ["req"] and "-x509" in words:
            note = "A certificate that this machine signs for itself has to be trusted by hand, and is not renewed."
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=("security.acme.certs",))


_NIXOS = frozenset({"nixos"})
_PLACES = ROOT_PLACES | {Place.BOOT}

PASSWORD = Rewrite(
    id="imp-passwd",
    summary="The password can come from a file that the account names",
    why=(
        "A password in a script is in /nix/store, which every user can read, and the script sets it back at each switch. The option takes a "
        "hash from a file that is on the machine only."
    ),
    keep="Keep a password that the running script reads from a secret file.",
    before="system.activationScripts.pw = \"echo 'alice:hunter2' | chpasswd\";",
    after='users.users.alice.hashedPasswordFile = "/etc/nixos/passwords/alice";',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"chpasswd", "usermod"}),
    match=_passwords,
    options=("users.users.<name>.hashedPasswordFile",),
    severity=Severity.WARNING,
    tier=Tier.REVIEW,
)
WEB_PASSWORD = Rewrite(
    id="imp-htpasswd",
    summary="The file of passwords can be named by the virtual host",
    why="What `htpasswd -b` is given stands in /nix/store, which every user can read, and in the list of processes.",
    keep="Keep it where users change the file themselves. `basicAuth` is no better: it writes passwords into the store.",
    before=(
        'services.nginx.virtualHosts."x.example.org".root = "/srv";\n'
        '  system.activationScripts.ht = "htpasswd -bc /etc/nginx/htpasswd alice secret";'
    ),
    after=(
        'services.nginx.virtualHosts."x.example.org".root = "/srv";\n'
        '  services.nginx.virtualHosts."x.example.org".basicAuthFile = "/etc/nginx/htpasswd";'
    ),
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"htpasswd"}),
    match=_web_passwords,
    options=("services.nginx.virtualHosts.<name>.basicAuthFile",),
    severity=Severity.WARNING,
    tier=Tier.REVIEW,
)
SAMBA = Rewrite(
    id="imp-smbpasswd",
    summary="Samba's users are kept in a database of its own",
    why="Activation runs before Samba does, and at each switch; a password among the operands is in the store.",
    keep="Keep it, but in a service that runs after Samba.",
    before='system.activationScripts.samba_users = "smbpasswd -a alice";',
    after='services.samba.settings.global.security = "user";',
    lanes=_NIXOS,
    places=frozenset({Place.ACTIVATION, Place.BOOT}),
    tools=frozenset({"smbpasswd"}),
    match=_samba,
    options=("services.samba.settings",),
    tier=Tier.EXPLAINED,
)
CERTIFICATE = Rewrite(
    id="imp-openssl-selfsigned",
    summary="A certificate can be declared, and renewed",
    why="NixOS gets certificates, renews them and restarts what uses them; until the first is there it signs one itself.",
    keep="Keep it for names that no authority certifies, in a network of your own: made when the machine runs, the key is in no store.",
    before=(
        "system.activationScripts.tls = "
        '"openssl req -x509 -newkey rsa:4096 -nodes -keyout /var/lib/k.pem -out /var/lib/c.pem -subj /CN=x";'
    ),
    after='security.acme.certs."x".domain = "x";',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"openssl"}),
    match=_certificates,
    options=("security.acme.certs",),
    tier=Tier.EXPLAINED,
)
