"""Odd texts: offsets are right, or nothing is offered."""

from __future__ import annotations

import time

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from nix_lsp.syntax.document import Document

from .bench import Bench, check_rewrite, check_silent, findings

ZONE = "timedatectl set-timezone UTC"


def test_crlf_files_stay_crlf():
    check_rewrite(
        "imp-useradd",
        before="{\r\n  system.activationScripts.a = ''\r\n    # one\r\n    useradd -r a\r\n    echo two\r\n  '';\r\n}\r\n",
        after=(
            "{\r\n  system.activationScripts.a = ''\r\n    # one\r\n    echo two\r\n  '';\r\n"
            '  users.users.a = {\r\n    isSystemUser = true;\r\n    group = "a";\r\n  };\r\n  users.groups.a = { };\r\n}\r\n'
        ),
    )


def test_tabs_stay_tabs():
    check_rewrite(
        "imp-useradd",
        before="{\n\tsystem.activationScripts.a = ''\n\t\techo one\n\t\tuseradd -r a\n\t'';\n}\n",
        after=(
            "{\n\tsystem.activationScripts.a = ''\n\t\techo one\n\t'';\n\tusers.users.a = {\n\t\tisSystemUser = true;\n"
            '\t\tgroup = "a";\n\t};\n\tusers.groups.a = { };\n}\n'
        ),
    )


def test_escapes_of_indented_strings_keep_their_place():
    check_rewrite(
        "imp-timezone",
        before=f"{{\n  system.activationScripts.a = ''\n    echo ''${{x}} '''x''' $$ ''\\n{ZONE}\n    echo é ''${{y}}\n  '';\n}}\n",
        after="{\n  system.activationScripts.a = ''\n    echo ''${x} '''x''' $$ ''\\n    echo é ''${y}\n  '';\n  time.timeZone = \"UTC\";\n}\n",
    )


def test_escapes_of_plain_strings_keep_their_place():
    check_rewrite(
        "imp-timezone",
        before=f'{{\n  system.activationScripts.a = "echo \\"é\\"\\n{ZONE}\\necho \\${{x}}\\n";\n}}\n',
        after='{\n  system.activationScripts.a = "echo \\"é\\"\\necho \\${x}\\n";\n  time.timeZone = "UTC";\n}\n',
    )


def test_strings_inside_antiquotations_inside_strings():
    check_rewrite(
        "imp-timezone",
        before=f"{{\n  system.activationScripts.a = ''\n    echo ${{lib.optionalString c ''\n      x ${{\"y\"}}\n    ''}}\n    {ZONE}\n  '';\n}}\n",
        after=(
            "{\n  system.activationScripts.a = ''\n    echo ${lib.optionalString c ''\n      x ${\"y\"}\n    ''}\n  '';\n"
            '  time.timeZone = "UTC";\n}\n'
        ),
    )


def test_text_beyond_ascii_is_carried_over():
    check_rewrite(
        "imp-useradd",
        before='{\n  # Größe\n\n  system.activationScripts."ä" = "useradd -r -c \'Bücher \\${y}\' a";\n}\n',
        after=(
            '{\n  # Größe\n\n  users.users.a = {\n    isSystemUser = true;\n    group = "a";\n'
            '    description = "Bücher \\${y}";\n  };\n  users.groups.a = { };\n}\n'
        ),
    )


def test_an_account_beyond_ascii_is_left():
    check_silent('{ system.activationScripts.a = "useradd -r ä"; }')


@pytest.mark.parametrize(
    "script",
    [
        f"{ZONE}\ncat <<EOF\nnever ends",
        f"{ZONE}\nif x; then",
        f"{ZONE}\necho 'open",
        f"{ZONE}\n)",
        f"{ZONE}\nx() {{",
    ],
)
def test_broken_shell_is_left(script: str):
    check_silent(f"{{ system.activationScripts.a = ''\n{script}\n''; }}")


@pytest.mark.parametrize(
    "text",
    [
        f'{{ system.activationScripts.a = "{ZONE}',
        f"{{ system.activationScripts.a = ''{ZONE}",
        f'system.activationScripts.a = "{ZONE}";',
        f'{{ system.activationScripts.a = "{ZONE}" }}',
        f'{{ system.activationScripts. = "{ZONE}"; }}',
        f'{{ system.activationScripts.${{x}} = "{ZONE}"; }}',
        f"{{ system.activationScripts.a = {ZONE}; }}",
        f'{{ system = {{ activationScripts = [ "{ZONE}" ]; }}; }}',
        "",
        "\0",
        f"'''{ZONE}",
    ],
)
def test_broken_nix_never_raises(text: str):
    document = Document("/a.nix", text.encode())
    for diagnostic in find_imperative(Bench(), document):  # pyright: ignore[reportArgumentType]
        for fix in diagnostic.fixes:
            apply(document.source, fix.edits[0].edits)


def test_every_prefix_of_a_module_is_read():
    text = f"{{ pkgs, ... }}:\n{{\n  system.activationScripts.a = ''\n    nix-env -iA nixos.htop ${{x}}\n    {ZONE} # é\n  '';\n}}\n".encode()
    for end in range(len(text)):
        document = Document("/a.nix", text[:end])
        for diagnostic in find_imperative(Bench(), document):  # pyright: ignore[reportArgumentType]
            for fix in diagnostic.fixes:
                apply(document.source, fix.edits[0].edits)


def test_a_file_without_scripts_costs_a_search():
    text = "{\n" + "".join(f"  a{number}.b = [ useradd ];\n" for number in range(20_000)) + "}\n"
    document = Document("/a.nix", text.encode())
    start = time.perf_counter()
    assert find_imperative(Bench(), document) == []  # pyright: ignore[reportArgumentType]
    assert time.perf_counter() - start < 0.2


def test_a_long_script_is_read_quickly():
    lines = "\n".join(f"    echo {number}; if x; then y; fi" for number in range(2000))
    text = f"{{\n  system.activationScripts.a = ''\n{lines}\n    {ZONE}\n  '';\n}}\n"
    assert len(findings(text)) == 1
