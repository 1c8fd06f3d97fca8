"""`imp-docker-pull`, and the rows that only explain: `imp-docker-network`, `imp-docker-compose`, `imp-virsh-define`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent, findings

PULL = "imp-docker-pull"


def test_a_pull_joins_the_container_and_the_rest_stays():
    check_rewrite(
        PULL,
        before="""\
{ pkgs, ... }:
{
  virtualisation.oci-containers.containers.web = {
    image = "web";
  };
  systemd.services.docker-web.preStart = ''
    ${pkgs.docker}/bin/docker pull web || true
    x
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  virtualisation.oci-containers.containers.web = {
    image = "web";
    pull = "always";
  };
  systemd.services.docker-web.preStart = ''
    x
  '';
}
""",
    )


def test_a_policy_that_is_there_stays():
    check_rewrite(
        PULL,
        before='{\n  virtualisation.oci-containers.containers.a.pull = "newer";\n  systemd.services.podman-a.preStart = "podman pull a";\n}\n',
        after='{\n  virtualisation.oci-containers.containers.a.pull = "newer";\n}\n',
    )


def test_another_policy_is_a_conflict():
    check_no_edit(
        '{ virtualisation.oci-containers.containers.a.pull = "never"; systemd.services.podman-a.preStart = "podman pull a"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ systemd.services.podman-a.preStart = "podman pull a"; }',
        '{ virtualisation.oci-containers.containers.a.image = "a"; systemd.services.docker-a.preStart = "podman pull a"; }',
        '{ virtualisation.oci-containers.containers.a.image = "a"; systemd.services.podman-a.preStart = "podman pull $i"; }',
        '{ virtualisation.oci-containers.containers.a.image = "a"; systemd.services.x.preStart = "podman pull a"; }',
    ],
)
def test_other_pulls_stay(text: str):
    check_silent(text)


@pytest.mark.parametrize(
    ("script", "rule"),
    [
        ("docker network ls | grep -q a || docker network create a", "imp-docker-network"),
        ("x\\n${pkgs.podman}/bin/podman network create --driver bridge a", "imp-docker-network"),
        ("docker network create a; docker network create b", "imp-docker-network"),
        ("docker compose -f /srv/a.yml up -d", "imp-docker-compose"),
        ("docker-compose up", "imp-docker-compose"),
        ("cd /srv && podman compose up", "imp-docker-compose"),
        ("virsh net-autostart default", "imp-virsh-define"),
        ("virsh define /a.xml || true", "imp-virsh-define"),
        ("x; virsh net-define /a.xml", "imp-virsh-define"),
    ],
)
def test_what_has_no_option_is_explained_once(script: str, rule: str):
    found = findings(f'{{ system.activationScripts.a = "{script}"; }}')
    assert [(each.rule, each.fixes) for each in found] == [(rule, ())]


@pytest.mark.parametrize(
    "text",
    [
        '{ systemd.services.net.script = "docker network create a"; }',
        '{ system.activationScripts.a = "docker network ls"; }',
        '{ system.activationScripts.a = "docker network rm a"; }',
        '{ system.activationScripts.a = "docker compose down"; }',
        '{ system.activationScripts.a = "docker compose ps"; }',
        '{ system.activationScripts.a = "virsh list"; }',
        '{ systemd.services.a.script = "virsh net-autostart default"; }',
        '{ system.activationScripts.a = "echo virsh define x"; }',
    ],
)
def test_other_uses_are_not_explained(text: str):
    check_silent(text)
