"""Definitions of moved options that are inherited, and moved options whose values a project reads."""

from __future__ import annotations

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Diagnostic, Tier
from tests.fixture import project
from tests.ide.edit import parses
from tests.ide.test_fixes import check_fix


def moved(fixture: str, pin: str = "26.05") -> list[Diagnostic]:
    """Return what is said of moved options in the file with the cursor, or the last one."""
    workspace, document, _ = project(fixture, pin=pin)
    rules = {"option-renamed", "option-changed", "option-removed"}
    return [each for each in diagnostics(workspace, document) if each.rule in rules]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{ cfg, ... }: {\n  hardware.opengl = {\n    inherit (cfg) $0enable;\n  };\n}\n",
            "{ cfg, ... }: {\n  hardware.graphics = {\n    enable = cfg.enable;\n  };\n}\n",
        ),
        (
            "{ cfg, ... }: {\n  services.xserver = {\n    inherit (cfg.a) enable $0layout;\n  };\n}\n",
            "{ cfg, ... }: {\n  services.xserver = {\n    inherit (cfg.a) enable;\n    xkb.layout = cfg.a.layout;\n  };\n}\n",
        ),
        (
            "{ layout, ... }: {\n  services.xserver = {\n    inherit $0layout enable;\n  };\n}\n",
            "{ layout, ... }: {\n  services.xserver = {\n    inherit enable;\n    xkb.layout = layout;\n  };\n}\n",
        ),
        (
            "{ f, ... }: { services.xserver = { inherit (f 1) $0layout; }; }",
            "{ f, ... }: { services.xserver = { xkb.layout = (f 1).layout; }; }",
        ),
    ],
)
def test_an_inherited_definition_of_a_renamed_option_gets_a_binding_of_its_own(before: str, after: str):
    check_fix(pin="25.11", before=before, after=after)


def test_home_managers_user_name_is_no_exception():
    text = "#- /home.nix\n{ config, ... }: let cfg = config.me; in { programs.git = { inherit (cfg) userName; }; }\n"
    (finding,) = moved(text)
    (fix,) = finding.fixes
    fixed = apply(project(text).document.source, fix.edits[0].edits)
    assert parses(fixed)
    assert b"programs.git = { settings.user.name = cfg.userName; };" in fixed


@pytest.mark.parametrize(
    "text",
    [
        "{ cfg, ... }: { services.xserver = rec { inherit (cfg) layout; }; }",
        "{ cfg, ... }: let s = { inherit (cfg) layout; }; in { services.xserver = s; }",
    ],
)
def test_one_that_others_may_refer_to_stays(text: str):
    (finding,) = moved(text, "25.11")
    assert not finding.fixes


@pytest.mark.parametrize(
    "reader",
    [
        "{ config, ... }: { home.file.a.text = toString config.programs.ssh.matchBlocks.a.port; }",
        "{ osConfig, config, ... }: { home.file.a.text = f config.programs.ssh.matchBlocks; }",
        "{ config, ... }: let cfg = config.programs.ssh; in { home.file.a.text = f cfg.matchBlocks; }",
        "{ config, ... }: let p = config.programs; in { home.file.a.text = f p.ssh.matchBlocks; }",
        "{ config, ... }: let inherit (config.programs.ssh) enable matchBlocks; in { home.file.a.text = f matchBlocks; }",
        "{ config, ... }: { environment.etc.a.text = f config.home-manager.users.me.programs.ssh.matchBlocks; }",
    ],
)
def test_a_conversion_of_what_the_project_reads_is_for_review(reader: str):
    text = "{ programs.ssh.matchBlocks.a.port = 1; }"
    (finding,) = moved(f"#- /other.nix\n{reader}\n#- /home.nix\n{text}\n")
    assert finding.fixes[0].tier is Tier.REVIEW
    assert finding.fixes[0].title.endswith("and what reads it, too")
    assert "The project reads its value elsewhere" in finding.message


@pytest.mark.parametrize(
    "other",
    [
        "{ config, ... }: { config.programs.ssh.matchBlocks.b.port = 2; }",
        "{ config, ... }: let cfg = config.programs.ssh; in { programs.ssh.matchBlocks.b.port = cfg.port; }",
        "{ config, ... }: { home.file.a.text = f config.programs.ssh.matchBlocksOther; }",
        "{ cfg, ... }: { home.file.a.text = f cfg.matchBlocks; }",
    ],
)
def test_one_that_is_only_defined_elsewhere_is_offered_as_ever(other: str):
    text = "{ programs.ssh.matchBlocks.a.port = 1; }"
    (finding,) = moved(f"#- /other.nix\n{other}\n#- /home.nix\n{text}\n")
    (alone,) = moved(f"#- /home.nix\n{text}\n")
    assert (finding.message, [fix.tier for fix in finding.fixes]) == (alone.message, [fix.tier for fix in alone.fixes])
    assert finding.fixes
