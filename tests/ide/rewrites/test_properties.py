"""For any script of known commands and noise, what is left is the noise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nix_lsp.ide.edits import apply
from nix_lsp.syntax.document import Document

from .bench import findings

KNOWN = (
    "useradd -r app",
    "sudo useradd -mG wheel alice",
    "sysctl -w vm.swappiness=10",
    "${pkgs.procps}/bin/sysctl -q net.ipv4.ip_forward=1 || true",
    "timedatectl set-timezone UTC 2>/dev/null",
    "nix-env -iA nixos.htop",
    "iptables -A INPUT -p tcp --dport 80 -j ACCEPT",
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
        assert not Document("", text.encode()).root.has_error, text
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
