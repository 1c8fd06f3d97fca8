"""`certbot`: certificates got and renewed by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation
    from nix_lsp.analysis.shell.script import Command

CERTBOT = Tool(
    "certbot",
    flags="nqv",
    valued="dmw",
    long={
        "agree-tos": "agree-tos",
        "cert-name": "cert-name=",
        "domain": "d",
        "domains": "d",
        "email": "m",
        "expand": "expand",
        "keep": "keep",
        "keep-until-expiring": "keep",
        "nginx": "nginx",
        "non-interactive": "n",
        "quiet": "q",
        "redirect": "redirect",
        "standalone": "standalone",
        "webroot": "webroot",
        "webroot-path": "w",
    },
)
"""certbot(1), less what asks at another authority or by DNS."""

_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
_PLUGINS = ("nginx", "webroot", "standalone")
_ABSORBED = frozenset({"startAt", "timer", "after", "wants", "requires"})


def _match(reading: Reading) -> Iterator[Match]:
    for command, invocation in reading.root_lines(CERTBOT):
        verbs = [word.value for word in invocation.operands]
        plugins = [plugin for plugin in _PLUGINS if invocation.has(plugin)]
        if verbs == ["renew"]:
            note = "A certificate that is declared renews itself."
            advised = ("security.acme.certs", "services.nginx.virtualHosts")
            yield Match((command,), (), tier=Tier.EXPLAINED, note=note, advised=advised)
        elif verbs in ([], ["certonly"], ["run"]) and len(plugins) == 1:
            yield from _got(reading, command, invocation, plugins[0])


def _got(reading: Reading, command: Command, invocation: Invocation, plugin: str) -> Iterator[Match]:
    given = [word.value or "" for key, word in invocation.options if key == "d" and word]
    domains = [domain for each in given for domain in each.split(",")]
    settings = _certificates(reading, invocation, plugin, domains) if all(map(_DOMAIN.fullmatch, domains)) else ()
    mail = invocation.argument("m")
    if not settings or not domains:
        return
    is_known = ("security", "acme", "defaults", "email") in reading.defined
    if mail and not is_known:
        if not _ADDRESS.fullmatch(mail.value or ""):
            return
        settings = (setting("security.acme.defaults.email", string(mail.value or "")), *settings)
    agreed = invocation.has("agree-tos") or reading.is_on("security.acme.acceptTerms")
    if not reading.is_on("security.acme.acceptTerms"):
        settings = (setting("security.acme.acceptTerms", True), *settings)
    sure = agreed and (mail is not None or is_known) and plugin == "nginx"
    note = "" if agreed else "`acceptTerms` says that you accept the terms of Let's Encrypt."
    if plugin != "nginx":
        note = f"{note} The certificate is in /var/lib/acme/{domains[0]} then: what uses it has to look there.".strip()
    tier = Tier.MECHANICAL if sure else Tier.REVIEW
    yield Match((command,), (settings,), tier=tier, note=note, absorbs=_ABSORBED)


def _certificates(reading: Reading, invocation: Invocation, plugin: str, domains: list[str]) -> tuple[Setting, ...]:
    """Return what declares the certificates of some domains; nothing where it is not known who serves them."""
    if plugin == "nginx":
        base = ("services", "nginx", "virtualHosts")
        if not all(any(path[:4] == (*base, domain) for path in reading.defined) for domain in domains):
            return ()
        return tuple(
            setting(".".join(base), True, below=(domain, name))
            for domain in domains
            for name in ("enableACME", "forceSSL")
        )
    if not domains:
        return ()
    first, *others = domains
    items: list[tuple[str, Value]] = []
    if plugin == "webroot":
        root = invocation.argument("w")
        if root is None or not (root.value or "").startswith("/"):
            return ()
        items.append(("webroot", string(root.value or "")))
    else:
        items.append(("listenHTTP", string(":80")))
    if others:
        items.append(("extraDomainNames", List(tuple(map(string, others)))))
    return (setting("security.acme.certs", Attrs(tuple(items)), below=(first,)),)


CERTBOT_RUN = Rewrite(
    id="imp-certbot",
    summary="The certificate can be declared as an option",
    why=(
        "What certbot gets is state that no configuration shows, and something has to renew it. NixOS gets a declared certificate before its "
        "server starts, renews it and reloads the server."
    ),
    keep="Keep it for authorities and challenges that lego, which NixOS uses, does not know.",
    before=(
        'services.nginx.virtualHosts."x.example.org".root = "/srv";\n'
        '  system.activationScripts.cert = "certbot --nginx -n --agree-tos -m admin@example.org -d x.example.org";'
    ),
    after=(
        'services.nginx.virtualHosts."x.example.org".root = "/srv";\n'
        '  services.nginx.virtualHosts."x.example.org".enableACME = true;\n'
        '  services.nginx.virtualHosts."x.example.org".forceSSL = true;\n'
        '  security.acme = { acceptTerms = true; defaults.email = "admin@example.org"; };'
    ),
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.SERVICE, Place.SERVICE_HOOK, Place.CRON, Place.BOOT}),
    tools=frozenset({"certbot"}),
    match=_match,
    options=("security.acme.certs", "services.nginx.virtualHosts.<name>.enableACME"),
)
