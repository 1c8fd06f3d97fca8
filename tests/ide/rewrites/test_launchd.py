"""`imp-launchctl`, `imp-hidutil`, `imp-dscl-user`, `imp-darwin-no-option`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

PLISTS, KEYS, SHELL = "imp-launchctl", "imp-hidutil", "imp-dscl-user"


def script(*lines: str, beside: str = "") -> str:
    """Return a nix-darwin module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.postActivation.text = ''\n{body}  '';\n}}\n"


def plist(path: str, *lines: str) -> str:
    """Return a module with a plist that is written out."""
    body = "".join(f"      {line}\n" for line in lines)
    return f"{{\n  {path}.text = ''\n    <plist version=\"1.0\"><dict>\n{body}    </dict></plist>\n  '';\n}}\n"


SAID = (
    "<key>Label</key><string>com.me.sync</string>",
    "<key>ProgramArguments</key><array><string>${pkgs.rsync}/bin/rsync</string><string>-a &amp; b</string></array>",
    "<key>StartInterval</key><integer>300</integer>",
    "<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>",
)
BODY = """\
Label = "com.me.sync";
ProgramArguments = [
  "${pkgs.rsync}/bin/rsync"
  "-a & b"
];
StartInterval = 300;
KeepAlive.SuccessfulExit = false;
"""


def indented(text: str, by: int) -> str:
    """Indent every line."""
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("path", "option"),
    [
        ('environment.userLaunchAgents."com.me.sync.plist"', "launchd.user.agents.sync"),
        ('environment.launchAgents."com.me.sync.plist"', "launchd.agents.sync"),
        ('environment.launchDaemons."com.me.sync.plist"', "launchd.daemons.sync"),
    ],
)
def test_a_plist_becomes_a_service(path: str, option: str):
    after = f"{{\n  {option}.serviceConfig = {{\n{indented(BODY, 4)}  }};\n}}\n"
    check_rewrite(PLISTS, plist(path, *SAID), after, "nix-darwin", preferred=False)


def test_a_plist_of_home_manager_becomes_an_agent():
    check_rewrite(
        PLISTS,
        plist('home.file."Library/LaunchAgents/com.me.sync.plist"', *SAID),
        f"{{\n  launchd.agents.sync = {{\n    enable = true;\n    config = {{\n{indented(BODY, 6)}    }};\n  }};\n}}\n",
        "home-manager",
        preferred=False,
    )


def test_a_plist_leaves_the_other_files():
    check_rewrite(
        PLISTS,
        before=(
            '{\n  home.file = {\n    a.text = "b";\n    "Library/LaunchAgents/x.plist".text = '
            '"<plist><dict><key>RunAtLoad</key><true/></dict></plist>";\n  };\n}\n'
        ),
        after=(
            '{\n  home.file = {\n    a.text = "b";\n  };\n  launchd.agents.x = {\n    enable = true;\n'
            "    config.RunAtLoad = true;\n  };\n}\n"
        ),
        pin="home-manager",
        preferred=False,
    )


def test_a_plist_that_a_script_loads_is_explained():
    check_no_edit(
        script("x", "launchctl load -w ~/Library/LaunchAgents/com.me.sync.plist"), "`launchd.user.agents`", "nix-darwin"
    )
    check_no_edit(script("launchctl bootstrap system /Library/LaunchDaemons/com.me.d.plist"), "launchd", "nix-darwin")


@pytest.mark.parametrize(
    "module",
    [
        script("launchctl load -w /Library/LaunchDaemons/org.nixos.x.plist"),
        script("launchctl unload -w /System/Library/LaunchDaemons/com.apple.x.plist"),
        script("launchctl kickstart -k system/com.me.x"),
        script("launchctl load $plist"),
        plist('environment.launchDaemons."x.plist"', "<key>A</key>"),
        plist('environment.launchDaemons."x.plist"', "<key>A</key><data>QQ==</data>"),
        plist('environment.launchDaemons."x.plist"'),
        '{ environment.launchDaemons."x.plist".text = "not XML"; }',
        '{ environment.launchDaemons."x.plist".source = ./x.plist; }',
    ],
)
def test_other_jobs_are_left(module: str):
    check_silent(module, "nix-darwin")


def mapping(*pairs: tuple[str, str]) -> str:
    """Return what `hidutil` is given for some keys."""
    keys = ",".join(
        f'{{"HIDKeyboardModifierMappingSrc":{source},"HIDKeyboardModifierMappingDst":{target}}}'
        for source, target in pairs
    )
    return f"hidutil property --set '{{\"UserKeyMapping\":[{keys}]}}'"


CAPS_TO_CONTROL, TILDE = ("0x700000039", "0x7000000E0"), ("30064771172", "30064771125")
SWAPPED = (("0x7000000E3", "0x7000000E2"), ("0x7000000E2", "0x7000000E3"))


@pytest.mark.parametrize(
    ("pairs", "options"),
    [
        ([CAPS_TO_CONTROL], ["remapCapsLockToControl"]),
        ([CAPS_TO_CONTROL, TILDE], ["remapCapsLockToControl", "nonUS.remapTilde"]),
        ([*SWAPPED], ["swapLeftCommandAndLeftAlt"]),
    ],
)
def test_keys_are_mapped_by_options(pairs: list[tuple[str, str]], options: list[str]):
    lines = "".join(f"    {name} = true;\n" for name in ("enableKeyMapping", *options))
    after = f"  system.keyboard = {{\n{lines}  }};\n"
    check_rewrite(KEYS, script(f"{mapping(*pairs)} > /dev/null"), f"{{\n{after}}}\n", "nix-darwin")
    rest = script("x", "y").replace("\n}\n", f"\n{after}}}\n")
    check_rewrite(KEYS, script("x", mapping(*pairs), "y"), rest, "nix-darwin")


def test_keys_join_those_that_are_mapped():
    keyboard = "  system.keyboard.enableKeyMapping = true;\n"
    check_rewrite(
        KEYS,
        script(mapping(TILDE), beside=keyboard),
        f"{{\n{keyboard}  system.keyboard.nonUS.remapTilde = true;\n}}\n",
        "nix-darwin",
    )


@pytest.mark.parametrize(
    "command",
    [
        mapping(("0x700000004", "0x700000005")),
        mapping(SWAPPED[0]),
        mapping(("0x700000039", "0x700000029"), ("0x700000029", "0x700000039")),
        mapping(),
        mapping(TILDE).replace("--set", "--matching x --set"),
        "hidutil property --get UserKeyMapping",
        'hidutil property --set "$keys"',
        "hidutil property --set 'no JSON'",
    ],
)
def test_other_keys_are_left(command: str):
    check_silent(script(command), "nix-darwin")


def test_a_login_shell_is_declared_with_its_account():
    after = '  users.knownUsers = [ "bob" ];\n  programs.fish.enable = true;\n  users.users.bob = {\n    uid = 501;\n    shell = pkgs.fish;\n  };\n'
    command = "dscl . -create /Users/bob UserShell /run/current-system/sw/bin/fish"
    head = "{ pkgs, ... }:\n"
    check_rewrite(SHELL, head + script(command), f"{head}{{\n{after}}}\n", "nix-darwin", preferred=False)
    rest = script("x").replace("\n}\n", f"\n{after}}}\n")
    check_rewrite(SHELL, head + script("x", f"sudo {command}"), head + rest, "nix-darwin", preferred=False)


def test_a_login_shell_joins_an_account_whose_uid_is_known():
    check_rewrite(
        SHELL,
        before="{ pkgs, ... }:\n"
        + script(
            "dscl . -change /Users/bob UserShell /bin/zsh /bin/zsh",
            beside='  users.knownUsers = [ "bob" ];\n  users.users.bob.uid = 502;\n  programs.zsh.enable = true;\n',
        ).replace("/bin/zsh /bin/zsh", "/bin/zsh /run/current-system/sw/bin/fish"),
        after=(
            '{ pkgs, ... }:\n{\n  users.knownUsers = [ "bob" ];\n  users.users.bob.uid = 502;\n'
            "  users.users.bob.shell = pkgs.fish;\n  programs.zsh.enable = true;\n  programs.fish.enable = true;\n}\n"
        ),
        pin="nix-darwin",
        preferred=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        "dscl . -read /Users/bob UserShell",
        "dscl . -create /Users/bob RealName Bob",
        "dscl . -create /Users/$USER UserShell /run/current-system/sw/bin/fish",
        "dscl . -create /Users/bob UserShell /opt/bin/xonsh",
        "dscl . -create /Groups/x UserShell /bin/zsh",
        "dscl localhost -create /Users/bob UserShell /bin/zsh",
    ],
)
def test_other_records_are_left(command: str):
    check_silent(script(command), "nix-darwin")


@pytest.mark.parametrize(
    "command",
    [
        "softwareupdate --install-rosetta --agree-to-license",
        "duti -s com.apple.Safari http",
        "/usr/bin/chflags nohidden ~/Library",
        "tmutil addexclusion /nix",
        "osascript -e 'tell application \\\"Finder\\\" to set desktop picture to x'",
    ],
)
def test_what_has_no_option_is_told_on_hover_only(command: str):
    check_silent(script(command), "nix-darwin")
    told = findings(script(command), "nix-darwin", quiet=True)
    assert [(each.rule, each.fixes) for each in told] == [("imp-darwin-no-option", ())]


@pytest.mark.parametrize("command", ["softwareupdate --list", "chflags hidden ~/x", "osascript -e beep"])
def test_nothing_is_told_of_other_commands(command: str):
    assert findings(script(command), "nix-darwin", quiet=True) == []


def test_no_plist_is_mechanical():
    found = findings(plist('environment.launchDaemons."x.plist"', *SAID), "nix-darwin")
    assert [fix.tier for each in found for fix in each.fixes] == [Tier.REVIEW]
