"""What is said of what is under the cursor."""

from __future__ import annotations

import pytest

from nix_lsp.ide.hover import hover
from tests.fixture import project


def said(text: str, pin: str = "25.11") -> str:
    """Return the hover at `$0`, below a line that shows what it is about."""
    workspace, document, offset = project(text, pin=pin)
    found = hover(workspace, document, offset)
    return f"{document.text(found.span)}\n---\n{found.markdown}" if found else ""


OPTION = """\
enable
---
**`services.openssh.enable`**

- Type: `boolean`
- Default: `false`

Declared in [nixos/modules/services/networking/ssh/sshd.nix](https://github.com/NixOS/nixpkgs/blob/nixos-25.11/nixos/modules/services/networking/ssh/sshd.nix)
"""


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("{ users.us$0ers = { }; }", "nixos/modules/config/users-groups.nix"),
        ("{ systemd.serv$0ices = { }; }", "nixos/modules/system/boot/systemd.nix"),
        ("{ fileSys$0tems = { }; }", "nixos/modules/tasks/filesystems.nix"),
    ],
)
def test_of_several_declarations_the_option_s_own_comes_first(text: str, file: str):
    (declared,) = [line for line in said(text).splitlines() if line.startswith("Declared in ")]
    assert declared.startswith(f"Declared in [{file}]")
    assert "), [" in declared


@pytest.mark.parametrize(
    "text",
    [
        "{ services.openssh.en$0able = true; }",
        "{ services.openssh.enable$0 = true; }",
        "{ services.openssh.$0enable = true; }",
        "{ services = { openssh = { ena$0ble = true; }; }; }",
        "{ lib, ... }: { config = lib.mkIf true { services.openssh.en$0able = true; }; }",
        '{ config, ... }: { networking.hostName = if config.services.openssh.en$0able then "a" else "b"; }',
        "{ config, ... }: let cfg = config.services.openssh; in { networking.x = cfg.en$0able; }",
        "{ options, ... }: { networking.x = options.services.openssh.en$0able; }",
    ],
)
def test_an_option_is_described_where_it_is_named(text: str):
    assert said(text).startswith(OPTION)


def test_an_option_says_what_it_is_true_for():
    assert "NixOS 25.11" in said("{ services.openssh.en$0able = true; }").splitlines()[-1]


def test_a_namespace_says_how_much_is_below():
    text = said("{ services.open$0ssh.enable = true; }")
    assert "**`services.openssh`**" in text
    assert "names below" in text
    assert "- `enable`: boolean, default `false`" in text


def test_the_name_of_a_submodule_is_matched():
    assert "**`users.users.alice.shell`**\n\n- Type: `null or package" in said("{ users.users.alice.sh$0ell = 1; }")


def test_a_name_that_only_evaluation_can_tell_is_a_star():
    assert "**`users.users.*.shell`**" in said("{ x, ... }: { users.users.${x}.sh$0ell = 1; }")


def test_a_choice_is_described_by_its_option():
    text = said('{ services.openssh.settings.PermitRootLogin = "n$0o"; }')
    assert text.startswith('"no"\n---\n**`services.openssh.settings.PermitRootLogin`**')
    assert said('{ networking.hostName = "n$0o"; }') == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ hardware.opengl.ena$0ble = true; }", "Renamed to `hardware.graphics.enable`"),
        ("{ sound.ena$0ble = true; }", "Removed in NixOS"),
    ],
)
def test_an_option_that_went_says_where(text: str, expected: str):
    assert expected in said(text)


def test_home_manager_inside_nixos_has_its_own_options():
    text = "{ home-manager.users.alice = { programs.git.en$0able = true; }; }"
    assert "**`programs.git.enable`**" in said(text)
    assert "home-manager 25.11" in said(text)


def test_config_is_that_of_the_nearest_module():
    inner = (
        "{ config, ... }: { home-manager.users.alice = { config, ... }: { home.x = config.programs.git.en$0able; }; }"
    )
    assert "home-manager 25.11" in said(inner)
    outer = "{ config, ... }: { home-manager.users.alice = { pkgs, ... }: { home.x = config.programs.git.en$0able; }; }"
    assert "NixOS 25.11" in said(outer)


def test_options_of_the_project_itself():
    text = """
        #- /modules/mine.nix
        { lib, ... }: { options.my.thing = lib.mkOption { type = lib.types.bool; default = true; description = "Mine."; }; }
        #- /configuration.nix
        { imports = [ ./modules/mine.nix ]; my.th$0ing = false; }
    """
    assert said(text) == (
        "thing\n---\n**`my.thing`**\n\n- Type: `boolean`\n- Default: `true`\n\nMine.\n\n"
        "Declared in `modules/mine.nix`, by this project"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{ pkgs, ... }: { environment.systemPackages = [ pkgs.rip$0grep ]; }",
        "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ git rip$0grep ]; }",
        "let pkgs = import <nixpkgs> { }; in pkgs.rip$0grep",
    ],
)
def test_a_package_is_described(text: str):
    assert said(text).startswith("ripgrep\n---\n**`ripgrep`**")
    assert "- Program: `rg`" in said(text)


@pytest.mark.parametrize("text", ["builtins.ma$0p f x", "ma$0p f x", "with builtins; ma$0p f x"])
def test_a_builtin_is_described(text: str):
    assert said(text).startswith("map\n---\n**`map f list`**")


def test_a_local_name_says_where_it_is_bound():
    assert said("let\n  x = 1 + 2;\nin\nx$0") == "x\n---\n**`x`**\n\nBound by `let`, line 2\n\n`integer`\n\n`1 + 2`"
    assert said("{ a ? 3 }: a$0") == "a\n---\n**`a`**\n\nNamed argument, line 1\n\n`integer`\n\nDefault: `3`"
    assert said("{ a$0 ? 3 }: a") == "a\n---\n**`a`**\n\nNamed argument, line 1\n\n`integer`\n\nDefault: `3`"
    assert said("map: ma$0p 1") == "map\n---\n**`map`**\n\nArgument, line 1"


@pytest.mark.parametrize(
    "text",
    [
        "$0",
        "{ $0 }",
        "{ x = $01; }",
        "# com$0ment",
        "{ services.op$0",
        "a.b.c$0",
        '"a ${$0 b"',
        "{ ${x}.y$0 = 1; }",
        "[" * 5_000 + "$0",
    ],
)
def test_nothing_to_say_is_no_error(text: str):
    said(text)


def test_the_pinned_revision_is_linked():
    revision = "0123456789abcdef0123456789abcdef01234567"
    text = f"""
#- /flake.lock
{{ "version": 7, "root": "root", "nodes": {{ "root": {{ "inputs": {{ "nixpkgs": "nixpkgs" }} }}, "nixpkgs": {{
  "locked": {{ "type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "{revision}", "lastModified": 1764547200 }},
  "original": {{ "type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-25.11" }} }} }} }}
#- /flake.nix
{{
  outputs = {{ nixpkgs, ... }}: {{ nixosConfigurations.a = nixpkgs.lib.nixosSystem {{ modules = [ ./configuration.nix ]; }}; }};
}}
#- /configuration.nix
{{ services.openssh.en$0able = true; }}
"""
    workspace, document, offset = project(text)
    found = hover(workspace, document, offset)
    assert found
    assert (
        f"https://github.com/NixOS/nixpkgs/blob/{revision}/nixos/modules/services/networking/ssh/sshd.nix"
        in found.markdown
    )
    assert found.markdown.splitlines()[-1].endswith("pinned by flake.lock, input nixpkgs (nixos-25.11)")


@pytest.mark.parametrize(
    ("fixture", "title"),
    [
        ("{ config, ... }: let inherit (config.services) open$0ssh; in { }", "services.openssh"),
        ("{ config, ... }: let inherit (config.networking) host$0Name; in { }", "networking.hostName"),
        ("{ pkgs, ... }: let inherit (pkgs) hel$0lo; in { }", "hello"),
    ],
)
def test_inherited_names_are_what_their_source_says(fixture: str, title: str):
    workspace, document, offset = project(fixture, pin="25.11")
    found = hover(workspace, document, offset)
    assert found is not None
    assert found.markdown.startswith(f"**`{title}`**")


@pytest.mark.parametrize(
    ("pin", "says"),
    [
        ("23.11", "this is older than all that is known"),
        ("unstable", "the date of this revision is unknown"),
    ],
)
def test_silence_is_explained(pin: str, says: str):
    workspace, document, offset = project("{ services.openssh.ena$0bel = true; }", pin=pin)
    found = hover(workspace, document, offset)

    assert found
    assert f"Nothing certain is known of this name: {says}" in found.markdown


def test_a_package_set_and_a_function_of_nixpkgs():
    assert "A package set of 194 names" in said("{ pkgs, ... }: { x = pkgs.linux$0Packages_latest; }", pin="26.05")
    assert "A function" in said("{ pkgs, ... }: { x = pkgs.fetch$0url { }; }", pin="26.05")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('let x = { b.c = "s"; }; in x.b.c$0', '**`x.b.c`**\n\nAttribute\n\n`string`\n\n`"s"`'),
        ('let x = { b.c = "s"; }; in x.b$0.c', "**`x.b`**\n\nAttribute\n\n`{ c }`"),
        ("let x = { a = 1; }; in { inherit (x) a$0; }", "**`x.a`**\n\nAttribute\n\n`integer`\n\n`1`"),
        ("let l = import ./l.nix { }; in l.f$0", "**`l.f`**\n\nAttribute of l.nix\n\n`a -> [integer]`\n\n`a: [ 2 ]`"),
        ("let x = { a = 1; }; in with x; a$0", "**`x.a`**\n\nAttribute\n\n`integer`\n\n`1`"),
        ("let x = { a = 1; }; in with x; with { b = 2; }; a$0", "**`x.a`**\n\nAttribute\n\n`integer`\n\n`1`"),
    ],
)
def test_an_attribute_says_what_it_is(text: str, expected: str):
    assert said(f"#- /l.nix\n{{ ... }}: {{ f = a: [ 2 ]; }}\n#- /data.nix\n{text}").partition("\n---\n")[2] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let f$0 = { a, b ? { q = 1; }, ... }: b; in f", "{ a, b ? …, ... } -> { q, … }"),
        ("let x$0.y = 1; in x", "{ y }"),
        ("map (x$0: x) [ { a = 1; } ]", "{ a, … }"),
    ],
)
def test_a_name_says_what_it_comes_to(text: str, expected: str):
    assert f"`{expected}`" in said(f"#- /data.nix\n{text}")


@pytest.mark.parametrize("text", ["x: x.a$0", "let x = { a = 1; }; in x.b$0", "undefined.a$0"])
def test_nothing_is_said_of_attributes_that_are_not_known(text: str):
    workspace, document, offset = project(f"#- /data.nix\n{text}")
    assert hover(workspace, document, offset) is None


@pytest.mark.parametrize(
    "text",
    ["a: { ${a$0} = 1; }", 'a: { x."${a$0}".y = 1; }', "a: b: b.${a$0}", "a: { ${$0a}.b = a; }", 'a: "x ${a$0}"'],
)
def test_the_name_in_a_computed_attribute_is_described(text: str):
    assert said(f"#- /data.nix\n{text}").partition("\n---\n")[2] == "**`a`**\n\nArgument, line 1"


def test_a_value_is_shown_without_the_indentation_of_its_line():
    text = "{\n  x =\n    let\n      a = f {\n        b = 1;\n      };\n    in\n    a$0;\n}"

    assert "```nix\nf {\n  b = 1;\n}\n```" in said(f"#- /data.nix\n{text}")


def test_where_an_inner_with_may_have_the_name_nothing_is_said():
    assert said("#- /data.nix\ny: let x = { a = 1; }; in with x; with y; a$0") == ""


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("{ imp$0orts = [ ]; }", "`imports`**\n\nOf the module itself: other modules"),
        ("{ lib, ... }: { disabled$0Modules = [ ]; users.users.a = { }; }", "modules to leave out"),
        ("{ lib, ... }: { opti$0ons.a.b = 1; config = lib.mkIf x { a.b = 1; }; }", "that this module declares"),
        ("{ lib, ... }: { options.a.b = 1; con$0fig = lib.mkIf x { a.b = 1; }; }", "declares options too"),
        ("{ lib, ... }: { options.a.b = 1; con$0fig.a.b = 1; }", "declares options too"),
        ("{ home-manager.users.a = { imp$0orts = [ ]; }; }", "other modules"),
    ],
)
def test_what_a_module_has_beside_definitions(text: str, meaning: str):
    assert meaning in said(text)


@pytest.mark.parametrize("text", ["{ networking = { imp$0orts = [ ]; }; }", "{ networking.imp$0orts = [ ]; }"])
def test_such_a_word_further_below_is_none_of_the_module_s(text: str):
    assert "Of the module itself" not in said(text)
