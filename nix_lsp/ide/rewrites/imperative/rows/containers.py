"""`docker pull`, `docker network create`, `docker compose up`, `virsh`: containers and machines run by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import runs
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import string
from nix_lsp.syntax.ast import static_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nix_lsp.analysis.shell.script import Command

_UNIT = re.compile(r"(docker|podman)-([A-Za-z0-9][\w.-]*)")


def _anywhere(reading: Reading) -> Iterator[tuple[Command, str, list[str]]]:
    """Yield the program and the words of each command, on whatever condition it stands; options are left out."""
    for command in reading.script.commands:
        if reading.tools.search(reading.script.content, *command.span) and (run := runs(command)):
            words = [word.value or "" for word in run.arguments]
            yield command, run.tool, [word for word in words if not word.startswith("-")]


def _pulled(reading: Reading) -> Iterator[Match]:
    unit = _UNIT.fullmatch(reading.path[2]) if len(reading.path) > 2 else None
    declared = ("virtualisation", "oci-containers", "containers")
    if unit is None or not any(path[:4] == (*declared, unit[2]) for path in reading.defined):
        return
    value = reading.defined.get((*declared, unit[2], "image"))
    image = static_string(value) if value else None
    for command, run in reading.runs:
        words = [word.value for word in run.arguments]
        if run.tool == unit[1] and len(words) == 2 and words[0] == "pull" and words[1] and not run.user:
            if image is not None and image != words[1]:
                # That of another container, or one that the program itself starts.
                continue
            # `newer` is podman's alone (docker-run(1)).
            policy = "newer" if run.tool == "podman" else "always"
            option = setting("virtualisation.oci-containers.containers", string(policy), below=(unit[2], "pull"))
            yield Match((command,), ((option,),))


def _explained(
    wanted: Callable[[str, list[str]], bool], advised: tuple[str, ...]
) -> Callable[[Reading], Iterable[Match]]:
    """Return a match of a row without an edit: the first command that is wanted."""

    def match(reading: Reading) -> Iterator[Match]:
        for command, tool, words in _anywhere(reading):
            if wanted(tool, words):
                yield Match((command,), (), tier=Tier.EXPLAINED, advised=advised)
                return

    return match


def _is_network(tool: str, words: list[str]) -> bool:
    return tool in {"docker", "podman"} and words[:2] == ["network", "create"]


def _networks(reading: Reading) -> Iterable[Match]:
    return _explained(_is_network, ("services.podman.networks",) if reading.lane == "home-manager" else ())(reading)


def _is_compose(tool: str, words: list[str]) -> bool:
    if tool in {"docker", "podman"}:
        return words[:1] == ["compose"] and "up" in words
    return tool in {"docker-compose", "podman-compose"} and "up" in words


def _is_definition(tool: str, words: list[str]) -> bool:
    return tool == "virsh" and words[:1] in (
        ["define"],
        ["autostart"],
        ["net-define"],
        ["net-autostart"],
        ["net-start"],
    )


_NIXOS = frozenset({"nixos"})

PULL = Rewrite(
    id="imp-docker-pull",
    summary="When the image is pulled can be declared as an option",
    why="The unit of a declared container pulls the image itself, as the option says.",
    keep="Keep it before 25.05, which did not have the option.",
    before=(
        'virtualisation.oci-containers.containers.web.image = "web:latest";\n'
        '  systemd.services.podman-web.preStart = "podman pull web:latest";'
    ),
    after=(
        'virtualisation.oci-containers.containers.web.image = "web:latest";\n'
        '  virtualisation.oci-containers.containers.web.pull = "newer";'
    ),
    lanes=_NIXOS,
    places=frozenset({Place.SERVICE_HOOK}),
    tools=frozenset({"docker", "podman"}),
    match=_pulled,
    options=("virtualisation.oci-containers.containers.<name>.pull",),
)
NETWORK = Rewrite(
    id="imp-docker-network",
    summary="An activation script may run before the daemon does: a service of its own can wait for it",
    why=(
        "nixpkgs has no option for networks: `networks` of a declared container only joins one that is there. A oneshot service that comes "
        "after the daemon, and before the containers that need the network, makes it in time."
    ),
    keep="There is no other way than the command; only its place matters.",
    before='system.activationScripts.net = "docker network create mqtt";',
    after=(
        'systemd.services.docker-network-mqtt = {\n  wantedBy = [ "multi-user.target" ];\n  after = [ "docker.service" ];\n'
        '  serviceConfig.Type = "oneshot";\n  script = "docker network inspect mqtt >/dev/null || docker network create mqtt";\n};'
    ),
    lanes=_NIXOS | {"home-manager"},
    places=frozenset({Place.ACTIVATION, Place.HOME_ACTIVATION, Place.BOOT}),
    tools=frozenset({"docker", "podman"}),
    match=_networks,
    options=("systemd.services.<name>", "services.podman.networks"),
    tier=Tier.EXPLAINED,
)
COMPOSE = Rewrite(
    id="imp-docker-compose",
    summary="The containers can be declared, each with a service of its own",
    why=(
        "A compose file is read when the service runs: what it starts is not known to the configuration, and is not taken down when it goes. "
        "compose2nix writes declared containers from such a file, arion runs compose from Nix."
    ),
    keep="Keep it where the file is not yours, or changes without the configuration.",
    before='systemd.services.app.script = "docker compose -f ${./compose.yml} up -d";',
    after='virtualisation.oci-containers.containers.app = { image = "app:1"; ports = [ "8080:80" ]; };',
    lanes=_NIXOS,
    places=ROOT_PLACES,
    tools=frozenset({"docker", "podman", "docker-compose", "podman-compose"}),
    match=_explained(_is_compose, ("virtualisation.oci-containers.containers",)),
    options=("virtualisation.oci-containers.containers",),
    tier=Tier.EXPLAINED,
)
VIRSH = Rewrite(
    id="imp-virsh-define",
    summary="An activation script may run before libvirt does: a service after libvirtd can wait for it",
    why="nixpkgs has no options for libvirt's networks and machines; NixVirt, a flake, has. `onBoot` says what happens to the machines that ran.",
    keep="There is no other way in nixpkgs than the command; only its place matters.",
    before='system.activationScripts.net = "virsh net-autostart default";',
    after='virtualisation.libvirtd = { enable = true; onBoot = "start"; };',
    lanes=_NIXOS,
    places=frozenset({Place.ACTIVATION, Place.BOOT}),
    tools=frozenset({"virsh"}),
    match=_explained(_is_definition, ("virtualisation.libvirtd.onBoot",)),
    options=("virtualisation.libvirtd.onBoot",),
    tier=Tier.EXPLAINED,
)
