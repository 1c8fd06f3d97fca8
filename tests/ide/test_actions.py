"""What fixes do to a file."""

from __future__ import annotations

import pytest

from nix_lsp.ide.actions import FIX_ALL, QUICK_FIX, code_actions, fix_all
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span

from .edit import parses
from .small_index import OneFile, SmallIndex

INDEX = SmallIndex(
    known=(
        "hardware.graphics",
        "services.openssh.enable",
        "services.pulseaudio",
        "hardware.cpu.x",
        "services.xserver.enable",
    ),
    moves={
        "hardware.opengl.enable": "hardware.graphics.enable",
        "hardware.opengl.extraPackages": "hardware.graphics.extraPackages",
        "hardware.opengl.driSupport32Bit": "hardware.graphics.enable32Bit",
        "hardware.opengl.driSupport": None,
        "hardware.pulseaudio": "services.pulseaudio",
        "services.xserver.layout": "services.xserver.xkb.layout",
        "services.xserver.libinput": "services.libinput",
        "services.old": "services.new",
        "hardware.one.a": "video.one.a",
        "hardware.one.b": "video.one.c",
        "sound.enable": None,
    },
    suggestions={"services.openssh.enabel": "services.openssh.enable"},
)
PROJECT = OneFile({"laptop": INDEX})


def fixed(before: str, rule: str = "option-renamed") -> str:
    """Apply the first fix of the first finding of a rule; hold that it parses and that nothing is left of that finding."""
    document = Document("/t.nix", before.encode())
    findings = [each for each in diagnostics(PROJECT, document) if each.rule == rule]
    source = apply(document.source, findings[0].fixes[0].edits[0].edits)
    assert parses(source), source.decode()
    left = [each for each in diagnostics(PROJECT, Document("/t.nix", source)) if each.rule == rule]
    assert len(left) < len(findings)
    return source.decode()


def fixes(text: str, rule: str = "option-renamed") -> list[str]:
    found = diagnostics(PROJECT, Document("/t.nix", text.encode()))
    return [fix.title for each in found if each.rule == rule for fix in each.fixes]


RENAMES = {
    "where it stands": (
        "{ hardware.opengl.enable = true; }",
        "{ hardware.graphics.enable = true; }",
    ),
    "only the segments that change": (
        "{ hardware . /* x */ opengl.driSupport32Bit = true; }",
        "{ hardware . /* x */ graphics.enable32Bit = true; }",
    ),
    "one segment becomes two": (
        '{ services.xserver = { layout = "us"; }; }',
        '{ services.xserver = { xkb.layout = "us"; }; }',
    ),
    "two segments become one": (
        "{ services.xserver.libinput.enable = true; }",
        "{ services.libinput.enable = true; }",
    ),
    "a whole subtree": (
        "{ services.old = { a = 1; b.c = 2; }; }",
        "{ services.new = { a = 1; b.c = 2; }; }",
    ),
    "in a set whose options all move": (
        "{\n  hardware.opengl = {\n    # fast\n    enable = true;\n    driSupport32Bit = true;\n  };\n}\n",
        "{\n  hardware.graphics = {\n    # fast\n    enable = true;\n    enable32Bit = true;\n  };\n}\n",
    ),
    "in sets inside sets": (
        "{ hardware = { opengl = { enable = true; }; cpu.x = 1; }; }",
        "{ hardware = { graphics = { enable = true; }; cpu.x = 1; }; }",
    ),
    "the set is renamed under its condition": (
        "{ hardware.opengl = lib.mkIf c { enable = true; }; }",
        "{ hardware.graphics = lib.mkIf c { enable = true; }; }",
    ),
    "with wrappers round the value": (
        "{ hardware.opengl.enable = lib.mkForce true; }",
        "{ hardware.graphics.enable = lib.mkForce true; }",
    ),
    "under config": (
        "{ config.hardware.opengl.enable = true; options = { }; }",
        "{ config.hardware.graphics.enable = true; options = { }; }",
    ),
    "out of a set that stays": (
        "{\n  hardware = {\n    cpu.x = 1;\n    # loud\n    pulseaudio.enable = true; # very\n  };\n  x = 1;\n}\n",
        "{\n  hardware = {\n    cpu.x = 1;\n  };\n  # loud\n  services.pulseaudio.enable = true; # very\n  x = 1;\n}\n",
    ),
    "out of a set, into one that stands": (
        "{\n  services = {\n    openssh.enable = true;\n  };\n  hardware = {\n    cpu.x = 1;\n    pulseaudio.enable = true;\n  };\n}\n",
        "{\n  services = {\n    openssh.enable = true;\n    pulseaudio.enable = true;\n  };\n  hardware = {\n    cpu.x = 1;\n  };\n}\n",
    ),
    "out of a set, beside its siblings": (
        "{\n  services.openssh.enable = true;\n  x = 1;\n  hardware = {\n    cpu.x = 1;\n    pulseaudio.enable = true;\n  };\n}\n",
        "{\n  services.openssh.enable = true;\n  services.pulseaudio.enable = true;\n  x = 1;\n  hardware = {\n    cpu.x = 1;\n  };\n}\n",
    ),
    "the set that is left empty goes": (
        "{\n  services.openssh.enable = true;\n  hardware.opengl = {\n    enable = true;\n  };\n  hardware.graphics = {\n    extraPackages = [ ];\n  };\n}\n",
        "{\n  services.openssh.enable = true;\n  hardware.graphics = {\n    extraPackages = [ ];\n    enable = true;\n  };\n}\n",
    ),
    "a removed option holds the set where it is": (
        "{\n  hardware.opengl = {\n    enable = true;\n    driSupport = true;\n  };\n}\n",
        "{\n  hardware.opengl = {\n    driSupport = true;\n  };\n  hardware.graphics.enable = true;\n}\n",
    ),
    "a moved set takes its lines along": (
        "{\n  hardware = {\n    cpu.x = 1;\n    pulseaudio = {\n      enable = true;\n      extraConfig = ''\n        a\n          b\n      '';\n    };\n  };\n}\n",
        "{\n  hardware = {\n    cpu.x = 1;\n  };\n  services.pulseaudio = {\n    enable = true;\n    extraConfig = ''\n      a\n        b\n    '';\n  };\n}\n",
    ),
    "a set whose names change inside moves too": (
        "{\n  hardware = {\n    cpu.x = 1;\n    one = lib.mkIf c {\n      a = 1;\n      b = 2;\n    };\n  };\n}\n",
        "{\n  hardware = {\n    cpu.x = 1;\n  };\n  video.one = lib.mkIf c {\n    a = 1;\n    c = 2;\n  };\n}\n",
    ),
    "a condition goes along": (
        "{ hardware = { cpu.x = 1; pulseaudio = lib.mkIf c { enable = true; }; }; }",
        "{ hardware = { cpu.x = 1; }; services.pulseaudio = lib.mkIf c { enable = true; }; }",
    ),
    "the only option of a set takes the place of the set, with its comments": (
        "{\n  x = 1;\n  # sound\n  services.xserver = {\n    # touch\n    libinput.enable = true;\n  };\n  y = 1;\n}\n",
        "{\n  x = 1;\n  # sound\n  # touch\n  services.libinput.enable = true;\n  y = 1;\n}\n",
    ),
    "on one line": (
        "{ hardware = { cpu.x = 1; pulseaudio.enable = true; }; y = 1; }",
        "{ hardware = { cpu.x = 1; }; services.pulseaudio.enable = true; y = 1; }",
    ),
    "with \\r\\n": (
        "{\r\n  hardware = {\r\n    cpu.x = 1;\r\n    pulseaudio.enable = true;\r\n  };\r\n}\r\n",
        "{\r\n  hardware = {\r\n    cpu.x = 1;\r\n  };\r\n  services.pulseaudio.enable = true;\r\n}\r\n",
    ),
    "with tabs": (
        "{\n\thardware = {\n\t\tcpu.x = 1;\n\t\tpulseaudio = {\n\t\t\tenable = true;\n\t\t};\n\t};\n}\n",
        "{\n\thardware = {\n\t\tcpu.x = 1;\n\t};\n\tservices.pulseaudio = {\n\t\tenable = true;\n\t};\n}\n",
    ),
    "not ASCII": (
        '{\n  hardware = {\n    cpu.x = "größer";\n    pulseaudio.daemon = "ü"; # ß\n  };\n}\n',
        '{\n  hardware = {\n    cpu.x = "größer";\n  };\n  services.pulseaudio.daemon = "ü"; # ß\n}\n',
    ),
    "said twice": (
        "{\n  hardware.graphics.enable = true;\n  hardware.opengl.enable = true;\n}\n",
        "{\n  hardware.graphics.enable = true;\n}\n",
    ),
    "a set of its own is renamed whole": (
        "{\n  hardware.pulseaudio = {\n    enable = true;\n  };\n}\n",
        "{\n  services.pulseaudio = {\n    enable = true;\n  };\n}\n",
    ),
    "in a module function": (
        "{ config, pkgs, ... }:\n{\n  hardware.opengl.enable = true;\n}\n",
        "{ config, pkgs, ... }:\n{\n  hardware.graphics.enable = true;\n}\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), RENAMES.values(), ids=RENAMES.keys())
def test_a_renamed_option_takes_its_new_name(before: str, after: str):
    assert fixed(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "{ hardware.graphics.enable = false; hardware.opengl.enable = true; }",
        "rec { hardware.opengl.enable = true; }",
        "{ hardware = lib.mkIf c { pulseaudio.enable = true; cpu.x = 1; }; }",
        "{ hardware = rec { pulseaudio.enable = true; cpu.x = 1; }; }",
        "{ hardware = with pkgs; { pulseaudio.enable = true; cpu.x = 1; }; }",
        "{ hardware = { cpu.x = 1; pulseaudio.enable = true; }; services = f x; }",
        "{ hardware = { cpu.x = 1; inherit (x) pulseaudio; }; }",
        "let o = { enable = true; }; in { hardware.opengl = o; }",
    ],
)
def test_no_edit_is_offered_that_could_change_the_meaning(text: str):
    assert diagnostics(PROJECT, Document("/t.nix", text.encode()))
    assert fixes(text) == []


def test_a_removed_option_can_be_deleted():
    before = "{\n  # noise\n  sound.enable = true;\n  x = 1;\n}\n"
    assert fixed(before, "option-removed") == "{\n  x = 1;\n}\n"


def test_a_suggestion_can_be_taken():
    before = "{ services = { openssh.enabel = true; }; }"
    assert fixed(before, "option-unknown") == "{ services = { openssh.enable = true; }; }"


def test_a_suggestion_that_is_defined_already_is_not_offered():
    assert fixes("{ services.openssh = { enabel = true; enable = true; }; }", "option-unknown") == []


def test_actions_are_those_at_the_selection():
    text = "{ hardware.opengl.enable = true; sound.enable = true; }"
    document = Document("/t.nix", text.encode())
    at = text.index("sound") + 2
    (action,) = code_actions(PROJECT, document, Span(at, at), [QUICK_FIX])
    assert (action.title, action.kind) == ("Delete this definition", QUICK_FIX)
    assert action.diagnostic
    assert action.diagnostic.rule == "option-removed"
    refactorings = code_actions(PROJECT, document, Span(at, at), ["refactor"])
    assert {each.kind.partition(".")[0] for each in refactorings} == {"refactor"}
    assert [each.kind for each in code_actions(PROJECT, document, Span(0, 0), ["source"])] == [FIX_ALL]
    assert len(code_actions(PROJECT, document, Span(0, len(text)), ["quickfix"])) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{\n  hardware = {\n    opengl = {\n      enable = true;\n      driSupport32Bit = true;\n    };\n    pulseaudio.enable = true;\n    pulseaudio.x = 1;\n  };\n  sound.enable = true;\n}\n",
            "{\n  hardware = {\n    graphics = {\n      enable = true;\n      enable32Bit = true;\n    };\n  };\n  services.pulseaudio.enable = true;\n  services.pulseaudio.x = 1;\n  sound.enable = true;\n}\n",
        ),
        (
            "{\n  hardware.graphics = {\n    a = 1;\n  };\n  hardware.opengl = {\n    enable = true;\n    extraPackages = [ ];\n  };\n}\n",
            "{\n  hardware.graphics = {\n    a = 1;\n    enable = true;\n    extraPackages = [ ];\n  };\n}\n",
        ),
    ],
)
def test_all_that_is_certain_is_fixed_at_once(before: str, after: str):
    document = Document("/t.nix", before.encode())
    fix = fix_all(PROJECT, document)
    assert fix
    source = apply(document.source, fix.edits[0].edits)
    assert source.decode() == after
    assert fix_all(PROJECT, Document("/t.nix", source)) is None
