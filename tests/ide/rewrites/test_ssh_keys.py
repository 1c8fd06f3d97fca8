"""`imp-authorized-keys`, `imp-known-hosts`, `imp-ssh-hostkey`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Severity, Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

AUTHORIZED, KNOWN, HOST = "imp-authorized-keys", "imp-known-hosts", "imp-ssh-hostkey"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample"


def script(*lines: str, beside: str = "") -> str:
    """Return a module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.a = ''\n{body}  '';\n}}\n"


def test_keys_of_a_document_become_those_of_the_account():
    check_rewrite(
        AUTHORIZED,
        script(
            "cat > /home/bob/.ssh/authorized_keys <<'EOF'", "# me", f"{KEY} a@b", f'no-pty,command="x y" {KEY}', "EOF"
        ),
        "{\n  users.users.bob.openssh.authorizedKeys.keys = [\n"
        f'    "{KEY} a@b"\n    "no-pty,command=\\"x y\\" {KEY}"\n  ];\n}}\n',
    )


@pytest.mark.parametrize("pin", ["nixos", "nix-darwin"])
def test_a_key_joins_those_of_the_account_and_the_rest_stays(pin: str):
    name = "a.text" if pin == "nixos" else "postActivation.text"
    account = '  users.users.root = {\n    openssh.authorizedKeys.keys = [ "x" ];\n  };\n'

    def module(account: str, *lines: str) -> str:
        return script(*lines, beside=account).replace("Scripts.a =", f"Scripts.{name} =")

    check_rewrite(
        AUTHORIZED,
        module(account, "x", f"echo '{KEY}' | sudo tee -a /root/.ssh/authorized_keys", "y"),
        module(account.replace('"x" ]', f'"x" "{KEY}" ]'), "x", "y"),
        pin,
    )


def test_what_else_is_done_to_the_file_is_looked_at():
    (found,) = findings(script(f"echo '{KEY}' > /root/.ssh/authorized_keys", "chmod 600 /root/.ssh/authorized_keys"))
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "command",
    [
        f"echo '{KEY}' > ~/.ssh/authorized_keys",
        f"echo '{KEY}' > /srv/git/.ssh/authorized_keys",
        "echo ${key} > /root/.ssh/authorized_keys",
        "echo $KEY > /root/.ssh/authorized_keys",
        "curl https://example.org/a.keys > /root/.ssh/authorized_keys",
        f"[ -e x ] && echo '{KEY}' > /root/.ssh/authorized_keys",
    ],
)
def test_other_keys_stay(command: str):
    check_silent(script(command))


def test_home_manager_alone_has_no_option_for_keys():
    check_silent(f"{{ home.activation.k = \"echo '{KEY}' > /home/a/.ssh/authorized_keys\"; }}", "home-manager")


def test_keys_of_forges_are_known():
    (found,) = findings(script("ssh-keyscan -t ed25519 github.com git.sr.ht 2>/dev/null >> /root/.ssh/known_hosts"))
    assert (found.rule, found.severity) == (KNOWN, Severity.WARNING)
    (fix,) = found.fixes
    text = "".join(edit.text for edit in fix.edits[0].edits)
    assert all(name in text for name in ('"github.com"', '"git.sr.ht"', "IOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"))


@pytest.mark.parametrize("pin", ["nixos", "nix-darwin"])
def test_a_known_host_joins_the_others(pin: str):
    def module(hosts: str, text: str) -> str:
        return (
            f'{{\n  programs.ssh.knownHosts = {{\n    b.publicKey = "c";\n{hosts}  }};\n'
            f'  system.activationScripts.a.text = "{text}";\n}}\n'
        )

    check_rewrite(
        KNOWN,
        module("", f"x\\necho 'git.example.org {KEY} c' >> /etc/ssh/ssh_known_hosts\\ny"),
        module(f'    "git.example.org".publicKey = "{KEY}";\n', "x\\ny"),
        pin,
    )


def test_a_host_that_is_scanned_is_explained():
    check_no_edit(script("ssh-keyscan git.example.org >> /root/.ssh/known_hosts"), "whoever answers")


@pytest.mark.parametrize(
    "command",
    [
        "ssh-keyscan -p 2222 github.com >> /root/.ssh/known_hosts",
        "ssh-keyscan $host >> /root/.ssh/known_hosts",
        "ssh-keyscan github.com > /tmp/x",
        "ssh-keyscan github.com",
        f"echo '|1|abc {KEY}' >> /root/.ssh/known_hosts",
        f"echo 'a,b {KEY}' >> /root/.ssh/known_hosts",
        "for h in github.com; do ssh-keyscan $h >> /root/.ssh/known_hosts; done",
    ],
)
def test_other_hosts_stay(command: str):
    check_silent(script(command))


ON = "  services.openssh.enable = true;\n"


@pytest.mark.parametrize(
    "command",
    [
        "ssh-keygen -A",
        '${pkgs.openssh}/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key',
        'ssh-keygen -t rsa -b 4096 -N "" -f /etc/ssh/ssh_host_rsa_key -C ""',
    ],
)
def test_keys_that_are_made_anyway_go(command: str):
    check_rewrite(HOST, script(command, beside=ON), f"{{\n{ON}}}\n")
    check_rewrite(HOST, script("x", command, "y", beside=ON), script("x", "y", beside=ON))


def test_a_key_at_another_place_joins_the_list():
    listed = '  services.openssh.hostKeys = [ { type = "rsa"; path = "/p/ssh_host_rsa_key"; } ];\n'
    both = """\
  services.openssh.hostKeys = [
    { type = "rsa"; path = "/p/ssh_host_rsa_key"; }
    { type = "ed25519"; path = "/p/ssh_host_ed25519_key"; }
  ];
"""
    command = 'ssh-keygen -t ed25519 -N "" -f /p/ssh_host_ed25519_key'
    check_rewrite(HOST, script(command, beside=ON + listed), f"{{\n{ON}{both}}}\n")
    (found,) = findings(script(command, beside=ON))
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "command",
    [
        'ssh-keygen -t ed25519 -N "" -f /root/.ssh/id_ed25519',
        "ssh-keygen -t ed25519 -N secret -f /p/ssh_host_ed25519_key",
        "ssh-keygen -t ed25519 -f /p/ssh_host_ed25519_key",
        "ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key",
        "ssh-keygen -A -f /mnt",
        "[ -e k ] || ssh-keygen -A",
    ],
)
def test_keys_of_others_stay(command: str):
    check_silent(script(command, beside=ON))
