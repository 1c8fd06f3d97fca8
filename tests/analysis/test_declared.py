"""The index of declared options: which paths lead to one, and how far."""

import pytest

from nix_lsp.analysis.declared import DeclaredOptions
from nix_lsp.analysis.module import read_module
from nix_lsp.syntax.document import Document

MODULE = b"""{ lib, ... }: {
  options.mine.backup = {
    enable = lib.mkEnableOption "backups";
    jobs.${name}.path = lib.mkOption { };
    hosts = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { options.port = lib.mkOption { }; }); };
  };
}"""

DECLARED = DeclaredOptions(read_module(Document("/a.nix", MODULE)).declared)


@pytest.mark.parametrize(
    ("path", "covered", "shared"),
    [
        ("mine.backup.enable", True, 3),
        ("mine.backup.enable.below", True, 3),
        ("mine.backup", True, 2),
        ("mine.backup.enabel", False, 2),
        ("mine.backup.jobs.daily.path", True, 5),
        ("mine.backup.jobs.daily.pth", False, 4),
        ("mine.backup.hosts.web.port", True, 5),
        ("mine.?.enable", True, 3),
        ("mine.?.enabel", False, 2),
        ("services.backup", False, 0),
    ],
)
def test_a_path_leads_to_a_declared_option_or_shares_its_first_segments(path: str, covered: bool, shared: int):
    names = [None if name == "?" else name for name in path.split(".")]

    assert (DECLARED.covers(names), DECLARED.shared(names)) == (covered, shared)


def test_options_below_a_computed_name_may_stand_anywhere_below_its_first_segment():
    assert DECLARED.may_be_computed("mine")
    assert not DECLARED.may_be_computed("services")
    assert not DeclaredOptions().may_be_computed("mine")
