"""`imp-echo-etc`, `imp-cp-etc`, `imp-ca-cert` and `imp-motd`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

TEXT, COPY, CERTIFICATE, MOTD = "imp-echo-etc", "imp-cp-etc", "imp-ca-cert", "imp-motd"


def test_a_line_becomes_a_file():
    check_rewrite(
        TEXT,
        before="{\n  system.activationScripts.s.text = \"echo '/home' > /etc/safe-rm.conf\";\n}\n",
        after='{\n  environment.etc."safe-rm.conf".text = "/home\\n";\n}\n',
    )


def test_a_here_document_becomes_lines_with_mode_and_owner():
    check_rewrite(
        TEXT,
        before="""\
{ cfg, ... }:
{
  system.activationScripts.app = ''
    # the app
    mkdir -p /etc/app
    cat > /etc/app/app.conf <<'EOF'
    [main]
      port = ${cfg.port}

    home = "$HOME" ''${x}
    EOF
    chmod 640 /etc/app/app.conf
    chown root:app /etc/app/app.conf
    app check
  '';
}
""",
        after="""\
{ cfg, ... }:
{
  system.activationScripts.app = ''
    # the app
    app check
  '';
  environment.etc."app/app.conf" = {
    text = ''
      [main]
        port = ${cfg.port}

      home = "$HOME" ''${x}
    '';
    mode = "0640";
    group = "app";
  };
}
""",
    )


def test_what_is_appended_to_a_new_file_is_a_part_of_it_and_joins_the_set():
    check_rewrite(
        TEXT,
        before="""\
{
  environment.etc = {
    "a".text = "x";
  };
  systemd.services.s.preStart = ''
    echo a >/etc/b
    printf '%s' b >>/etc/b
    y
  '';
}
""",
        after="""\
{
  environment.etc = {
    "a".text = "x";
    b.text = "a\\nb";
  };
  systemd.services.s.preStart = ''
    y
  '';
}
""",
    )


def test_a_text_that_a_block_would_change_is_quoted():
    check_rewrite(
        TEXT,
        before="{\n  system.activationScripts.s = \"printf '%s\\\\n' '  a' '  b' > /etc/x; y\";\n}\n",
        after='{\n  system.activationScripts.s = "y";\n  environment.etc.x.text = "  a\\n  b\\n";\n}\n',
    )


def test_nix_darwin_replaces_no_foreign_file():
    found = findings('{ system.activationScripts.x.text = "echo a > /etc/x"; }', "nix-darwin")
    assert "move the present one away" in found[0].message
    assert found[0].fixes


def test_what_piles_up_is_explained():
    found = findings('{ system.activationScripts.x = "echo a >> /etc/app.conf"; }')
    assert [(each.rule, each.fixes) for each in found] == [(TEXT, ())]


def test_the_rest_of_the_script_may_need_the_file():
    found = findings('{ system.activationScripts.x = "echo a > /etc/x; grep a /etc/x"; }')
    assert [fix.tier for fix in found[0].fixes] == [Tier.REVIEW]


def test_a_secret_is_not_moved():
    check_no_edit("{ system.activationScripts.x = \"echo 'key tskey-abc' > /etc/x\"; }", "looks like a secret")


@pytest.mark.parametrize(
    "line",
    [
        "echo $x > /etc/x",
        "echo a > /etc/passwd",
        "echo a > /etc/sudoers.d/x",
        "echo a > /etc/x/../y",
        "echo a > /srv/x",
        "echo a > $etc/x",
        "if y; then echo a > /etc/x; fi",
        "[ -f /etc/x ] || echo a > /etc/x",
        "date > /etc/x",
        "echo a > /etc/x; chmod u+s /etc/x",
        "echo a | sudo -u bob tee /etc/x",
        "cat > /etc/x <<EOF\\n$x\\nEOF",
    ],
)
def test_other_writes_stay(line: str):
    check_silent(f"{{ system.activationScripts.x = ''\n{line.replace(chr(92) + 'n', chr(10))}\n''; }}")


def test_a_file_that_is_declared_already_stays():
    check_silent('{ environment.etc.x.text = "b"; system.activationScripts.x = "echo a > /etc/x"; }')


def test_a_copy_becomes_a_link():
    check_rewrite(
        COPY,
        before='{\n  system.activationScripts.c = "cp ${./foo.conf} /etc/foo.conf";\n}\n',
        after='{\n  environment.etc."foo.conf".source = ./foo.conf;\n}\n',
    )


def test_a_copy_of_another_mode_stays_a_copy():
    check_rewrite(
        COPY,
        before="""\
{ pkgs, ... }:
{
  system.activationScripts.c = ''
    install -Dm 600 -o app ${pkgs.app}/share/a.conf /etc/app/a.conf
    cp -f ${./b.conf} /etc/app/b.conf && chmod 0600 /etc/app/b.conf
    x
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  system.activationScripts.c = ''
    x
  '';
  environment.etc = {
    "app/a.conf" = {
      source = "${pkgs.app}/share/a.conf";
      mode = "0600";
      user = "app";
    };
    "app/b.conf" = {
      source = ./b.conf;
      mode = "0600";
    };
  };
}
""",
        choice=1,
    )


def test_a_copy_joins_the_files_that_stand():
    check_rewrite(
        COPY,
        before='{\n  environment.etc.a.text = "x";\n  boot.x = 1;\n  systemd.services.c.preStart = "cp ${./b} /etc/b; y";\n}\n',
        after='{\n  environment.etc.a.text = "x";\n  environment.etc.b.source = ./b;\n  boot.x = 1;\n  systemd.services.c.preStart = "y";\n}\n',
    )


@pytest.mark.parametrize("line", ["cp ${cfg.file} /etc/x", "cp -r ${./d} /etc/d"])
def test_a_copy_that_may_be_more_is_for_review(line: str):
    found = findings(f'{{ system.activationScripts.x = "{line}"; }}')
    assert [fix.tier for fix in found[0].fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "line",
    [
        "cp /run/secrets/x /etc/x",
        "cp ${config.sops.secrets.x.path} /etc/x",
        "cp -n ${./x} /etc/x",
        "cp ${./x} /etc/",
        "cp ${./x} ${./y} /etc/d",
        "cp ${./x} /etc/nix/nix.conf",
        "cp ${./x} $d/x",
        "install -m a+x ${./x} /etc/x",
        "cp ${./x} /srv/x",
        "[ -e /etc/x ] || cp ${./x} /etc/x",
    ],
)
def test_other_copies_stay(line: str):
    check_silent(f'{{ system.activationScripts.x = "{line}"; }}')


def test_a_certificate_is_trusted():
    check_rewrite(
        CERTIFICATE,
        before='{\n  system.activationScripts.ca = "cp ${./root_ca.crt} /etc/ssl/certs/root_ca.crt";\n}\n',
        after="{\n  security.pki.certificateFiles = [ ./root_ca.crt ];\n}\n",
    )


def test_certificates_join_the_list_and_the_bundle_is_not_made_anew():
    check_rewrite(
        CERTIFICATE,
        before="""\
{ pkgs, ... }:
{
  security.pki.certificateFiles = [ ./a.pem ];
  system.activationScripts.ca = ''
    ${pkgs.p11-kit}/bin/trust anchor ${./b.pem}
    update-ca-certificates
    x
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  security.pki.certificateFiles = [ ./a.pem ./b.pem ];
  system.activationScripts.ca = ''
    x
  '';
}
""",
    )


def test_a_linked_certificate_is_trusted_too():
    check_rewrite(
        CERTIFICATE,
        pin="nix-darwin",
        before='{\n  system.activationScripts.ca.text = "ln -sf ${./c.pem} /etc/ssl/certs/c.pem; x";\n}\n',
        after='{\n  system.activationScripts.ca.text = "x";\n  security.pki.certificateFiles = [ ./c.pem ];\n}\n',
    )


@pytest.mark.parametrize(
    "line",
    [
        "cp /var/lib/step-ca/certs/root_ca.crt /etc/ssl/certs/root_ca.crt",
        "cp ${./a.pem} /etc/ssl/certs/ca-bundle.crt",
        "cp ${./a.key} /etc/ssl/private/a.key",
        "trust list",
        "update-ca-certificates",
    ],
)
def test_other_certificates_stay(line: str):
    check_silent(f'{{ system.activationScripts.x = "{line}"; }}')


def test_a_message_of_the_day_is_declared():
    check_rewrite(
        MOTD,
        before='{\n  system.activationScripts.m = "echo welcome > /etc/motd";\n}\n',
        after='{\n  users.motd = "welcome";\n}\n',
    )


def test_a_longer_message_leaves_a_longer_script():
    check_rewrite(
        MOTD,
        before="{\n  boot.postBootCommands = ''\n    x\n  '';\n  system.activationScripts.m = ''\n    cat <<EOF >/etc/motd\n    a\n    b\n    EOF\n    x\n  '';\n}\n",
        after="{\n  boot.postBootCommands = ''\n    x\n  '';\n  system.activationScripts.m = ''\n    x\n  '';\n  users.motd = ''\n    a\n    b\n  '';\n}\n",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('environment.etc.motd.text = "hi";', 'users.motd = "hi";'),
        ('system.activationScripts.m = "cp ${./motd} /etc/motd";', "users.motdFile = ./motd;"),
    ],
)
def test_a_message_in_a_file_is_declared(before: str, after: str):
    check_rewrite(MOTD, before=f"{{\n  {before}\n}}\n", after=f"{{\n  {after}\n}}\n")


def test_another_message_is_a_conflict():
    check_no_edit('{ users.motd = "a"; system.activationScripts.x = "echo b > /etc/motd"; }', "another value")


@pytest.mark.parametrize(
    "line", ["uname -a > /etc/motd", "echo a >> /etc/motd", "x && echo a > /etc/motd", "echo a > /srv/motd"]
)
def test_other_messages_stay(line: str):
    check_silent(f'{{ system.activationScripts.x = "{line}"; }}')
