"""`imp-passwd`, `imp-htpasswd`, `imp-smbpasswd`, `imp-openssl-selfsigned`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Severity

from .bench import check_no_edit, check_rewrite, check_silent, findings

PASSWORD, WEB = "imp-passwd", "imp-htpasswd"
FILE = '  users.users.bob.hashedPasswordFile = "/etc/nixos/passwords/bob";\n'


def script(*lines: str, beside: str = "") -> str:
    """Return a module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.a = ''\n{body}  '';\n}}\n"


@pytest.mark.parametrize(
    "command",
    [
        "echo 'bob:hunter22' | chpasswd",
        "printf 'bob:hunter22\\n' | sudo chpasswd -e",
        "usermod -p 'hunter22' bob",
        "usermod --password=hunter22 bob",
    ],
)
def test_a_password_comes_from_a_file_and_is_not_repeated(command: str):
    check_rewrite(PASSWORD, script(command), f"{{\n{FILE}}}\n", preferred=False)
    check_rewrite(
        PASSWORD, script("x", command, "y"), script("x", "y").replace("\n}\n", f"\n{FILE}}}\n"), preferred=False
    )
    (found,) = findings(script("x", command))
    assert found.severity is Severity.WARNING
    assert "hunter22" not in str(found)


def test_a_password_file_joins_the_account():
    account = "  users.users.bob = {\n    isNormalUser = true;\n"
    check_rewrite(
        PASSWORD,
        script("echo bob:x | chpasswd", beside=f"{account}  }};\n"),
        f'{{\n{account}    hashedPasswordFile = "/etc/nixos/passwords/bob";\n  }};\n}}\n',
        preferred=False,
    )


def test_an_account_with_another_file_is_a_conflict():
    check_no_edit(
        script("echo bob:x | chpasswd", beside='  users.users.bob.hashedPasswordFile = "/p";\n'), "another value"
    )


@pytest.mark.parametrize(
    "command",
    [
        'echo "bob:$(cat /run/secrets/bob)" | chpasswd',
        "echo bob:${config.p} | chpasswd",
        "chpasswd < /run/secrets/passwords",
        "echo $USER:x | chpasswd",
        "echo bob: | chpasswd",
        "x || echo bob:x | chpasswd",
        "passwd bob",
    ],
)
def test_other_passwords_are_left(command: str):
    check_silent(script(command))


HOST = '  services.nginx.virtualHosts."x.org".root = "/srv";\n'
NAMED = '  services.nginx.virtualHosts."x.org".basicAuthFile = "/etc/ht";\n'


@pytest.mark.parametrize("command", ["htpasswd -bc /etc/ht bob secret", "htpasswd -cbB /etc/ht bob secret"])
def test_the_one_virtual_host_names_the_file(command: str):
    check_rewrite(WEB, script(command, beside=HOST), f"{{\n{HOST}{NAMED}}}\n", preferred=False)
    check_rewrite(WEB, script("x", command, beside=HOST), script("x", beside=HOST + NAMED), preferred=False)
    assert "secret" not in str(findings(script("x", command))[0].message.replace("a secret", ""))


def test_a_virtual_host_in_a_set_takes_the_file_in():
    host = '  services.nginx.virtualHosts = {\n    "x.org" = {\n      root = "/srv";\n'
    check_rewrite(
        WEB,
        script("htpasswd -bc /etc/ht bob secret", beside=f"{host}    }};\n  }};\n"),
        f'{{\n{host}      basicAuthFile = "/etc/ht";\n    }};\n  }};\n}}\n',
        preferred=False,
    )


@pytest.mark.parametrize("beside", ["", HOST + HOST.replace("x.org", "y.org"), HOST + NAMED])
def test_where_it_is_not_known_which_host_is_meant_it_is_explained(beside: str):
    check_no_edit(script("htpasswd -bc /etc/ht bob secret", beside=beside), "choose another")


@pytest.mark.parametrize(
    "command",
    ["htpasswd -nb bob secret", "htpasswd -bc $file bob secret", "if x; then htpasswd -bc /etc/ht bob secret; fi"],
)
def test_other_files_of_passwords_are_left(command: str):
    check_silent(script(command, beside=HOST))


@pytest.mark.parametrize("command", ["smbpasswd -a bob", "smbpasswd -s -a bob", "echo $P | smbpasswd -sa bob"])
def test_users_of_samba_are_explained(command: str):
    check_no_edit(script("x", command), "samba-smbd")


@pytest.mark.parametrize("command", ["smbpasswd bob", "smbpasswd -x bob", "for u in a; do smbpasswd -a $u; done"])
def test_other_uses_of_smbpasswd_are_left(command: str):
    check_silent(script(command))
    check_silent('{ systemd.services.samba-users.script = "smbpasswd -a bob"; }')


@pytest.mark.parametrize(
    "command",
    [
        "openssl req -x509 -newkey rsa:4096 -nodes -keyout /k -out /c -subj /CN=x",
        "${pkgs.openssl}/bin/openssl req -new -x509 -key /k",
        "openssl req -x509 -key /k || true",
    ],
)
def test_a_certificate_is_explained(command: str):
    check_no_edit(script("x", command), "`security.acme.certs`")


@pytest.mark.parametrize(
    "command",
    [
        "openssl req -new -key /k",
        "openssl rand -hex 32 > /k",
        "[ -e /c ] || openssl req -x509 -key /k",
        "openssl x509 -in /c",
    ],
)
def test_other_uses_of_openssl_are_left(command: str):
    check_silent(script(command))
