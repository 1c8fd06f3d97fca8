"""`imp-npm-global`, `imp-pip-install`, `imp-cargo-go-gem`, `imp-brew`, `imp-flatpak`, `imp-curl-sh`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent, findings


@pytest.mark.parametrize(
    ("rule", "line", "package"),
    [
        ("imp-npm-global", "npm install -g typescript", "typescript"),
        ("imp-npm-global", "npm i --global @anthropic-ai/claude-code@latest", "claude-code"),
        ("imp-npm-global", "pnpm add -g prettier", "prettier"),
        ("imp-npm-global", "yarn global add typescript", "typescript"),
        ("imp-cargo-go-gem", "cargo install --locked cargo-watch", "cargo-watch"),
        ("imp-cargo-go-gem", "cargo install ripgrep", "ripgrep"),
    ],
)
def test_a_program_joins_the_packages_of_a_shell(rule: str, line: str, package: str):
    check_rewrite(
        rule,
        before=f"{{ pkgs }}:\npkgs.mkShell {{\n  buildInputs = [ pkgs.git ];\n  shellHook = ''\n    {line}\n    echo a\n  '';\n}}\n",
        after=f"{{ pkgs }}:\npkgs.mkShell {{\n  buildInputs = [ pkgs.git pkgs.{package} ];\n  shellHook = ''\n    echo a\n  '';\n}}\n",
    )


@pytest.mark.parametrize(
    ("pin", "script", "option"),
    [
        ("nixos", "system.activationScripts.x", "environment.systemPackages"),
        ("home-manager", "home.activation.x", "home.packages"),
    ],
)
def test_a_program_joins_the_packages_of_a_module(pin: str, script: str, option: str):
    check_rewrite(
        "imp-npm-global",
        pin=pin,
        before=f'{{ pkgs, ... }}:\n{{\n  {script} = "npm install -g typescript prettier";\n}}\n',
        after=f"{{ pkgs, ... }}:\n{{\n  {option} = [\n    pkgs.typescript\n    pkgs.prettier\n  ];\n}}\n",
    )


def test_what_nixpkgs_does_not_have_is_explained():
    check_no_edit('{ pkgs }: pkgs.mkShell { shellHook = "npm install -g some-tool"; }', "buildNpmPackage")


@pytest.mark.parametrize(
    "line",
    [
        "npm install",
        "npm install typescript",
        "npm install -g typescript@4",
        "npm install -g ./x",
        "npm install -g $x",
        "echo npm install -g typescript",
        "npm run -g typescript",
        "yarn add typescript",
        "cargo install cargo-watch --version 7",
        "cargo install --git https://a.b cargo-watch",
        "cargo install --path .",
        "cargo build",
        "cargo install no-such-crate",
        "go install ./...",
        "gem install no-such-gem",
        "if x; then npm install -g typescript; fi",
        "command -v tsc || npm install -g typescript",
    ],
)
def test_other_installations_stay(line: str):
    assert not [
        each
        for each in findings(f"{{ pkgs }}: pkgs.mkShell {{ shellHook = ''\n{line}\n''; }}")
        if each.fixes or "typescript" in each.message
    ]


def test_python_packages_come_with_the_interpreter():
    check_rewrite(
        "imp-pip-install",
        preferred=False,
        before='{ pkgs }:\npkgs.mkShell {\n  packages = [ pkgs.git ];\n  shellHook = "pip install requests";\n}\n',
        after="{ pkgs }:\npkgs.mkShell {\n  packages = [ pkgs.git (pkgs.python3.withPackages (ps: [ ps.requests ])) ];\n}\n",
    )


@pytest.mark.parametrize(
    "hook",
    [
        "pip install -r requirements.txt",
        "python -m venv .venv && source .venv/bin/activate && pip install requests",
        "python3 -m pip install requests==2",
        "if x; then y; fi; pip install --upgrade requests",
    ],
)
def test_other_uses_of_pip_are_explained(hook: str):
    (found,) = findings(f'{{ pkgs }}: pkgs.mkShell {{ shellHook = "{hook}"; }}')
    assert (found.rule, found.fixes) == ("imp-pip-install", ())


@pytest.mark.parametrize("hook", ["pip list", "pip install -e .", "pip install .", "python x.py", "# pip install a"])
def test_pip_that_installs_nothing_foreign_stays(hook: str):
    check_silent(f'{{ pkgs }}: pkgs.mkShell {{ shellHook = "{hook}"; }}')


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("brew install wget", 'brews = [ "wget" ]'),
        ("sudo -u alice brew install --cask firefox", 'casks = [ "firefox" ]'),
        ("brew tap homebrew/services", 'taps = [ "homebrew/services" ]'),
        ("/opt/homebrew/bin/brew upgrade", "onActivation.upgrade = true"),
    ],
)
def test_homebrew_is_declared(line: str, settings: str):
    check_rewrite(
        "imp-brew",
        pin="nix-darwin",
        before=f'{{\n  system.activationScripts.postActivation.text = "{line}";\n}}\n',
        after=f"{{\n  homebrew.enable = true;\n  homebrew.{settings};\n}}\n",
    )


def test_homebrew_joins_what_is_declared():
    check_rewrite(
        "imp-brew",
        pin="nix-darwin",
        before="""\
{
  homebrew = {
    enable = true;
    brews = [ "jq" ];
  };
  system.activationScripts.postActivation.text = ''
    echo a
    brew install wget curl
  '';
}
""",
        after="""\
{
  homebrew = {
    enable = true;
    brews = [ "jq" "wget" "curl" ];
  };
  system.activationScripts.postActivation.text = ''
    echo a
  '';
}
""",
    )


@pytest.mark.parametrize(
    "line", ["brew list", "brew install", "brew install $x", "brew cleanup", "brew install --HEAD wget", "brew bundle"]
)
def test_other_commands_of_homebrew_stay(line: str):
    check_silent(f'{{ system.activationScripts.postActivation.text = "{line}"; }}', "nix-darwin")


def test_homebrew_that_is_off_is_a_conflict():
    check_no_edit(
        '{ homebrew.enable = false; system.activationScripts.postActivation.text = "brew install wget"; }',
        "another value",
        "nix-darwin",
    )


@pytest.mark.parametrize("line", ["flatpak install -y flathub org.kde.krita", "flatpak remote-add --if-not-exists a b"])
def test_flatpak_is_explained(line: str):
    (found,) = findings(f'{{ systemd.services.x.script = "{line}"; }}')
    assert (found.rule, found.fixes) == ("imp-flatpak", ())
    assert "`services.flatpak.enable`" in found.message


@pytest.mark.parametrize("line", ["flatpak update", "flatpak run a", "echo flatpak install"])
def test_other_commands_of_flatpak_stay(line: str):
    check_silent(f'{{ systemd.services.x.script = "{line}"; }}')


@pytest.mark.parametrize(
    "line",
    [
        "curl -fsSL https://example.org/x.sh | sh",
        "curl -fsSL https://example.org/x.sh | sudo bash",
        "wget -qO- https://example.org/x.sh | bash -s -- -y",
        'sh -c "$(curl -fsSL https://example.org/x.sh)"',
        "bash <(curl -fsSL https://example.org/x.sh)",
        'eval "$(curl -fsSL https://example.org/x.sh)"',
    ],
)
def test_scripts_from_the_network(line: str):
    (found,) = findings(f"{{ system.activationScripts.x = ''\n{line}\n''; }}")
    assert (found.rule, found.fixes) == ("imp-curl-sh", ())


def test_what_an_installer_would_do_is_named():
    (found,) = findings('{ system.activationScripts.x = "curl -sSf https://sh.rustup.rs | sh"; }')
    assert "pkgs.rustup" in found.message


@pytest.mark.parametrize(
    "line",
    [
        "curl -fsSL https://example.org/x.json | jq .a",
        "curl -fsSL https://example.org/x.sh -o x.sh",
        "curl https://example.org/x | tee y",
        "cat x.sh | sh",
        'sh -c "$(cat x.sh)"',
        "bash x.sh https://example.org",
        "curl https://example.org/x | bash y.sh",
    ],
)
def test_other_downloads_stay(line: str):
    found = findings(f"{{ system.activationScripts.x = ''\n{line}\n''; }}")
    assert "imp-curl-sh" not in {each.rule for each in found}
