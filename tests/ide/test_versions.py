"""What is kept from one version of a file to the next changes no answer."""

from __future__ import annotations

import gc
import random

import pytest

from nix_lsp.analysis.module import read_module
from nix_lsp.ide.diagnostics import diagnostics
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.span import Span
from tests.fixture import project

MODULES = (
    """
    { config, lib, pkgs, ... }:
    let
      shared = { enable = true; };
      mk = name: { description = name; };
      port = 22;
    in
    {
      imports = [ ./a.nix ];
      services.openssh.enable = "yes";
      services.openssh.ports = [ port ];
      services.openssh.prots = [ 22 ];
      services.resolved = shared;
      sound.enable = true;
      users.users.a = mk "a";
      users.users.b = { isNormalUser = true; isNormalUser = false; };
      networking = {
        hostName = "a";
        firewall.allowedTCPPorts = [ 22 "80" ];
      };
      networking.hostName = "b";
      boot.kernelParams = lib.mkIf true [ "quiet" ];
      system.stateVersion = port;
      home-manager.users.x = { programs.git.enable = 1; programs.git.userName = "x"; };
      system.activationScripts.a = "useradd bob";
    }
    """,
    """
    { lib, ... }: {
      options.own.port = lib.mkOption { type = lib.types.port; };
      config = lib.mkMerge [
        { own.port = 1; services.nginx = { enable = true; virtualHosts.a = { forceSSL = true; root = 1; }; }; }
        (lib.mkIf true { own.port = "x"; services.nginx.virtualHosts.a.foceSSL = true; })
      ];
    }
    """,
)
INSERTED = (
    "{",
    "}",
    ";",
    "=",
    "a",
    "x = ",
    "let",
    '"',
    "''",
    "\n",
    "[",
    "services",
    "true",
    "  port = 8080;\n",
    "mk",
    ".",
)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("seed", range(3))
def test_an_edited_file_reads_like_a_new_one(module: str, seed: int, large: bool, monkeypatch: pytest.MonkeyPatch):
    """`large`: every set is so large that its bindings are pieces."""
    if large:
        monkeypatch.setattr("nix_lsp.analysis.definition_reader._PIECE", 8)
        monkeypatch.setattr("nix_lsp.syntax.duplicates._PIECE", 8)
    fixture = project(module, pin="25.11")
    chance = random.Random(seed)
    document = Document(fixture.document.path, fixture.document.source, 1)
    sound = document
    workspace = fixture.workspace.with_document(document)
    for version in range(2, 40):
        size = len(document.source)
        start = chance.randrange(size)
        end = min(size, start + chance.choice((0, 0, 0, 1, 3, 20)))
        change = Change(Span(start, end), chance.choice(INSERTED).encode() if chance.random() < 0.8 else b"")
        document = (document if chance.random() < 0.7 else sound).edited([change], version)
        again = Document(document.path, document.source, version)
        workspace = workspace.with_document(document)
        found = diagnostics(workspace, document)
        assert found == diagnostics(fixture.workspace.with_document(again), again), document.source.decode()
        assert _definitions(document) == _definitions(again), document.source.decode()


def _definitions(document: Document) -> list[object]:
    module = read_module(document)
    for root in module.roots:
        assert list(root.outlines) == [(each.names, each.is_set) for each in root.definitions]
    return [
        (
            root.set,
            root.prefixed,
            [
                (each.path, each.own, each.wrappers, each.is_set, each.conditional, each.indirect)
                for each in root.definitions
            ],
        )
        for root in module.roots
    ]


def test_a_condition_round_what_has_not_changed_counts():
    fixture = project(
        """
        { lib, ... }: { config = lib.mkMerge [
          (lib.mkIf true { networking.hostName = "a"; })
          { networking.hostName = "b"; }
        ]; }
        """,
        pin="25.11",
    )
    source = fixture.document.source
    document = Document(fixture.document.path, source, 1)
    assert not diagnostics(fixture.workspace.with_document(document), document)
    condition = Span(source.index(b"lib.mkIf"), source.index(b"{ networking"))
    document = document.edited([Change(condition, b"")], 2)
    (found,) = diagnostics(fixture.workspace.with_document(document), document)
    assert found.rule == "option-duplicate"


def test_a_former_version_goes_at_once():
    """Its tree is large: it must not stay until garbage is collected."""
    document = Document("/configuration.nix", b"{ services.openssh.enable = true; }", 1)
    read_module(document)
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for version in range(2, 5):
            document = document.edited([Change(Span(1, 1), b"\n")], version)
            read_module(document)
        gc.collect()
        assert not [each for each in gc.garbage if isinstance(each, Document)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
