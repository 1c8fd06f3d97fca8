"""`imp-backup-script`, `imp-certbot`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

BACKUP, CERTBOT = "imp-backup-script", "imp-certbot"


def service(*lines: str, beside: str = "", name: str = "backup") -> str:
    """Return a module with a service that runs some lines each day."""
    body = "".join(f"      {line}\n" for line in lines)
    return f"{{\n  systemd.services.{name} = {{\n    startAt = \"daily\";\n{beside}    script = ''\n{body}    '';\n  }};\n}}\n"


PLAIN = """\
  services.restic.backups.home = {
    repository = "/mnt/repo";
    paths = [ "/home" ];
    passwordFile = "/run/secrets/restic";
    timerConfig.OnCalendar = "daily";
  };
"""
FULL = """\
  services.restic.backups.home = {
    repository = "sftp:box:/srv";
    paths = [
      "/home"
      "${dir}"
    ];
    passwordFile = config.age.secrets.r.path;
    timerConfig.OnCalendar = "daily";
    exclude = [ "/home/x" ];
    extraBackupArgs = [ "--one-file-system" ];
    pruneOpts = [
      "--keep-daily 7"
      "--keep-weekly 4"
    ];
  };
"""


@pytest.mark.parametrize(
    "line",
    ["restic -r /mnt/repo backup /home", "set -e\n      ${pkgs.restic}/bin/restic --repo=/mnt/repo backup /home"],
)
def test_a_backup_is_declared(line: str):
    check_rewrite(BACKUP, service(line), f"{{\n{PLAIN}}}\n", preferred=False)


def test_a_job_of_cron_is_declared():
    check_rewrite(
        BACKUP,
        '{\n  services.cron.systemCronJobs = [ "@daily root restic -r /mnt/repo backup /home" ];\n}\n',
        f"{{\n{PLAIN}}}\n",
        preferred=False,
    )


def test_what_a_script_and_its_service_say_is_taken_together():
    text = service(
        "export RESTIC_REPOSITORY=sftp:box:/srv",
        "restic backup --exclude /home/x --one-file-system /home ${dir}",
        "restic forget --keep-daily 7 --keep-weekly 4 --prune",
        beside="    environment.RESTIC_PASSWORD_FILE = config.age.secrets.r.path;\n",
    )
    head = "{ config, ... }:\n"
    check_rewrite(BACKUP, head + text, f"{head}{{\n{FULL}}}\n", preferred=False)


def test_a_backup_joins_the_others():
    others = '  services.restic.backups = {\n    a.repository = "b";\n'
    text = service("restic -r /mnt/repo backup /home").replace("{\n", f"{{\n{others}  }};\n", 1)
    added = "".join(f"  {line}\n" for line in PLAIN.replace("services.restic.backups.", "").splitlines())
    check_rewrite(BACKUP, text, f"{{\n{others}{added}  }};\n}}\n", preferred=False)


def test_a_backup_with_borg_is_explained():
    check_no_edit(service("borg create /mnt/repo::a /home"), "`services.borgbackup.jobs`")


@pytest.mark.parametrize(
    "lines",
    [
        ["mount /mnt", "restic -r /mnt/repo backup /home"],
        ["restic backup /home"],
        ["restic -r /r backup ."],
        ["restic -r /r backup --files-from /x"],
        ["restic -r /r backup /home", "restic -r /r backup /srv"],
        ["restic -r /r backup /home", "restic -r /r forget --keep-tag x"],
        ["restic -r $REPO backup /home"],
        ["restic -r /r check"],
        ["if x; then restic -r /r backup /home; fi"],
        ["timedatectl set-timezone UTC"],
    ],
)
def test_other_scripts_that_make_backups_are_left(lines: list[str]):
    check_silent(service(*lines))


def test_a_backup_that_nothing_repeats_is_left():
    check_silent('{ systemd.services.backup.script = "restic -r /r backup /home"; }')


HOST = '  services.nginx.virtualHosts."x.org".root = "/srv";\n'
DONE = (
    '  services.nginx.virtualHosts."x.org".enableACME = true;\n  services.nginx.virtualHosts."x.org".forceSSL = true;\n'
)
TERMS = '  security.acme = {\n    acceptTerms = true;\n    defaults.email = "a@x.org";\n  };\n'


def script(*lines: str, beside: str = "") -> str:
    """Return a module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.cert = ''\n{body}  '';\n}}\n"


def test_a_certificate_of_nginx():
    command = "certbot run --nginx -n --agree-tos -m a@x.org -d x.org"
    check_rewrite(CERTBOT, script(command, beside=HOST), f"{{\n{HOST}{DONE}{TERMS}}}\n")
    rest = script("x", beside=HOST + DONE).replace("\n}\n", f"\n{TERMS}}}\n")
    check_rewrite(CERTBOT, script("x", command, beside=HOST), rest)


def test_a_certificate_joins_what_is_said():
    acme = '  security.acme.acceptTerms = true;\n  security.acme.defaults.email = "b@x.org";\n'
    check_rewrite(CERTBOT, script("certbot --nginx -d x.org", beside=acme + HOST), f"{{\n{acme}{HOST}{DONE}}}\n")


def test_terms_that_nobody_has_accepted_are_for_review():
    (found,) = findings(script("certbot --nginx -m a@x.org -d x.org", beside=HOST))
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]
    assert "accept the terms" in found.message


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--webroot -w /srv -d x.org,y.org", 'webroot = "/srv";\n      extraDomainNames = [ "y.org" ];\n'),
        ("--standalone --domains x.org --domain y.org", 'listenHTTP = ":80";\n      extraDomainNames = [ "y.org" ];\n'),
    ],
)
def test_other_ways_to_get_a_certificate_are_for_review(options: str, said: str):
    after = (
        '{\n  security.acme = {\n    acceptTerms = true;\n    defaults.email = "a@x.org";\n    certs."x.org" = {\n'
        f"      {said}    }};\n  }};\n}}\n"
    )
    check_rewrite(CERTBOT, script(f"certbot certonly --agree-tos --email a@x.org {options}"), after, preferred=False)


@pytest.mark.parametrize(
    "module",
    ['{ systemd.services.cert = { startAt = "weekly"; script = "certbot renew"; }; }', script("certbot -q renew")],
)
def test_a_renewal_is_explained(module: str):
    check_no_edit(module, "renews itself")


@pytest.mark.parametrize(
    "command",
    [
        "certbot --nginx -d y.org",
        "certbot certonly --dns-cloudflare -d x.org",
        "certbot certonly --webroot -d x.org",
        "certbot --nginx -d $HOST",
        "certbot certificates",
        "certbot --nginx --staging -d x.org",
        "[ -e /etc/letsencrypt ] || certbot --nginx -d x.org",
    ],
)
def test_other_uses_of_certbot_are_left(command: str):
    check_silent(script(command, beside=HOST))
