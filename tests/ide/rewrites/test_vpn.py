"""`imp-wg-quick`, `imp-tailscale-up`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent, findings

WIREGUARD, TAILSCALE = "imp-wg-quick", "imp-tailscale-up"


@pytest.mark.parametrize("what", ["wg0", "/etc/wireguard/wg0.conf"])
def test_a_tunnel_is_declared(what: str):
    check_rewrite(
        WIREGUARD,
        before=f"{{\n  system.activationScripts.v = ''\n    x\n    wg-quick up {what}\n  '';\n}}\n",
        after=(
            "{\n  system.activationScripts.v = ''\n    x\n  '';\n"
            '  networking.wg-quick.interfaces.wg0.configFile = "/etc/wireguard/wg0.conf";\n}\n'
        ),
        preferred=False,
    )


def test_a_tunnel_joins_others_and_its_service_goes():
    check_rewrite(
        WIREGUARD,
        before="""\
{ pkgs, ... }:
{
  networking.wg-quick.interfaces = {
    a.configFile = "/a.conf";
  };
  systemd.services.vpn = {
    after = [ "network.target" ];
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "${pkgs.wireguard-tools}/bin/wg-quick up /run/b.conf";
  };
}
""",
        after="""\
{ pkgs, ... }:
{
  networking.wg-quick.interfaces = {
    a.configFile = "/a.conf";
    b.configFile = "/run/b.conf";
  };
}
""",
        preferred=False,
    )


def test_another_file_of_a_tunnel_is_a_conflict():
    check_no_edit(
        '{ networking.wg-quick.interfaces.a.configFile = "/b"; system.activationScripts.v = "wg-quick up a"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "command", ["wg-quick down wg0", "wg-quick up $i", "wg-quick up ./wg0.conf", "wg show", "x && wg-quick up wg0"]
)
def test_other_tunnels_stay(command: str):
    check_silent(f'{{ system.activationScripts.v = "{command}"; }}')


def test_a_node_is_registered_with_a_file():
    check_rewrite(
        TAILSCALE,
        before="""\
{ config, pkgs, ... }:
{
  services.tailscale.enable = true;
  systemd.services.tailscale-autoconnect = {
    after = [ "tailscaled.service" ];
    wants = [ "tailscaled.service" ];
    wantedBy = [ "multi-user.target" ];
    serviceConfig.Type = "oneshot";
    script = ''
      ${pkgs.tailscale}/bin/tailscale up --auth-key file:${config.age.secrets.ts.path} --ssh --accept-routes
    '';
  };
}
""",
        after="""\
{ config, pkgs, ... }:
{
  services.tailscale.enable = true;
  services.tailscale.authKeyFile = "${config.age.secrets.ts.path}";
  services.tailscale.extraUpFlags = [
    "--ssh"
    "--accept-routes"
  ];
  services.tailscale.useRoutingFeatures = "client";
}
""",
    )


def test_a_hook_keeps_the_rest():
    check_rewrite(
        TAILSCALE,
        before='{\n  services.tailscale.enable = true;\n  systemd.services.a.postStart = "x; tailscale up --authkey $(cat /k)";\n}\n',
        after='{\n  services.tailscale.enable = true;\n  services.tailscale.authKeyFile = "/k";\n  systemd.services.a.postStart = "x";\n}\n',
    )


def test_without_options_the_daemon_is_enough():
    check_rewrite(
        TAILSCALE,
        before='{\n  system.activationScripts.t = "tailscale up";\n}\n',
        after="{\n  services.tailscale.enable = true;\n}\n",
    )


def test_a_key_is_neither_moved_nor_shown():
    (found,) = findings('{ system.activationScripts.t = "tailscale up --authkey=tskey-auth-abc"; }')
    assert found.fixes == ()
    assert "abc" not in found.message


@pytest.mark.parametrize(
    "command",
    [
        "tailscale status",
        "tailscale up --authkey $key",
        "tailscale up --ssh",
        "tailscale up --unknown x",
        "tailscale down",
        "tailscale status || tailscale up",
    ],
)
def test_other_uses_of_tailscale_stay(command: str):
    check_silent(f'{{ system.activationScripts.t = "{command}"; }}')
