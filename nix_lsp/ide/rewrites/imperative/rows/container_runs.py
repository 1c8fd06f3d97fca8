"""`docker run`, `podman run`: a container that a script or a service of one's own keeps running."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool, read_options
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.secret import looks_secret
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Value, string
from nix_lsp.syntax.ast import static_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation, Runs

RUN = Tool(
    "run",
    flags="d",
    valued="pvelwuh",
    long={
        "detach": "d",
        "rm": "rm",
        "init": "--init",
        "privileged": "--privileged",
        "read-only": "--read-only",
        "publish": "p=",
        "volume": "v=",
        "env": "e=",
        "label": "l=",
        "workdir": "w=",
        "user": "u=",
        "hostname": "h=",
        "name": "name=",
        "env-file": "env-file=",
        "entrypoint": "entrypoint=",
        "restart": "restart=",
        "network": "--network=",
        "net": "--network=",
        **{
            name: f"--{name}="
            for name in ("add-host", "cap-add", "cap-drop", "device", "dns", "gpus", "memory", "shm-size", "tmpfs")
        },
    },
    stop_at_operand=True,
)
"""docker-run(1), podman-run(1); `-i` and `-t` are not listed: somebody is to sit before such a container."""
_LISTS = {"p": "ports", "v": "volumes", "env-file": "environmentFiles"}
_SINGLE = {"w": "workdir", "u": "user", "entrypoint": "entrypoint"}
_PAIRS = {"e": "environment", "l": "labels"}
_ORDER = ("environment", "environmentFiles", "ports", "volumes", "user", "workdir", "labels", "entrypoint")
_NAME = re.compile(r"[A-Za-z0-9][\w-]*")
_KEPT_UP = frozenset({"always", "unless-stopped"})
_TENDED = re.compile(
    rb"\b(?:docker|podman)(?:\}/bin/(?:docker|podman))?\s+(?:container\s+)?(?:rm|stop|kill|start|restart|exec)\b"
)
"""Somebody else handles containers: by their names, those that are declared among them."""
_ABSORBED = frozenset({"after", "requires", "wants", "serviceConfig.Restart", "serviceConfig.RestartSec"})


def _container(invocation: Invocation) -> tuple[tuple[str, Value], ...] | None:
    """Return what a command line says, as the options of a container; None if some of it has no option, or is not static."""
    image, *command = [word.value for word in invocation.operands] or [None]
    lists: dict[str, list[str]] = {}
    pairs: dict[str, dict[str, str]] = {}
    single: dict[str, str] = {}
    extra: list[str] = []
    for key, word in invocation.options:
        value = word.value if word else ""
        # A service has systemd fill in `%i`.
        if value is None or "%" in value:
            return None
        name, equals, text = value.partition("=")
        if key in _LISTS:
            lists.setdefault(_LISTS[key], []).append(value)
        elif key in _SINGLE:
            single[_SINGLE[key]] = value
        elif key in _PAIRS:
            if not equals or (key == "e" and looks_secret(name, text)):
                return None
            pairs.setdefault(_PAIRS[key], {})[name] = text
        elif key == "h":
            extra.append(f"--hostname={value}")
        elif key.startswith("--"):
            extra.append(f"{key}={value}" if word else key)
        elif key == "restart" and value not in _KEPT_UP:
            return None
    if not image or None in command:
        return None
    values: dict[str, Value] = {
        **{name: List(tuple(map(string, items))) for name, items in lists.items()},
        **{name: string(text) for name, text in single.items()},
        **{name: Attrs(tuple((key, string(text)) for key, text in items.items())) for name, items in pairs.items()},
    }
    parts: list[tuple[str, Value]] = [("image", string(image))]
    parts += [(name, values[name]) for name in _ORDER if name in values]
    if words := [word for word in command if word]:
        parts.append(("cmd", List(tuple(map(string, words)))))
    if extra:
        parts.append(("extraOptions", List(tuple(map(string, extra)))))
    return tuple(parts)


def _lasts(reading: Reading, invocation: Invocation) -> bool:
    """Tell whether the container is there to stay, and starts with the machine."""
    if not reading.is_at_boot or reading.calendar:
        return False
    kind = reading.defined.get((*reading.path[:3], "serviceConfig", "Type"))
    is_job = reading.place is Place.SERVICE and kind is not None and static_string(kind) not in {"simple", "exec"}
    return invocation.has("d") or (reading.place is Place.SERVICE and not is_job)


def _read(run: Runs) -> Invocation | None:
    words = run.arguments
    return read_options(RUN, words[1:]) if words and words[0].value == "run" else None


def _match(reading: Reading) -> Iterator[Match]:
    if _TENDED.search(reading.source):
        return
    for command, run in reading.runs:
        invocation = _read(run) if run.tool in {"docker", "podman"} and not run.user else None
        if invocation is None or reading.service_user or not _lasts(reading, invocation):
            continue
        named = invocation.argument("name")
        name = named.value if named else reading.subject if reading.place is Place.SERVICE else None
        container = _container(invocation)
        if container is None or name is None or not _NAME.fullmatch(name):
            continue
        containers = "virtualisation.oci-containers"
        yield Match(
            (command,),
            (
                (
                    setting(f"{containers}.backend", string(run.tool)),
                    setting(f"{containers}.containers", Attrs(container), below=(name,)),
                ),
            ),
            tier=Tier.REVIEW,
            note=f"Its service is `{run.tool}-{name}`.",
            absorbs=_ABSORBED,
        )


STARTED = Rewrite(
    id="imp-docker-run",
    summary="The container can be declared",
    why=(
        "A container that a script starts is not replaced when its line changes, is in the way when the script runs again, and ends unseen. A declared one has "
        "a systemd service of its own, which starts it anew and takes it away with the configuration."
    ),
    keep="Keep it for what runs once, or at some moment. An image that is named by its digest is the same one tomorrow.",
    before='system.activationScripts.web.text = "docker run -d --name web -p 8080:80 -v /srv:/data nginx:1.27";',
    after=(
        'virtualisation.oci-containers = {\n    backend = "docker";\n    containers.web = {\n      image = "nginx:1.27";\n'
        '      ports = [ "8080:80" ];\n      volumes = [ "/srv:/data" ];\n    };\n  };'
    ),
    lanes=frozenset({"nixos"}),
    places=frozenset({Place.ACTIVATION, Place.SERVICE, Place.BOOT}),
    tools=frozenset({"docker", "podman"}),
    match=_match,
    options=("virtualisation.oci-containers.containers.<name>", "virtualisation.oci-containers.backend"),
    tier=Tier.REVIEW,
)
