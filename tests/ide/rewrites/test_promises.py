"""What holds for every rewrite, asked of the real options of a release: where scripts stand, whose they are, and what is never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from tests.fixture import project

from .bench import OPTIONS, check_rewrite, check_silent, findings

if TYPE_CHECKING:
    from nix_lsp.ide.model import Diagnostic

ZONE = "timedatectl set-timezone UTC"
GIT = "git config --global user.name Alice"
SECRET = "correct-horse-battery-staple-1234"


def found_in(fixture: str) -> list[Diagnostic]:
    workspace, document, _ = project(fixture, pin="26.05")
    return find_imperative(workspace, document)


def fixed(fixture: str) -> str:
    """Return the file with the first fix."""
    workspace, document, _ = project(fixture, pin="26.05")
    fix = find_imperative(workspace, document)[0].fixes[0]
    return apply(document.source, fix.edits[0].edits).decode()


@pytest.mark.parametrize(
    "module",
    [
        '{ imports = [ (modulesPath + "/installer/cd-dvd/installation-cd-minimal.nix") ]; boot.postBootCommands = "hostnamectl set-hostname a"; }',
        f'{{ pkgs, ... }}: {{ a = pkgs.dockerTools.buildImage {{ runAsRoot = "{ZONE}"; config.Cmd = [ "{ZONE}" ]; }}; }}',
        f'{{ virtualisation.oci-containers.containers.a.entrypoint = "{ZONE}"; }}',
        f'{{ security.polkit.extraConfig = "{ZONE}"; }}',
        f'{{ services.x.settings.example = "{ZONE}"; }}',
        f'{{ system.activationScripts.a = lib.mkOption {{ default = "{ZONE}"; }}; }}',
        f'{{ systemd.services.restore-drill.script = "{ZONE}"; }}',
        f'{{ systemd.services.toggle-clock.preStart = "{ZONE}"; }}',
        f'{{ services.actkbd.bindings = [ {{ keys = [ 1 ]; command = "{ZONE}"; }} ]; }}',
        f'{{ wayland.windowManager.hyprland.settings.bind = [ "SUPER, t, exec, {ZONE}" ]; }}',
        f'{{ powerManagement.powerDownCommands = "{ZONE}"; }}',
        f'{{ systemd.services.a = {{ before = [ "sleep.target" ]; script = "{ZONE}"; }}; }}',
    ],
)
def test_commands_that_have_to_be_commands_are_left(module: str):
    check_silent(module)


def test_what_nix_puts_into_an_operand_goes_with_it():
    check_rewrite(
        "imp-sysctl",
        before='{ level }:\n{\n  system.activationScripts.a = "sysctl -w vm.swappiness=${toString level}";\n}\n',
        after='{ level }:\n{\n  boot.kernel.sysctl."vm.swappiness" = "${toString level}";\n}\n',
    )


@pytest.mark.parametrize("tail", ["-q", "--quiet"])
def test_an_option_that_only_quiets_a_command_does_not_matter(tail: str):
    check_rewrite(
        "imp-sysctl",
        before=f'{{\n  system.activationScripts.a = "sysctl {tail} vm.swappiness=1";\n}}\n',
        after='{\n  boot.kernel.sysctl."vm.swappiness" = 1;\n}\n',
    )


def test_an_option_of_another_type_is_no_target(monkeypatch: pytest.MonkeyPatch):
    module = f'{{ system.activationScripts.a = "{ZONE}"; }}'
    assert findings(module)
    monkeypatch.setitem(OPTIONS["nixos"], "time.timeZone", "boolean")
    check_silent(module)


@pytest.mark.parametrize(
    ("fixture", "option"),
    [
        (
            f"""
            #- /flake.nix
            {{ outputs = {{ nixpkgs, ... }}: {{ nixosConfigurations.a = nixpkgs.lib.nixosSystem {{ modules = [ ./a.nix ]; }}; }}; }}
            #- /a.nix
            {{ system.activationScripts.a.text = "{ZONE}$0"; }}
            """,
            "time.timeZone",
        ),
        (
            """
            #- /flake.nix
            { outputs = { darwin, ... }: { darwinConfigurations.a = darwin.lib.darwinSystem { modules = [ ./a.nix ]; }; }; }
            #- /a.nix
            { system.activationScripts.postActivation.text = "nvram StartupMute=%01$0"; }
            """,
            "system.startup.chime",
        ),
        (
            f"""
            #- /flake.nix
            {{ outputs = {{ home-manager, ... }}: {{ homeConfigurations.a = home-manager.lib.homeManagerConfiguration {{ modules = [ ./a.nix ]; }}; }}; }}
            #- /a.nix
            {{ home.activation.a = "{GIT}$0"; }}
            """,
            "programs.git",
        ),
        (
            f'{{ home-manager.users.alice = {{ home.activation.a = "{GIT}$0"; }}; }}',
            "programs.git",
        ),
        (
            f'#- /mine.nix\n{{ lib, ... }}: {{ home.activation.a = lib.hm.dag.entryAfter [ "writeBoundary" ] "{GIT}$0"; }}',
            "programs.git",
        ),
    ],
)
def test_the_way_a_file_is_imported_and_its_arguments_say_whose_options_count(fixture: str, option: str):
    (found,) = found_in(fixture)
    assert f"`{option}" in found.message
    assert found.fixes


def test_a_module_of_two_module_sets_is_left_where_only_one_has_the_option():
    fixture = """
        #- /flake.nix
        {
          outputs = { nixpkgs, darwin, ... }: {
            nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./both.nix ]; };
            darwinConfigurations.b = darwin.lib.darwinSystem { modules = [ ./both.nix ]; };
          };
        }
        #- /both.nix
        { system.activationScripts.postActivation.text = "sysctl -w vm.swappiness=1$0"; }
    """
    assert found_in(fixture) == []


@pytest.mark.parametrize(
    "module",
    [
        f'{{ programs.bash.interactiveShellInit = "export API_TOKEN={SECRET}"; }}',
        f"{{ programs.bash.interactiveShellInit = \"alias up='curl -u me:{SECRET} https://example.org'\"; }}",
        f"{{ programs.bash.interactiveShellInit = \"alias up='DEPLOY_TOKEN={SECRET} ./deploy'\"; }}",
        f"{{ programs.bash.interactiveShellInit = \"alias nas='sshpass -p {SECRET} ssh nas'\"; }}",
        f'{{ system.activationScripts.a = "echo password={SECRET} > /etc/app.conf"; }}',
        f'{{ system.activationScripts.a = "tailscale up --authkey tskey-auth-{SECRET}"; }}',
        f"{{ system.activationScripts.a = \"echo 'alice:{SECRET}' | chpasswd\"; }}",
        f'{{ system.activationScripts.a = "usermod -p {SECRET} alice"; }}',
        f'{{ system.activationScripts.a = "nmcli con add type wifi con-name a ssid a wifi-sec.key-mgmt wpa-psk wifi-sec.psk {SECRET}"; }}',
        f'{{ networking.wireless.networks.a.psk = "{SECRET}"; }}',
        f'{{ system.activationScripts.a = "docker run -d --name a -e DB_PASSWORD={SECRET} nginx"; }}',
        f'{{ services.nginx.virtualHosts.a.root = "/a"; system.activationScripts.a = "htpasswd -bc /etc/h alice {SECRET}"; }}',
        f'{{ system.activationScripts.a = "mount -t cifs -o username=me,password={SECRET} //nas/a /mnt/a"; }}',
        f'{{ system.activationScripts.a = "psql -c \\"CREATE ROLE app LOGIN PASSWORD \'{SECRET}\'\\""; }}',
        f'{{ services.cron.systemCronJobs = [ "0 4 * * * root RESTIC_PASSWORD={SECRET} restic -r /a backup /b" ]; }}',
        f'{{ nix.extraOptions = "access-tokens = github.com={SECRET}"; }}',
        f'{{ home-manager.users.a.home.activation.a = "git config --global github.token {SECRET}"; }}',
    ],
)
def test_a_secret_is_in_no_edit_and_no_message(module: str):
    workspace, document, _ = project(module, pin="26.05")
    found = find_imperative(workspace, document, quiet=True)
    for each in found:
        assert SECRET not in each.message
        assert all(SECRET not in edit.text for fix in each.fixes for file in fix.edits for edit in file.edits)
