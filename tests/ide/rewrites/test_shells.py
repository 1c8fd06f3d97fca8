"""`imp-shellhook-export`, `imp-ld-library-path`, and development shells as places."""

from __future__ import annotations

import pytest

from tests.fixture import project

from .bench import check_no_edit, check_rewrite, check_silent, findings

EXPORT = "imp-shellhook-export"
LIBRARY_PATH = "imp-ld-library-path"


def test_an_export_becomes_an_attribute():
    check_rewrite(
        EXPORT,
        before="""\
{ pkgs }:
pkgs.mkShell {
  packages = [ pkgs.git ];
  shellHook = "export RUST_LOG=debug";
}
""",
        after="""\
{ pkgs }:
pkgs.mkShell {
  packages = [ pkgs.git ];
  env.RUST_LOG = "debug";
}
""",
    )


def test_the_rest_of_the_hook_stays_and_variables_join_the_others():
    check_rewrite(
        EXPORT,
        before="""\
{ mkShellNoCC, cacert, ... }:
mkShellNoCC {
  env.A = "1";
  shellHook = ''
    # as the tests want it
    export CARGO_TERM_COLOR="always" CA="${cacert}/etc/ca.crt"
    export ROOT=$PWD
    echo welcome
  '';
}
""",
        after="""\
{ mkShellNoCC, cacert, ... }:
mkShellNoCC {
  env.A = "1";
  env.CARGO_TERM_COLOR = "always";
  env.CA = "${cacert}/etc/ca.crt";
  shellHook = ''
    # as the tests want it
    export ROOT=$PWD
    echo welcome
  '';
}
""",
    )


def test_the_hook_of_a_virtual_environment():
    check_rewrite(
        EXPORT,
        before="{ pkgs }: pkgs.mkShell { postShellHook = ''unset X; export RUST_LOG=debug''; }",
        after="{ pkgs }: pkgs.mkShell {\n  postShellHook = ''unset X'';\n  env.RUST_LOG = \"debug\";\n}",
    )


def test_a_shell_inside_a_flake():
    text = """
        #- /flake.nix
        {
          inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
          outputs = { nixpkgs, ... }: let pkgs = nixpkgs.legacyPackages.x86_64-linux; in {
            devShells.x86_64-linux.default = with pkgs; mkShell { buildInputs = [ git ]; shellHook = "export RUST_LOG=debug"; };
          };
        }
    """
    from nix_lsp.ide.diagnostics import diagnostics

    fixture = project(text)
    assert [each.rule for each in diagnostics(fixture.workspace, fixture.document)] == [EXPORT]


def test_variables_were_attributes_themselves_once():
    from nix_lsp.ide.diagnostics import diagnostics
    from nix_lsp.ide.edits import apply

    text = """
        #- /flake.nix
        {
          inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-22.11";
          outputs = { nixpkgs, ... }: let pkgs = nixpkgs.legacyPackages.x86_64-linux; in {
            devShells.x86_64-linux.default = pkgs.mkShell { shellHook = "export RUST_LOG=debug"; };
          };
        }
    """
    fixture = project(text)
    (found,) = (each for each in diagnostics(fixture.workspace, fixture.document) if each.rule == EXPORT)
    assert b' RUST_LOG = "debug";' in apply(fixture.document.source, found.fixes[0].edits[0].edits)


def test_devenv_has_variables_too():
    from nix_lsp.ide.edits import apply

    text = '{ pkgs, ... }:\n{\n  enterShell = "export RUST_LOG=debug";\n}\n'
    (found,) = findings(text, path="/p/devenv.nix")
    assert apply(text.encode(), found.fixes[0].edits[0].edits).decode() == (
        '{ pkgs, ... }:\n{\n  env.RUST_LOG = "debug";\n}\n'
    )


def test_a_hook_that_others_take_over_is_for_review():
    check_rewrite(
        EXPORT,
        preferred=False,
        before='{ pkgs }: rec { a = pkgs.mkShell { shellHook = "export A_B=1"; }; b = pkgs.mkShell { inputsFrom = [ a ]; }; }',
        after='{ pkgs }: rec { a = pkgs.mkShell { env.A_B = "1"; }; b = pkgs.mkShell { inputsFrom = [ a ]; }; }',
    )


@pytest.mark.parametrize(
    "hook",
    [
        "export PATH=$PWD/bin:$PATH",
        "export PATH=/opt/bin",
        "export ROOT=$PWD",
        "export ROOT=$(pwd)",
        "export ROOT=~/x",
        "RUST_LOG=debug",
        "if x; then export RUST_LOG=debug; fi",
        "[ -n $A ] && export RUST_LOG=debug",
        "echo $RUST_LOG; export RUST_LOG=debug",
        "export RUST_LOG=a; RUST_LOG=b",
        "export RUST_LOG",
        "export TMPDIR=/var/tmp",
        "export SSL_CERT_FILE=${pkgs.cacert}/x",
        "export CC=clang",
        "export PYTHONPATH=/x",
        "export name=x",
        "export NIX_CFLAGS_COMPILE=-O",
        "exit 0; export RUST_LOG=debug",
        "cat <<EOF\nexport RUST_LOG=debug\nEOF",
    ],
)
def test_other_lines_of_a_hook_stay(hook: str):
    check_silent(f"{{ pkgs }}: pkgs.mkShell {{ shellHook = ''\n{hook}\n''; }}")


@pytest.mark.parametrize(
    "text",
    [
        '{ pkgs }: pkgs.mkShell { RUST_LOG = "a"; shellHook = "export RUST_LOG=debug"; }',
        '{ pkgs }: pkgs.devshell.mkShell { shellHook = "export RUST_LOG=debug"; }',
        '{ pkgs }: pkgs.mkShell.override { } { shellHook = "export RUST_LOG=debug"; }',
        '{ pkgs }: pkgs.mkDerivation { shellHook = "export RUST_LOG=debug"; }',
        '{ pkgs }: pkgs.mkShell (import ./x.nix { shellHook = "export RUST_LOG=debug"; })',
        '{ shellHook = "export RUST_LOG=debug"; }',
        '{ enterShell = "export RUST_LOG=debug"; }',
        '{ pkgs }: pkgs.mkShell { meta.description = "shellHook: export RUST_LOG=debug"; }',
        '{ pkgs }: pkgs.mkShell { shellHook = "export API_TOKEN=${x}"; }',
    ],
)
def test_what_is_no_development_shell_stays(text: str):
    check_silent(text)


def test_a_secret_is_not_shown():
    (found,) = findings('{ pkgs }: pkgs.mkShell { shellHook = "export API_TOKEN=abc"; }')
    assert not found.fixes
    assert "abc" not in found.message


def test_another_value_is_a_conflict():
    check_no_edit('{ pkgs }: pkgs.mkShell { env.A_B = "2"; shellHook = "export A_B=1"; }', "another value")


def test_a_library_path_is_for_review():
    check_rewrite(
        LIBRARY_PATH,
        preferred=False,
        before="""\
{ pkgs, lib }:
pkgs.mkShell {
  shellHook = ''
    export LD_LIBRARY_PATH=${lib.makeLibraryPath [ pkgs.zlib ]}
    echo
  '';
}
""",
        after="""\
{ pkgs, lib }:
pkgs.mkShell {
  shellHook = ''
    echo
  '';
  env.LD_LIBRARY_PATH = lib.makeLibraryPath [ pkgs.zlib ];
}
""",
    )


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ('{ environment.sessionVariables.LD_LIBRARY_PATH = "/opt/lib"; }', "nixos"),
        ('{ environment.variables = { LD_LIBRARY_PATH = "${pkgs.zlib}/lib"; }; }', "nixos"),
        ('{ home.sessionVariables.LD_LIBRARY_PATH = "/opt/lib"; }', "home-manager"),
        ('{ programs.bash.initExtra = "export LD_LIBRARY_PATH=/opt/lib:$LD_LIBRARY_PATH"; }', "home-manager"),
    ],
)
def test_a_library_path_of_all_sessions_is_explained(text: str, pin: str):
    assert [(each.rule, each.fixes) for each in findings(text, pin)] == [(LIBRARY_PATH, ())]


@pytest.mark.parametrize(
    "text",
    [
        '{ environment.sessionVariables.NIX_LD_LIBRARY_PATH = "/opt/lib"; }',
        '{ systemd.services.x.environment.LD_LIBRARY_PATH = "/opt/lib"; }',
        '{ systemd.services.x.script = "export LD_LIBRARY_PATH=/opt/lib"; }',
        '{ pkgs }: pkgs.mkShell { shellHook = "export LD_LIBRARY_PATH=$PWD/lib:$LD_LIBRARY_PATH"; }',
        '{ environment.sessionVariables.X = "LD_LIBRARY_PATH"; }',
    ],
)
def test_other_library_paths_stay(text: str):
    check_silent(text)


DEVSHELL_SCRIPT = """\
  devshell.startup.a.text = ''
    echo a
EXPORT  '';
"""


@pytest.mark.parametrize(
    ("opening", "end"),
    [
        ("{ devshell }:\ndevshell.mkShell {\n", "}\n"),
        ("{ inputs }:\ninputs.devshell.legacyPackages.x.devshell.mkShell {\n", "}\n"),
        ("{ pkgs, ... }:\n{ devshells.default = {\n", "}; }\n"),
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '  env = [ { name = "A"; value = "b"; } ];\n',
            '  env = [ { name = "A"; value = "b"; } { name = "RUST_LOG"; value = "debug"; } ];\n',
        ),
        ("", '  env = [\n    {\n      name = "RUST_LOG";\n      value = "debug";\n    }\n  ];\n'),
    ],
)
def test_a_variable_of_devshell_goes_into_its_list(opening: str, end: str, before: str, after: str):
    kept, exported = (
        DEVSHELL_SCRIPT.replace("EXPORT", ""),
        DEVSHELL_SCRIPT.replace("EXPORT", "    export RUST_LOG=debug\n"),
    )
    expected = f"{before and after}{kept}{after if not before else ''}"
    check_rewrite(EXPORT, f"{opening}{before}{exported}{end}", f"{opening}{expected}{end}")


@pytest.mark.parametrize(
    "text",
    [
        'devshell.mkShell { devshell.startup.a.text = "export A_B=$PWD"; }',
        'devshell.mkShell { devshell.startup.a.text = "ln -s a b"; }',
        'devshell.mkShell { env = [ { name = "A_B"; value = "2"; } ]; devshell.startup.a.text = "export A_B=1"; }',
        'other.mkShell { devshell.startup.a.text = "export A_B=1"; }',
        '{ devshells = f { devshell.startup.a.text = "export A_B=1"; }; }',
    ],
)
def test_other_lines_of_devshell_are_left(text: str):
    check_silent(text)
