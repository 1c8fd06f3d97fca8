"""For any script of known commands and noise, what is left is the noise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nix_lsp.analysis.module import read_module
from nix_lsp.ide.edits import apply
from nix_lsp.syntax.document import Document
from option_index.records import Standing

from .bench import OPTIONS, Options, findings

KNOWN = (
    "useradd -r app",
    "sudo useradd -mG wheel alice",
    "sysctl -w vm.swappiness=10",
    "${pkgs.procps}/bin/sysctl -q net.ipv4.ip_forward=1 || true",
    "timedatectl set-timezone UTC 2>/dev/null",
    "nix-env -iA nixos.htop",
    "iptables -A INPUT -p tcp --dport 80 -j ACCEPT",
    "systemctl enable --now sshd",
    "loginctl enable-linger bob",
    "systemctl daemon-reload",
)
NOISE = (
    "# a note",
    "echo 'ü' ''${x}",
    "if a; then useradd -r no; fi",
    "x=1 y",
    "cat <<END\nuseradd -r no\nEND",
    "systemctl daemon-reload & z",
    "",
)


@st.composite
def scripts(draw: st.DrawFn) -> list[str]:
    """Draw lines: each a known command at most once, and noise."""
    known = draw(st.lists(st.sampled_from(KNOWN), unique=True, min_size=1))
    noise = draw(st.lists(st.sampled_from(NOISE), max_size=6))
    return draw(st.permutations(known + noise))


@given(scripts(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["  ", "\t", "    "]))
@settings(max_examples=150, deadline=None)
def test_known_commands_go_and_nothing_else(lines: list[str], newline: str, unit: str):
    text = _module(lines, newline, unit)
    expected = [line for line in lines if line not in KNOWN]
    rounds = 0
    while found := [diagnostic for diagnostic in findings(text) if diagnostic.fixes]:
        (edit,) = found[0].fixes[0].edits
        text = apply(text.encode(), edit.edits).decode()
        document = Document("", text.encode())
        assert not document.root.has_error, text
        unknown = [names for names in _defined(document) if not _is_option(names)]
        assert not unknown, text
        rounds += 1
        assert rounds <= len(KNOWN), "an edit does not take its command away"
    if any(line and not line.startswith("#") for line in expected):
        script = text[text.index("''") : text.rindex("'';")]
        assert script == _script(expected, newline, unit)
    else:
        assert "activationScripts" not in text


@given(scripts())
@settings(max_examples=60, deadline=None)
def test_all_at_once_is_the_same_as_one_after_another(lines: list[str]):
    text = _module(lines, "\n", "  ")
    together = next((fix for diagnostic in findings(text) for fix in diagnostic.fixes[1:]), None)
    if together:
        text = apply(text.encode(), together.edits[0].edits).decode()
        assert not Document("", text.encode()).root.has_error
        assert findings(text) == []


def _defined(document: Document) -> list[tuple[str, ...]]:
    """Return the option paths that a module defines, but for those of the frame."""
    paths = (each.names for root in read_module(document).roots for each in root.definitions if not each.is_set)
    return [tuple(name or "" for name in names) for names in paths if names not in {("a",), ("b",)}]


def _is_option(names: tuple[str, ...]) -> bool:
    if names[:2] == ("system", "activationScripts"):
        return True
    return Options("nixos", OPTIONS["nixos"]).resolve(names).standing is not Standing.UNKNOWN


def _module(lines: list[str], newline: str, unit: str) -> str:
    script = _script(lines, newline, unit)
    return newline.join(
        (
            "{ pkgs, ... }:",
            "{",
            f"{unit}a = 1;",
            f"{unit}system.activationScripts.x = {script}'';",
            f"{unit}b = 2;",
            "}",
            "",
        )
    )


def _script(lines: list[str], newline: str, unit: str) -> str:
    written = [part for line in lines for part in line.split("\n")]
    return "''" + newline + "".join(f"{unit * 2 if part else ''}{part}{newline}" for part in written) + unit
