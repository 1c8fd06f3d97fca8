"""`imp-distro-pm`, `imp-snap`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent, findings


@pytest.mark.parametrize(
    "line",
    [
        "apt-get install -y git build-essential",
        "sudo apt install --yes --no-install-recommends git build-essential",
        "dnf install -y git base-devel >/dev/null 2>&1",
        "yum -y install git base-devel",
        "pacman -S --needed --noconfirm git base-devel",
        "pacman -Syu --noconfirm git base-devel",
        "zypper --non-interactive in git base-devel",
        "apk add --no-cache git build-base",
        "apt-get update && apt-get install -y git g++ make",
        "apt-get install -y ca-certificates git g++ make",
    ],
)
def test_programs_join_the_packages_of_the_system(line: str):
    check_rewrite(
        "imp-distro-pm",
        before=f'{{ pkgs, ... }}:\n{{\n  system.activationScripts.x = "{line}";\n}}\n',
        after="{ pkgs, ... }:\n{\n  environment.systemPackages = [\n    pkgs.git\n    pkgs.gcc\n    pkgs.gnumake\n  ];\n}\n",
    )


def test_the_lists_of_packages_go_with_the_last_line_in_a_longer_script():
    check_rewrite(
        "imp-distro-pm",
        pin="home-manager",
        before="""\
{ pkgs, ... }:
{
  home.packages = [ pkgs.vim ];
  home.activation.tools = ''
    mkdir -p /srv/a
    sudo apt-get update -qq
    sudo apt-get install -y htop
    echo done
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  home.packages = [ pkgs.vim pkgs.htop ];
  home.activation.tools = ''
    mkdir -p /srv/a
    echo done
  '';
}
""",
    )


def test_the_lists_stay_for_a_line_that_stays():
    check_rewrite(
        "imp-distro-pm",
        before="""\
{ pkgs, ... }:
{
  system.activationScripts.x = ''
    apt-get update
    apt-get install -y htop
    apt-get install -y $OTHERS
  '';
}
""",
        after="""\
{ pkgs, ... }:
{
  system.activationScripts.x = ''
    apt-get update
    apt-get install -y $OTHERS
  '';
  environment.systemPackages = [ pkgs.htop ];
}
""",
    )


def test_a_name_that_only_looks_the_same_is_for_review():
    check_rewrite(
        "imp-distro-pm",
        preferred=False,
        before='{ pkgs, ... }:\n{\n  system.activationScripts.x = "apt install hello";\n}\n',
        after="{ pkgs, ... }:\n{\n  environment.systemPackages = [ pkgs.hello ];\n}\n",
    )


@pytest.mark.parametrize(("name", "is_there"), [("curl", True), ("pinentry", False), ("writers", False)])
def test_a_package_is_one_by_any_of_its_names(name: str, *, is_there: bool):
    script = f'{{ pkgs, ... }}: {{ system.activationScripts.x = "apt install {name}"; }}'
    assert bool([fix for each in findings(script) for fix in each.fixes]) is is_there


def test_a_service_comes_by_its_option():
    check_rewrite(
        "imp-distro-pm",
        preferred=False,
        before='{ pkgs, ... }:\n{\n  system.activationScripts.x = "apt-get install -y nginx";\n}\n',
        after="{ pkgs, ... }:\n{\n  services.nginx.enable = true;\n}\n",
    )


@pytest.mark.parametrize(
    "line",
    [
        "apt-get update",
        "apt-get upgrade -y",
        "apt-get install",
        "apt-get install -y git=1:2.30",
        "apt-get install -y libssl-dev",
        "apt-get install -y git no-such-program",
        "apt-get install -t unstable git",
        "apt-get install ./a.deb",
        "apt-get install -y $PACKAGES",
        "apt-get remove git",
        "apt list git",
        "dnf update git",
        "pacman -Syu",
        "pacman -R git",
        "pacman -U git",
        "zypper refresh",
        "apk add --virtual .deps git",
        "apk del git",
        "sudo -u alice apt-get install git",
        "echo apt install git",
        "# apt install git",
        "distrobox enter a -- apt install -y git",
        "docker exec a apt-get install -y git",
        "chroot /srv/a apt-get install -y git",
        "which git || apt-get install -y git",
        "if true; then apt-get install -y git; fi",
        "yes | apt-get install git",
    ],
)
def test_other_lines_stay(line: str):
    script = f"{{ pkgs, ... }}: {{ system.activationScripts.x = ''\n{line}\n''; }}"
    assert [each.fixes for each in findings(script) if each.rule == "imp-distro-pm" and each.fixes] == []


@pytest.mark.parametrize("names", ["nginx", "ca-certificates"])
def test_what_a_home_cannot_have_stays(names: str):
    script = f'{{ home.activation.x = "sudo apt-get install -y git {names}"; }}'
    assert not [each for each in findings(script, "home-manager") if each.fixes]


@pytest.mark.parametrize(
    "line", ["snap install spotify", "/usr/bin/snap install --classic code", "echo a; snap install spotify; echo b"]
)
def test_snap_is_explained(line: str):
    check_no_edit(f'{{ system.activationScripts.x.text = "{line}"; }}', "no snapd")


@pytest.mark.parametrize(
    "line", ["if a; then snap install b; fi", "snap list", "# snap install a", "echo snap install a", "snapper create"]
)
def test_other_uses_of_snap_stay(line: str):
    check_silent(f"{{ system.activationScripts.x.text = ''\n{line}\n''; }}")
