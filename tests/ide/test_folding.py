"""What can be folded."""

from __future__ import annotations

import textwrap

import pytest

from nix_lsp.ide.folding import folding_ranges
from nix_lsp.syntax.document import Document


def folds(text: str) -> list[str]:
    """Return each fold as `first-last line kind`, the lines counted from 1, a closing bracket's own line left out."""
    document = Document("/t.nix", textwrap.dedent(text).lstrip("\n").encode())
    shown: list[str] = []
    for fold in folding_ranges(document):
        first, last = document.line_of(fold.span.start), document.line_of(fold.span.end)
        if not document.source[document.line_starts[last] : fold.span.end].strip():
            last -= 1
        shown.append(f"{first + 1}-{last + 1}" + (f" {fold.kind}" if fold.kind else ""))
    return shown


def test_sets_lists_lets_formals_and_strings_fold_up_to_what_closes_them():
    text = """
        {
          pkgs,
          ...
        }:
        let
          a = 1;
        in
        rec {
          list = [
            1
          ];
          text = ''
            x
          '';
        }
    """
    assert folds(text) == ["1-3", "5-6", "8-14", "9-10", "12-13"]


def test_a_binding_folds_with_all_of_its_value():
    text = """
        {
          a =
            if b then
              1
            else
              2;
          c = f {
            d = 1;
          } e;
        }
    """
    assert folds(text) == ["1-9", "2-6", "3-4", "5-6", "7-9"]


def test_what_stands_in_one_line_does_not_fold():
    assert folds("{ a = { b = 1; }; }") == []


def test_comments_fold_by_blocks():
    text = """
        # one
        # block

        # alone
        {
          a = 1; # beside
          # in the set
          # another line
          /*
            long
          */
        }
    """
    assert folds(text) == ["1-2 comment", "5-11", "7-8 comment", "9-11 comment"]


def test_imports_and_runs_of_inherited_sources_fold_as_imports():
    text = """
        let
          inherit (lib) mkIf;
          inherit (lib.types)
            str
            ;
        in
        {
          imports = [
            ./a.nix
          ];
        }
    """
    assert folds(text) == ["1-5", "2-5 imports", "3-4", "7-10", "8-9 imports"]


def test_regions_fold_and_nest():
    text = """
        {
          # region outer
          a = 1;
          #region inner
          b = 2;
          #endregion
          # endregion
        }
        # endregion
    """
    assert folds(text) == ["1-7", "2-7 region", "4-6 region"]


def test_half_typed_code_folds_what_is_there():
    assert "2-3" in folds("{\n  a = {\n    b = 1;\n  };\n  c = [\n")


@pytest.mark.parametrize(
    "text", ["(\n" * 100_000, "{ a =\n" * 50_000, "''${\n" * 20_000, "", "\r", "# region\n" * 1000]
)
def test_nesting_is_no_danger(text: str):
    assert len(folds(text)) <= len(text)
