"""`imp-hostname`, `imp-etc-hosts`, `imp-resolv-conf`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent

NAME, HOSTS, RESOLV = "imp-hostname", "imp-etc-hosts", "imp-resolv-conf"


def test_a_whole_name_is_a_name_and_a_domain():
    check_rewrite(
        NAME,
        before='{\n  system.activationScripts.h = "a; hostnamectl --static set-hostname box.example.org";\n}\n',
        after='{\n  system.activationScripts.h = "a";\n  networking.hostName = "box";\n  networking.domain = "example.org";\n}\n',
    )


def test_the_name_that_the_machine_has_only_goes_from_the_script():
    check_rewrite(
        NAME,
        before='{\n  networking.hostName = "box";\n  boot.postBootCommands = "hostnamectl hostname box || true";\n}\n',
        after='{\n  networking.hostName = "box";\n}\n',
    )


def test_names_of_a_mac():
    check_rewrite(
        NAME,
        before="{\n  system.activationScripts.postActivation.text = ''\n    x\n    scutil --set ComputerName \"My Mac\"\n  '';\n}\n",
        after="{\n  system.activationScripts.postActivation.text = ''\n    x\n  '';\n  networking.computerName = \"My Mac\";\n}\n",
        pin="nix-darwin",
    )


def test_another_name_is_a_conflict():
    check_no_edit(
        '{ networking.hostName = "a"; system.activationScripts.h = "hostnamectl set-hostname b"; }', "another value"
    )


@pytest.mark.parametrize(
    "command",
    [
        "hostnamectl",
        "hostnamectl set-hostname $h",
        "hostnamectl set-chassis vm",
        "hostnamectl --transient set-hostname a",
        "hostnamectl set-hostname -a-",
        "scutil --set HostName a",
    ],
)
def test_other_names_stay(command: str):
    check_silent(f'{{ system.activationScripts.h = "{command}"; }}')


def test_lines_of_hosts_join_the_set():
    check_rewrite(
        HOSTS,
        before="""\
{
  networking.hosts = {
    "10.0.0.1" = [ "a" ];
  };
  system.activationScripts.h = ''
    cat >> /etc/hosts <<EOF
    # more
    10.0.0.1 b c.example.org
    ::1 d
    EOF
    x
  '';
}
""",
        after="""\
{
  networking.hosts = {
    "10.0.0.1" = [ "a" "b" "c.example.org" ];
    "::1" = [ "d" ];
  };
  system.activationScripts.h = ''
    x
  '';
}
""",
    )


def test_a_pipe_into_hosts_is_read():
    check_rewrite(
        HOSTS,
        before='{\n  boot.postBootCommands = "echo 10.0.0.1 a | tee -a /etc/hosts >/dev/null; x";\n}\n',
        after='{\n  boot.postBootCommands = "x";\n  networking.hosts."10.0.0.1" = [ "a" ];\n}\n',
    )


@pytest.mark.parametrize(
    "command",
    [
        "echo 10.0.0.1 a > /etc/hosts",
        "echo 10.0.0.1 $h >> /etc/hosts",
        "echo 10.0.0.1 >> /etc/hosts",
        "echo a b >> /etc/hosts",
        "grep -q a /etc/hosts || echo 10.0.0.1 a >> /etc/hosts",
        "echo 10.0.0.1 a >> /srv/hosts",
        "cat /a >> /etc/hosts",
    ],
)
def test_other_hosts_stay(command: str):
    check_silent(f'{{ system.activationScripts.h = "{command}"; }}')


def test_name_servers_join_the_list():
    check_rewrite(
        RESOLV,
        before="""\
{
  networking.nameservers = [ "9.9.9.9" ];
  system.activationScripts.r = ''
    x
    printf '%s\\n' 'nameserver 1.1.1.1' 'search lan' >> /etc/resolv.conf
  '';
}
""",
        after="""\
{
  networking.nameservers = [ "9.9.9.9" "1.1.1.1" ];
  networking.search = [ "lan" ];
  system.activationScripts.r = ''
    x
  '';
}
""",
    )


def test_two_servers_of_a_here_document():
    check_rewrite(
        RESOLV,
        before="{\n  networking.localCommands = ''\n    cat > /etc/resolv.conf <<EOF\n    nameserver 1.1.1.1\n    nameserver 2606::1\n    EOF\n  '';\n}\n",
        after='{\n  networking.nameservers = [\n    "1.1.1.1"\n    "2606::1"\n  ];\n}\n',
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ system.activationScripts.r = "echo nameserver $d > /etc/resolv.conf"; }',
        '{ system.activationScripts.r = "echo nameserver a > /etc/resolv.conf"; }',
        '{ system.activationScripts.r = "echo options edns0 > /etc/resolv.conf"; }',
        '{ system.activationScripts.r = "cp /a /etc/resolv.conf"; }',
        '{ environment.etc."resolv.conf".text = ""; system.activationScripts.r = "echo nameserver 1.1.1.1 > /etc/resolv.conf"; }',
        '{ services.resolved.enable = true; system.activationScripts.r = "echo nameserver 1.1.1.1 > /etc/resolv.conf"; }',
        '{ networking.resolvconf.enable = false; system.activationScripts.r = "echo nameserver 1.1.1.1 > /etc/resolv.conf"; }',
        '{ wsl.enable = true; system.activationScripts.r = "echo nameserver 1.1.1.1 > /etc/resolv.conf"; }',
    ],
)
def test_other_resolvers_stay(text: str):
    check_silent(text)
