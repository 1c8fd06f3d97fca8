"""What another system reads, as options."""

from __future__ import annotations

import pytest

from nix_lsp.ide.actions import IMPORT, code_actions
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.importing.foreign import Foreign, user_of
from nix_lsp.ide.importing.kinds import BY_ID, KINDS, kind_of
from nix_lsp.ide.importing.write import Imported, new_module, write
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from tests.fixture import project

SECRETS = ("hunter2", "ghp_0123456789abcdefghijklmnop", "MIIEpAIBAAKCAQEA")


def imported(
    path: str,
    text: str,
    module_set: str | None = None,
    *,
    pin: str = "26.05pre",
    into: str = "",
    user: str | None = None,
) -> Imported:
    """Import a file into a new module, or into one with a text."""
    kind = kind_of(path, text)
    assert kind is not None
    workspace = project(into or "{ }", pin=pin).workspace
    document = new_module("/imported.nix", module_set or kind.sets[0])
    if into:
        document = Document("/configuration.nix", into.encode())
    found = write(workspace, document, Foreign(path, text, user or user_of(path)), kind)
    assert not found.document.root.has_error
    assert not any(each.rule.startswith("option-") for each in diagnostics(workspace, found.document))
    assert not any(secret in found.document.source.decode() for secret in SECRETS)
    again = write(workspace, found.document, Foreign(path, text, user or user_of(path)), kind)
    assert again.document.source == found.document.source, "a second import changes nothing"
    return found


def body(found: Imported) -> str:
    """Return what stands between the module's braces, without indentation and blank lines."""
    text = found.document.source.decode()
    lines = text[text.index("\n{\n") + 3 : text.rindex("}")].splitlines()
    return "\n".join(line[2:] for line in lines if line.strip())


CASES = {
    "hosts": (
        "/etc/hosts",
        "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n10.0.0.5\tnas nas.lan # files\n10.0.0.5 media\n127.0.1.1 box\nbroken\n",
        """\
networking.hosts."10.0.0.5" = [
  "nas"
  "nas.lan"
  "media"
];
# Left of hosts (the machine's own name is `networking.hostName`):
#   127.0.1.1 box
# Left of hosts:
#   broken""",
    ),
    "fstab": (
        "/etc/fstab",
        (
            "UUID=ab-12 / ext4 errors=remount-ro 0 1\nnas:/d /mnt/My\\040Data nfs defaults,noauto 0 0\n/dev/sdb1 /old ext4 defaults 0 0\n"
            "/swapfile none swap sw,pri=5 0 0\nproc /proc proc defaults 0 0\n//srv/s /mnt/s cifs username=u,password=hunter2 0 0\n"
        ),
        """\
fileSystems = {
  "/" = {
    device = "/dev/disk/by-uuid/ab-12";
    fsType = "ext4";
    options = [ "errors=remount-ro" ];
  };
  "/mnt/My Data" = {
    device = "nas:/d";
    fsType = "nfs";
    options = [ "noauto" ];
  };
  "/old" = {
    device = "/dev/sdb1";
    fsType = "ext4";
    noCheck = true;
  };
};
swapDevices = [
  {
    device = "/swapfile";
    priority = 5;
  }
];
# Left of fstab (NixOS mounts it itself):
#   proc /proc proc defaults 0 0
# Left of fstab (looks like a secret: nothing of it is copied):
#   //srv/s /mnt/s""",
    ),
    "sysctl": (
        "/etc/sysctl.d/60-x.conf",
        "# forwarding\nnet.ipv4.ip_forward = 1\n-net/ipv4/conf/eth0.1/rp_filter=2\nkernel.core_pattern=|/bin/false\nnet.ipv4.conf.*.x = 1\n",
        """\
boot.kernel.sysctl = {
  "net.ipv4.ip_forward" = 1;
  "net.ipv4.conf.eth0/1.rp_filter" = 2;
  "kernel.core_pattern" = "|/bin/false";
};
# Left of 60-x.conf:
#   net.ipv4.conf.*.x = 1""",
    ),
    "keys": (
        "/home/alice/.ssh/authorized_keys",
        '# laptop\nssh-ed25519 AAAAC3Nz alice@x\nfrom="10.0.0.*" ssh-rsa AAAAB3Nz b\njunk\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n',
        """\
users.users.alice.openssh.authorizedKeys.keys = [
  "ssh-ed25519 AAAAC3Nz alice@x"
  "from=\\"10.0.0.*\\" ssh-rsa AAAAB3Nz b"
];
# Left of authorized_keys:
#   junk
# Left of authorized_keys (looks like a secret: nothing of it is copied):
#   a private key""",
    ),
    "crontab": (
        "/home/alice/crontab",
        "MAILTO=a@b.c\nTOKEN=hunter2\n0 4 * * * /srv/backup.sh -q\n@daily  certbot renew\n0 4 * *\n",
        """\
services.cron = {
  enable = true;
  systemCronJobs = [
    "0 4 * * * alice /srv/backup.sh -q"
    "@daily alice certbot renew"
  ];
};
# Left of crontab (a variable for all jobs: a service has `environment`):
#   MAILTO=a@b.c
# Left of crontab (looks like a secret: nothing of it is copied):
#   TOKEN
# Left of crontab:
#   0 4 * *""",
    ),
    "system crontab": (
        "/etc/cron.d/jobs",
        "*/5 * * * * www /srv/a.sh\n",
        """\
services.cron = {
  enable = true;
  systemCronJobs = [ "*/5 * * * * www /srv/a.sh" ];
};""",
    ),
    "unit": (
        "/etc/systemd/system/foo.service",
        (
            "[Unit]\nDescription=Foo server\nAfter=network.target\nAfter=a.service b.service\nStartLimitBurst=3\n[Service]\n"
            'Environment="A=b c" D=e\nEnvironment=PASSWORD=hunter2\nExecStart=/usr/bin/foo --x \\\n  --y\nExecStartPre=/nix/a\nExecStartPre=/nix/b\n'
            "NoNewPrivileges=yes\nRestartSec=5\n[Install]\nWantedBy=multi-user.target\nAlso=b.service\n"
        ),
        """\
systemd.services.foo = {
  description = "Foo server";
  after = [
    "network.target"
    "a.service"
    "b.service"
  ];
  unitConfig.StartLimitBurst = 3;
  environment = {
    A = "b c";
    D = "e";
  };
  serviceConfig = {
    ExecStart = "/usr/bin/foo --x --y";
    ExecStartPre = [
      "/nix/a"
      "/nix/b"
    ];
    NoNewPrivileges = true;
    RestartSec = 5;
  };
  wantedBy = [ "multi-user.target" ];
};
# Left of foo.service (looks like a secret: nothing of it is copied):
#   [Service] Environment
# Left of foo.service:
#   [Install]
#   Also=b.service
# To look at, of foo.service (there is no such program on NixOS: name the package's, as in `${pkgs.hello}/bin/hello`):
#   ExecStart=/usr/bin/foo --x --y""",
    ),
    "timer": (
        "/home/a/.config/systemd/user/foo.timer",
        "[Timer]\nOnCalendar=daily\nPersistent=true\n[Install]\nWantedBy=timers.target\n",
        """\
systemd.user.timers.foo = {
  timerConfig = {
    OnCalendar = "daily";
    Persistent = true;
  };
  wantedBy = [ "timers.target" ];
};""",
    ),
    "gitconfig": (
        "/home/alice/.gitconfig",
        (
            '[user]\n\tname = Alice "A" Doe\n\temail = a@b.c ; work\n[core]\n\tpager\n\tcompression = 9\n[url "git@github.com:"]\n\tinsteadOf = a:\n\tinsteadOf = b:\n'
            '[includeIf "gitdir:~/w/"]\n\tpath = ~/w/.gitconfig\n[github]\n\ttoken = ghp_0123456789abcdefghijklmnop\n[alias]\n\tl = "!f() { git log \\"$@\\"; }; f"\n[x\n'
        ),
        """\
programs.git = {
  enable = true;
  settings = {
    user = {
      name = "Alice A Doe";
      email = "a@b.c";
    };
    core = {
      pager = true;
      compression = 9;
    };
    url."git@github.com:".insteadOf = [
      "a:"
      "b:"
    ];
    alias.l = "!f() { git log \\"$@\\"; }; f";
  };
  includes = [
    {
      condition = "gitdir:~/w/";
      path = "~/w/.gitconfig";
    }
  ];
};
# Left of .gitconfig:
#   [x
# Left of .gitconfig (looks like a secret: nothing of it is copied):
#   github.token""",
    ),
    "ssh": (
        "/home/alice/.ssh/config",
        (
            "ServerAliveInterval 60\nHost gh\n  HostName github.com\n  IdentityFile ~/.ssh/a\n  IdentityFile ~/.ssh/b\n  SetEnv A=b\n  PubkeyAuthentication no\n"
            "  ServerAliveInterval 5\n  LocalForward 80 a:80\nHost *.lan\n  User root\nMatch user bob\n  Port 33\n"
        ),
        """\
programs.ssh = {
  enable = true;
  settings = {
    "*".ServerAliveInterval = 60;
    gh = {
      HostName = "github.com";
      IdentityFile = [
        "~/.ssh/a"
        "~/.ssh/b"
      ];
      SetEnv.A = "b";
      PubkeyAuthentication = false;
    };
    "*.lan".User = "root";
  };
};
# Left of config (ssh takes the first value):
#   Host gh
#     ServerAliveInterval 5
# Left of config:
#   Host gh
#     LocalForward 80 a:80
# Left of config (a block with conditions):
#   Match user bob
#     Port 33
# To look at, of config (home-manager sorts blocks by their names, and ssh takes the first value: `lib.hm.dag.entryBefore` puts one before another):
#   Host *.lan""",
    ),
    "brewfile": (
        "/Users/a/Brewfile",
        (
            'tap "user/repo", "https://example.org/r.git"\nbrew "wget" # files\nbrew "nginx", link: :overwrite, args: ["HEAD"], restart_service: true\n'
            'cask "firefox", args: { appdir: "~/Apps" }\ncask_args appdir: "~/A", require_sha: true\nmas "Notes", id: 15\nbrew "x" if OS.mac?\n'
        ),
        """\
homebrew = {
  enable = true;
  taps = [
    {
      name = "user/repo";
      clone_target = "https://example.org/r.git";
    }
  ];
  brews = [
    "wget"
    {
      name = "nginx";
      link = "overwrite";
      args = [ "HEAD" ];
      restart_service = true;
    }
  ];
  casks = [
    {
      name = "firefox";
      args.appdir = "~/Apps";
    }
  ];
  caskArgs = {
    appdir = "~/A";
    require_sha = true;
  };
  masApps.Notes = 15;
};
# Left of Brewfile:
#   brew "x" if OS.mac?""",
    ),
    "script": (
        "/srv/setup.sh",
        (
            "#!/usr/bin/env bash\nset -eu\n# people\nsudo useradd -m -G wheel alice\ntimedatectl set-timezone Europe/Berlin && sysctl -w vm.swappiness=10\n"
            "if [ -f /x ]; then\n  useradd bob\nfi\nuseradd -p hunter2 carl\n"
        ),
        """\
users.users.alice = {
  isNormalUser = true;
  extraGroups = [ "wheel" ];
};
time.timeZone = "Europe/Berlin";
boot.kernel.sysctl."vm.swappiness" = 10;""",
    ),
    "dockerfile": (
        "/srv/Dockerfile",
        'FROM debian:12\nRUN --mount=type=cache,target=/x true && \\\n  # more\n  sysctl -w vm.swappiness=10\nRUN ["sysctl", "-w", "kernel.panic=5"]\n',
        """\
boot.kernel.sysctl."kernel.panic" = 5;""",
    ),
    "markdown": (
        "/srv/README.md",
        "# x\n```console\n$ timedatectl set-timezone UTC\noutput\n```\n```nix\n{ }\n```\n",
        'time.timeZone = "UTC";',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_options_can_say_becomes_options(case: str):
    path, text, expected = CASES[case]
    found = body(imported(path, text))
    assert found == expected if "# Left" in expected else found.startswith(expected)


def test_every_kind_has_a_case():
    assert {kind.id for kind in KINDS} == {kind.id for path, text, _ in CASES.values() if (kind := kind_of(path, text))}


def test_options_are_those_of_the_pin():
    path, text, _ = CASES["ssh"]
    older = body(imported(path, text, pin="25.11"))
    assert "matchBlocks" in older
    assert 'gh = {\n      hostname = "github.com";' in older
    assert 'setEnv.A = "b";' in older
    assert 'extraOptions.PubkeyAuthentication = "no";' in older
    path, text, _ = CASES["gitconfig"]
    assert 'userName = "Alice A Doe";' in body(imported(path, text, pin="25.05"))


def test_another_module_set_has_its_own_options():
    path, text, _ = CASES["gitconfig"]
    assert "programs.git = {\n  enable = true;\n  config = {\n    user" in body(imported(path, text, "nixos"))
    path, text, _ = CASES["unit"]
    home = body(imported(path, text, "home-manager"))
    assert "systemd.user.services.foo = {\n  Unit = {" in home
    assert 'WantedBy = "multi-user.target";' in home
    path, text, _ = CASES["ssh"]
    assert "programs.ssh.extraConfig = ''\n  ServerAliveInterval 60\n  Host gh\n" in body(imported(path, text, "nixos"))


def test_a_module_keeps_what_it_has_and_gets_the_rest():
    into = """\
{ lib, ... }:
{
  # who we are
  networking.hosts."10.0.0.5" = [ "nas" ];
  boot.kernel.sysctl."vm.swappiness" = lib.mkForce 1;
}
"""
    found = imported("/etc/hosts", "10.0.0.5 nas media\n10.0.0.6 b\n", into=into)
    assert '  # who we are\n  networking.hosts."10.0.0.5" = [ "nas" "media" ];\n' in found.document.source.decode()
    assert 'networking.hosts."10.0.0.6" = [ "b" ];' in found.document.source.decode()
    clash = imported("/etc/sysctl.conf", "vm.swappiness=10\nkernel.panic=5\n", into=into)
    assert "lib.mkForce 1;" in clash.document.source.decode()
    assert '"kernel.panic" = 5;' in clash.document.source.decode()
    [left] = clash.left
    assert (left.text, "has another value already" in left.reason) == ("vm.swappiness=10", True)


def test_options_go_into_config_where_the_module_has_one():
    into = '{ config, ... }: {\n  options.x = 1;\n  config = {\n    time.timeZone = "UTC";\n  };\n}\n'
    text = imported("/etc/hosts", "10.0.0.5 nas\n", into=into).document.source.decode()
    assert '    time.timeZone = "UTC";\n    networking.hosts."10.0.0.5" = [ "nas" ];\n  };\n' in text


def test_line_ends_and_tabs_are_those_of_the_module():
    found = imported(
        "/etc/hosts", "10.0.0.5 nas\r\nbroken\r\n", into='{ ... }:\r\n{\r\n\ttime.timeZone = "UTC";\r\n}\r\n'
    )
    assert found.document.source.endswith(
        b'\tnetworking.hosts."10.0.0.5" = [ "nas" ];\r\n\r\n\t# Left of hosts:\r\n\t#   broken\r\n}\r\n'
    )


def test_whose_keys_they_are_has_to_be_known():
    keys = "ssh-ed25519 AAAAC3Nz alice@x\n"
    assert (
        imported("/srv/authorized_keys", keys).left[0].reason == "whose key it is, neither the path nor `--user` says"
    )
    assert "users.users.bob.openssh" in body(imported("/srv/authorized_keys", keys, user="bob"))


def test_a_module_offers_what_lies_beside_it():
    fixture = project(
        """
        #- /flake.nix
        { outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a/configuration.nix ]; }; }; }
        #- /a/hosts
        10.0.0.5 nas
        #- /a/Brewfile
        brew "wget"
        #- /a/notes.txt
        10.0.0.6 x
        #- /a/setup.sh
        exit 0
        #- /a/configuration.nix
        { ... }: {
        }
        """,
        pin="25.11",
    )
    [action] = code_actions(fixture.workspace, fixture.document, Span(0, 0), ["source"])
    assert (action.title, action.kind) == ("Import options from hosts (review)", IMPORT)
    changed = apply(fixture.document.source, action.fix.edits[0].edits).decode()
    assert 'networking.hosts."10.0.0.5" = [ "nas" ];' in changed
    assert code_actions(fixture.workspace, fixture.document, Span(0, 0), ["quickfix", "source.fixAll"]) == []


@pytest.mark.parametrize(
    "module", ["{ }: import ./x.nix", '{ lib, ... }: lib.mkIf true { time.timeZone = "UTC"; }', "[ ]"]
)
def test_a_file_that_is_no_plain_module_is_refused(module: str):
    fixture = project(f"# nix-lsp: set nixos\n{module}", pin="25.11")
    with pytest.raises(ValueError, match=r"configuration\.nix"):
        write(fixture.workspace, fixture.document, Foreign("/etc/hosts", "10.0.0.1 a\n"), BY_ID["hosts"])


def test_a_set_without_options_for_it_is_refused():
    fixture = project("# nix-lsp: set home-manager\n{ }", pin="25.11")
    with pytest.raises(ValueError, match="no module of nixos"):
        write(fixture.workspace, fixture.document, Foreign("/etc/fstab", ""), BY_ID["fstab"])


@pytest.mark.parametrize(
    "text",
    ["", "\0\1\2", "''${x} ${'' \\", "a" * 100_000, "[" * 10_000, "$(" * 2_000, "\n".join(["x ="] * 2_000), "é ü 😀\n"],
)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_whatever_is_in_a_file_the_module_stays_whole(kind: object, text: str):
    assert kind in KINDS
    for each in KINDS:
        if each is kind:
            workspace = project("{ }", pin="25.11").workspace
            name = "/a/x.service" if each.id == "unit" else "/a/x"
            found = write(workspace, new_module("/imported.nix", each.sets[0]), Foreign(name, text), each)
            assert not found.document.root.has_error


def test_what_a_script_installs_becomes_packages():
    found = imported("/srv/setup.sh", "sudo apt-get update\nsudo apt-get install -y git \\\n  htop\nsnap install x\n")
    assert (
        "environment.systemPackages = [\n  pkgs.git\n  pkgs.htop\n];\n# Left of setup.sh:\n#   snap install x"
        in body(found)
    )
