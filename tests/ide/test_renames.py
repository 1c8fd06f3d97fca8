"""Renames in many layouts: the result, that it is Nix, and that nothing is left to do."""

from __future__ import annotations

import pytest

from nix_lsp.ide.actions import fix_all
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.edits import apply
from tests.fixture import project

from .edit import parses


def all_fixed(text: str, path: str = "/configuration.nix") -> str:
    workspace, document, _ = project(text, pin="25.11", path=path)
    fix = fix_all(workspace, document)
    return apply(document.source, fix.edits[0].edits).decode() if fix else text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (  # into the set that stands there
            "{\n  hardware.opengl.enable = true; # fast\n  hardware.graphics = {\n    # x\n    enable32Bit = true;\n  };\n}\n",
            "{\n  hardware.graphics = {\n    # x\n    enable32Bit = true;\n    enable = true; # fast\n  };\n}\n",
        ),
        (  # a set into the set that stands there
            "{\n  hardware.opengl = {\n    enable = true; # a\n    # b\n    extraPackages = [ ];\n  };\n  hardware.graphics = {\n    enable32Bit = true;\n  };\n}\n",
            "{\n  hardware.graphics = {\n    enable32Bit = true;\n    enable = true; # a\n    # b\n    extraPackages = [ ];\n  };\n}\n",
        ),
        (  # a set, beside dotted definitions
            "{\n  hardware.opengl = {\n    enable = true;\n  };\n  hardware.graphics.enable32Bit = true;\n}\n",
            "{\n  hardware.graphics = {\n    enable = true;\n  };\n  hardware.graphics.enable32Bit = true;\n}\n",
        ),
        (
            "{ lib, ... }: { hardware.opengl.enable = lib.mkForce true; }",
            "{ lib, ... }: { hardware.graphics.enable = lib.mkForce true; }",
        ),
        (  # within its condition
            "{ lib, config, ... }: {\n  config = lib.mkIf config.a.b {\n    services.xserver.displayManager.gdm.enable = lib.mkDefault true;\n  };\n}\n",
            "{ lib, config, ... }: {\n  config = lib.mkIf config.a.b {\n    services.displayManager.gdm.enable = lib.mkDefault true;\n  };\n}\n",
        ),
        (
            "{ lib, ... }: lib.mkMerge [\n  { hardware.opengl.enable = true; }\n  (lib.mkIf true { hardware.opengl.driSupport32Bit = true; })\n]\n",
            "{ lib, ... }: lib.mkMerge [\n  { hardware.graphics.enable = true; }\n  (lib.mkIf true { hardware.graphics.enable32Bit = true; })\n]\n",
        ),
        (  # the comment of a set goes with it, and what stays stays
            "{\n  hardware = {\n    # gpu\n    opengl = {\n      enable = true;\n    };\n    pulseaudio.enable = false;\n    bluetooth.enable = true;\n  };\n}\n",
            "{\n  hardware = {\n    # gpu\n    graphics = {\n      enable = true;\n    };\n    bluetooth.enable = true;\n  };\n  services.pulseaudio.enable = false;\n}\n",
        ),
        (  # some leave the set, some take another name in it
            '{\n  services.xserver = {\n    enable = true;\n    # variant\n    xkbVariant = "dvp";\n    displayManager = {\n      gdm.enable = true;\n    };\n  };\n}\n',
            '{\n  services.xserver = {\n    enable = true;\n    # variant\n    xkb.variant = "dvp";\n  };\n  services.displayManager = {\n    gdm.enable = true;\n  };\n}\n',
        ),
        (  # over a default, which never counted beside it
            "{ lib, ... }:\n{\n  hardware.opengl.enable = x;\n  hardware.graphics = {\n    enable = lib.mkDefault true; # a\n  };\n}\n",
            "{ lib, ... }:\n{\n  hardware.graphics = {\n    enable = x; # a\n  };\n}\n",
        ),
        (
            "{\r\n  # c\r\n  hardware.opengl.enable = true;\r\n}\r\n",
            "{\r\n  # c\r\n  hardware.graphics.enable = true;\r\n}\r\n",
        ),
    ],
)  # fmt: skip
def test_a_file_in_its_new_names(before: str, after: str):
    assert all_fixed(before) == after
    assert parses(after.encode())
    assert all_fixed(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "{ hardware.opengl = { enable = true; } // { extraPackages = [ ]; }; }",
        "let x = { enable = true; }; in { hardware.opengl = x; }",
        "{ hardware = rec { opengl.enable = true; }; }",
        "{ hardware.opengl.enable = true; hardware.graphics.enable = false; }",
        "{ lib, ... }: { hardware.opengl.enable = lib.mkDefault false; hardware.graphics.enable = lib.mkDefault true; }",
        "{ lib, ... }: { hardware.opengl.enable = lib.mkIf a true; hardware.graphics.enable = lib.mkDefault true; }",
        "{ lib, ... }: { hardware.opengl = lib.mkForce { enable = true; }; hardware.graphics.enable = lib.mkDefault true; }",
    ],
)
def test_what_cannot_be_moved_as_it_stands_is_left_to_its_author(text: str):
    assert all_fixed(text) == text


def test_two_definitions_under_both_names_are_for_a_person_to_choose_from():
    workspace, document, _ = project(
        "{ hardware.opengl.enable = true; hardware.graphics.enable = false; }", pin="25.11"
    )
    (found,) = diagnostics(workspace, document)
    assert found.message.endswith(" Both are defined here: keep one of them.")
    assert not found.fixes


def test_names_of_home_manager_that_meet_in_one_set():
    before = '{\n  programs.git = {\n    userName = "a";\n    extraConfig = {\n      user.signingKey = "k";\n    };\n  };\n}\n'
    after = all_fixed(before, "/home.nix")
    assert after == before.replace("userName", "settings.user.name").replace("extraConfig", "settings")
    assert all_fixed(after, "/home.nix") == after
