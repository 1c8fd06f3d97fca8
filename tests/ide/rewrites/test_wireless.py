"""`imp-nmcli-add`, `imp-wpa-psk-literal`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Severity, Tier

from .bench import check_rewrite, check_silent, findings

ADD, LITERAL = "imp-nmcli-add", "imp-wpa-psk-literal"
PROFILE = """\
  networking.networkmanager.ensureProfiles = {
    environmentFiles = [ "/run/secrets/network-manager.env" ];
    profiles.home = {
      connection = {
        type = "wifi";
        id = "home";
        autoconnect = true;
      };
      wifi.ssid = "My Home";
      wifi-security = {
        key-mgmt = "wpa-psk";
        psk = "$PSK_HOME";
      };
    };
  };
"""
COMMAND = (
    "nmcli con add type wifi con-name home ssid 'My Home' connection.autoconnect yes "
    "802-11-wireless-security.key-mgmt wpa-psk wifi-sec.psk hunter22"
)


def script(*lines: str, beside: str = "") -> str:
    """Return a module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.a = ''\n{body}  '';\n}}\n"


def test_a_connection_becomes_a_profile_and_its_key_is_not_moved():
    check_rewrite(ADD, script(COMMAND), f"{{\n{PROFILE}}}\n", preferred=False)
    check_rewrite(
        ADD, script("x", COMMAND, "y"), script("x", "y").replace("\n}\n", f"\n{PROFILE}}}\n"), preferred=False
    )
    assert "hunter22" not in str(findings(script("x", COMMAND)))


def test_a_connection_joins_the_others():
    base = "  networking.networkmanager.ensureProfiles.profiles"
    check_rewrite(
        ADD,
        script(
            "nmcli -w 5 connection add type ethernet con-name lan ifname eth0 ipv4.method auto",
            beside=f"{base}.a = {{ }};\n",
        ).replace("-w 5 ", ""),
        f'{{\n{base}.a = {{ }};\n{base}.lan = {{\n    connection = {{\n      type = "ethernet";\n      id = "lan";\n'
        '      interface-name = "eth0";\n    };\n    ipv4.method = "auto";\n  };\n}\n',
        preferred=False,
    )


def test_a_key_of_the_script_keeps_the_name_of_its_variable():
    (found,) = findings(
        script("nmcli connection add type wifi con-name a ssid a wifi-sec.psk ${PSK}".replace("$", "''$"))
    )
    assert any('psk = "$PSK"' in edit.text for edit in found.fixes[0].edits[0].edits)


@pytest.mark.parametrize(
    "command",
    [
        "nmcli connection add type vpn con-name a",
        "nmcli connection add type wifi con-name a ssid $SSID",
        "nmcli connection add type ethernet con-name a ipv4.addresses 10.0.0.2/24",
        "nmcli connection add type ethernet",
        "nmcli connection up a",
        "nmcli device wifi connect a password b",
        "nmcli connection show a || nmcli connection add type ethernet con-name a",
    ],
)
def test_other_connections_stay(command: str):
    check_silent(script(command))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{\n  networking.wireless.networks.home.psk = "abcdefgh";\n}\n',
            (
                '{\n  networking.wireless.networks.home.pskRaw = "ext:psk_home";\n'
                '  networking.wireless.secretsFile = "/run/secrets/wireless.conf";\n}\n'
            ),
        ),
        (
            (
                '{\n  networking.wireless = {\n    secretsFile = "/x";\n    networks."My Home" = {\n      priority = 1;\n'
                '      psk = "abcdefgh";\n    };\n  };\n}\n'
            ),
            (
                '{\n  networking.wireless = {\n    secretsFile = "/x";\n    networks."My Home" = {\n      priority = 1;\n'
                '      pskRaw = "ext:psk_my_home";\n    };\n  };\n}\n'
            ),
        ),
    ],
)
def test_a_key_in_the_configuration_moves_into_the_file_of_secrets(before: str, after: str):
    check_rewrite(LITERAL, before, after, preferred=False)


def test_a_key_that_everybody_can_read_is_a_warning_that_does_not_repeat_it():
    (found,) = findings('{ networking.wireless.networks.home.psk = "abcdefgh"; }')
    assert (found.severity, [fix.tier for fix in found.fixes]) == (Severity.WARNING, [Tier.REVIEW])
    assert "abcdefgh" not in str(found)


@pytest.mark.parametrize(
    "binding",
    [
        'networking.wireless.networks.home.psk = "@PSK_HOME@";',
        "networking.wireless.networks.home.psk = key;",
        'networking.wireless.networks.home.psk = "${key}";',
        'networking.wireless.networks.home.pskRaw = "ext:psk_home";',
        'networking.wireless.networks.home.psk = "short";',
        'networking.wireless.environmentFile = "/x"; networking.wireless.networks.home.psk = "abcdefgh";',
        'networking.wireless.networks.home.auth = "psk=abcdefgh";',
    ],
)
def test_other_keys_are_left(binding: str):
    check_silent(f"{{ {binding} }}")
