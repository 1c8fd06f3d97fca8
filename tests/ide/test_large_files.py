"""Files with thousands of findings: what the rules do grows with the file, and not with its square."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import pytest

from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.ide.drift import When, at_release, drift
from tests.fixture import project

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

Answer = TypeVar("Answer")
FEW, MANY = 150, 600
"""Four times as much to do; a square would make it sixteen times."""
MOST = 6


def one_set(binding: str, count: int) -> str:
    return "{ config, lib, pkgs, ... }:\n{\n" + "".join(f"  {binding}\n" for _ in range(count)) + "}\n"


def below(head: str, binding: str, count: int) -> str:
    return f"{{ ... }}:\n{{\n  {head} = {{\n" + "".join(f"    {binding}\n" for _ in range(count)) + "  };\n}\n"


def numbered(binding: str, count: int) -> str:
    return "{ ... }:\n{\n" + "".join(f"  {binding.replace('#', str(n))}\n" for n in range(count)) + "}\n"


def one_line(before: str, use: str, between: str, count: int) -> str:
    return f"{before} {between.join([use] * count)} ]; }}\n"


def packages(use: str, between: str, count: int) -> str:
    return f"{{ pkgs, ... }}: {{ environment.systemPackages = [ {between.join(use.replace('#', str(n)) for n in range(count))} ]; }}\n"


def nested(before: str, after: str, count: int) -> str:
    return f"{{ pkgs, ... }}: {{ environment.systemPackages = {before * count} 1 {after * count}; }}\n"


def repeated(before: str, again: str, after: str, count: int) -> str:
    return before + again * count + after


def calls(text: str) -> tuple[int, int]:
    """Return how many functions are called to judge a file, and how many findings there are."""
    fixture = project(text, pin="26.05")
    diagnostics(fixture.workspace, fixture.document)
    workspace = project(text, pin="26.05").workspace
    document = workspace.document("/configuration.nix")
    assert document is not None
    count, found = counted_calls(lambda: diagnostics(workspace, document))
    return count, len(found)


def counted_calls(act: Callable[[], Answer]) -> tuple[int, Answer]:
    """Return how many functions an act calls, in Python and in C, and what it returns."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        found = act()
    finally:
        sys.setprofile(None)
    return count, found


@pytest.mark.parametrize(
    "text",
    [
        partial(one_set, "hardware.opengl.enable = true;"),
        partial(below, "hardware", "opengl.enable = true;"),
        partial(one_set, "hardware.opengl = { enable = true; setLdLibraryPath = true; };"),
        partial(numbered, "networking.interfaces.e#.preferTempAddress = true;"),
        partial(one_set, "services.openssh = { enabel = true; prots = [ 1 ]; settngs.A = 1; };"),
        partial(numbered, "services.openssh.enabel# = true;"),
        partial(numbered, "users.users.u#.isNormalUsr = true;"),
        partial(one_set, "sound.enable = true;"),
        partial(one_set, 'systemd.extraConfig = "DefaultTimeoutStopSec=10s";'),
        partial(one_set, 'services.openssh.enable = "yes";'),
        partial(one_line, "{ lib, ... }: { environment.etc.a.text = toString [", 'lib.literalExample "1"', " + "),
        partial(one_line, "{ lib, ... }: { environment.etc.a.text = toString [", '(lib.literalExample "1")', " "),
        partial(one_line, "{ lib, ... }: { environment.etc.a.text = toString [", "(with lib; literalExample)", " ++ "),
        partial(packages, "pkgs.apacheAnt", " "),
        partial(packages, "(toString pkgs.apacheAnt)", " "),
        partial(packages, "(x.override { inherit (pkgs) apacheAnt; })", " "),
        partial(packages, "(with pkgs; python3Packages.abodepy)", " "),
        partial(packages, "[ pkgs.fireofx ]", " ++ "),
        partial(packages, "(with pkgs; fireofx)", " "),
    ],
    ids=[
        "renamed",
        "renamed below one set",
        "renamed beside removed",
        "converted",
        "three slips in a set",
        "slips",
        "slips below names",
        "removed",
        "text to attributes",
        "types",
        "nested on one line",
        "beside one another on one line",
        "with on one line",
        "renamed packages",
        "renamed packages in calls",
        "renamed packages that are inherited",
        "renamed members of sets",
        "unknown packages",
        "unknown packages below with",
    ],
)  # fmt: skip
def test_work_grows_with_the_file(text: Callable[[int], str]):
    few, found = calls(text(FEW))
    many, more = calls(text(MANY))
    assert found >= FEW
    assert more >= MANY
    assert many < MOST * few


def upgraded(text: str, path: str, pin: str, target: str) -> tuple[int, int]:
    """Return how many functions are called to tell what an upgrade changes for a file, and how many of its fixes are right today."""
    workspace, document, _ = project(text, pin=pin, path=path)
    then = at_release(workspace, target, date(2026, 9, 1))
    count, report = counted_calls(lambda: drift(workspace, then, target, [document]))
    return count, sum(change.when is When.NOW for change in report.changes)


@pytest.mark.parametrize(
    ("binding", "pin", "target"),
    [
        ("security.apparmor.policies.p#.enable = true;", "24.11", "26.05"),
        ("networking.interfaces.e#.preferTempAddress = true;", "24.05", "26.05"),
    ],
    ids=["removed", "converted"],
)
def test_the_work_of_an_upgrade_grows_with_the_file(binding: str, pin: str, target: str):
    few, right = upgraded(numbered(binding, FEW), "/configuration.nix", pin, target)
    many, more = upgraded(numbered(binding, MANY), "/configuration.nix", pin, target)
    assert (right, more) == (FEW, MANY)
    assert many < MOST * few


@pytest.mark.parametrize(
    "text",
    [
        partial(repeated, "{ ", "inherit ( ", ""),
        partial(repeated, "", "( then ", ""),
        partial(repeated, "", "{ a = [ ", ") = ; "),
        partial(repeated, "{ lib, ... }: let a = [ 1 ]; in { networking.firewall.allowedTCPPorts = ", "a ++ ", "a; }"),
    ],
    ids=["inherit without an end", "then without an if", "brackets", "names in a long sum"],
)
def test_what_nobody_writes_is_read_in_proportion_to_it(text: Callable[[int], str]):
    few, _ = calls(text(1_000))
    many, _ = calls(text(4_000))
    assert many < MOST * few


@pytest.mark.parametrize(
    "text",
    [
        partial(packages, "[ pkgs.a-longer-name-than-that-of-any-package-in-nixpkgs-# ]", " ++ "),
        partial(nested, "with pkgs; [ fireofx ", "]"),
        partial(nested, "with pkgs; ", ""),
        partial(nested, "(x: [ pkgs.fireofx", "])"),
        partial(packages, "{ inherit (pkgs) a-longer-name-than-that-of-any-package-in-nixpkgs-#; }", " "),
        partial(packages, "pkgs.a-longer-name-than-that-of-any-package-in-nixpkgs-# prev.callPackage", " "),
    ],
    ids=["different", "with in with", "with", "functions", "inherit", "calls"],
)
def test_looking_for_unknown_packages_grows_with_the_file(text: Callable[[int], str]):
    few, _ = calls(text(FEW))
    many, _ = calls(text(MANY))
    assert many < MOST * few
