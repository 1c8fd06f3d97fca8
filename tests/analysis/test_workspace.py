"""A workspace: which file is part of which host, as a module of which set, at which pins."""

from __future__ import annotations

import json
import re

import pytest

from nix_lsp.analysis.files import MemoryFiles
from nix_lsp.analysis.pin import Lane
from nix_lsp.analysis.project import Settings
from nix_lsp.analysis.workspace import Workspace
from nix_lsp.syntax.document import Document
from option_index.query import LibrarySet, OptionSet, PackageSet
from option_index.timeline import Point
from tests.fixture import Fixture, project


class NoIndex:
    """A catalogue that knows nothing: what a file says by itself decides."""

    def options(self, module_set: str, point: Point) -> OptionSet | None:
        return None

    def has_hosts(self, module_set: str) -> bool:
        return False

    def host_options(self, module_set: str, fingerprint: str, point: Point) -> OptionSet | None:
        return None

    def packages(self, point: Point) -> PackageSet | None:
        return None

    def library(self, point: Point) -> LibrarySet | None:
        return None

    def declarations(self) -> None:
        return None


def lock(**refs: str) -> str:
    """A flake.lock whose root inputs follow the given branches; `owner/repo@branch`."""
    nodes: dict[str, object] = {"root": {"inputs": {name.replace("_", "-"): name for name in refs}}}
    for name, ref in refs.items():
        place, _, branch = ref.partition("@")
        owner, _, repo = place.partition("/")
        original = {"type": "github", "owner": owner, "repo": repo} | ({"ref": branch} if branch else {})
        locked = {"type": "github", "owner": owner, "repo": repo, "rev": "a" * 40, "lastModified": 1764547200}
        nodes[name] = {"locked": locked, "original": original}
    return json.dumps({"version": 7, "root": "root", "nodes": nodes})


def open_project(fixture: str, **options: object) -> Fixture:
    return project(fixture, catalog=NoIndex(), **options)  # pyright: ignore[reportArgumentType]


def lanes(fixture: Fixture, path: str) -> list[str]:
    """Lanes of a file as text: set, host, release or date of nixpkgs."""
    document = fixture.workspace.document(path)
    assert document is not None, path
    return [shown(lane) for lane in fixture.workspace.lanes(document)]


def shown(lane: Lane) -> str:
    nixpkgs = lane.pins.get("nixpkgs")
    return " ".join(filter(None, (lane.set, lane.host, str(nixpkgs.point) if nixpkgs else None)))


LOCK = lock(nixpkgs="NixOS/nixpkgs@nixos-25.11", home_manager="nix-community/home-manager@release-25.11")


class HostIndex(NoIndex):
    """A catalogue that has an index for every host."""

    def __init__(self) -> None:
        self.asked = 0

    def has_hosts(self, module_set: str) -> bool:
        return True

    def host_options(self, module_set: str, fingerprint: str, point: Point) -> OptionSet | None:
        self.asked += 1
        return None


@pytest.mark.parametrize(("settings", "asked"), [("", 1), ('pin = "24.11"', 0)])
def test_a_pin_that_the_project_sets_is_not_judged_by_what_a_host_had(settings: str, asked: int):
    catalog = HostIndex()
    fixture = project(
        f"""
#- /.nix-lsp.toml
{settings}
#- /flake.lock
{LOCK}
#- /flake.nix
{{ outputs = {{ nixpkgs, ... }}: {{ nixosConfigurations.a = nixpkgs.lib.nixosSystem {{ modules = [ ./a.nix ]; }}; }}; }}
#- /a.nix
{{ }}
""",
        catalog=catalog,
    )
    (lane,) = fixture.workspace.lanes(fixture.document)
    fixture.workspace.options(lane)
    assert catalog.asked == asked


def test_a_host_gives_its_modules_its_set_and_the_pin_of_the_input_that_builds_it():
    fixture = open_project(f"""
#- /flake.lock
{LOCK}
#- /flake.nix
{{
  outputs = {{ nixpkgs, home-manager, ... }}: {{
    nixosConfigurations.laptop = nixpkgs.lib.nixosSystem {{
      modules = [
        ./configuration.nix
        home-manager.nixosModules.home-manager
        {{ home-manager.users.alice = import ./alice.nix; }}
      ];
    }};
  }};
}}
#- /configuration.nix
{{ imports = [ ./hardware ]; }}
#- /hardware/default.nix
{{ lib, ... }}: {{ imports = lib.optional true ./disks.nix ++ [ (./. + "/gpu.nix") ]; }}
#- /hardware/disks.nix
{{ }}
#- /hardware/gpu.nix
{{ }}
#- /alice.nix
{{ imports = [ ./shell.nix ]; }}
#- /shell.nix
{{ }}
""")

    for path in ("/configuration.nix", "/hardware/default.nix", "/hardware/disks.nix", "/hardware/gpu.nix"):
        assert lanes(fixture, path) == ["nixos nixosConfigurations.laptop 25.11"], path
    for path in ("/alice.nix", "/shell.nix"):
        assert lanes(fixture, path) == ["home-manager nixosConfigurations.laptop 25.11"], path


def test_two_pins_in_one_project_stay_apart_and_a_shared_module_has_both():
    fixture = open_project(f"""
#- /flake.lock
{lock(nixpkgs="NixOS/nixpkgs@nixos-unstable", nixpkgs_stable="NixOS/nixpkgs@nixos-25.05")}
#- /flake.nix
{{
  outputs = inputs: {{
    nixosConfigurations.desk = inputs.nixpkgs.lib.nixosSystem {{ modules = [ ./desk.nix ./common.nix ]; }};
    nixosConfigurations.server = inputs.nixpkgs-stable.lib.nixosSystem {{ modules = [ ./server.nix ./common.nix ]; }};
  }};
}}
#- /desk.nix
{{ }}
#- /server.nix
{{ }}
#- /common.nix
{{ }}
""")

    assert lanes(fixture, "/desk.nix") == ["nixos nixosConfigurations.desk unstable of 2025-12-01"]
    assert lanes(fixture, "/server.nix") == ["nixos nixosConfigurations.server 25.05"]
    assert len(lanes(fixture, "/common.nix")) == 2


def test_hosts_made_by_a_local_function_over_a_list_of_names():
    fixture = open_project(f"""
#- /flake.lock
{LOCK}
#- /flake.nix
{{
  outputs = {{ self, nixpkgs, ... }}@inputs:
    let
      mkHost = name: {{ extra ? [ ] }}: nixpkgs.lib.nixosSystem {{
        specialArgs = {{ inherit inputs; hostName = name; }};
        modules = [ ./hosts/${{name}} ] ++ extra;
      }};
    in
    {{ nixosConfigurations = nixpkgs.lib.genAttrs [ "one" "two" ] (name: mkHost name {{ extra = [ ./extra.nix ]; }}); }};
}}
#- /hosts/one/default.nix
{{ hostName, ... }}: {{ imports = [ ../../per-host/${{hostName}}.nix ]; }}
#- /hosts/two/default.nix
{{ imports = map (n: ./. + "/${{n}}.nix") [ "a" "b" ]; }}
#- /hosts/two/a.nix
{{ }}
#- /hosts/two/b.nix
{{ }}
#- /per-host/one.nix
{{ }}
#- /per-host/two.nix
{{ }}
#- /extra.nix
{{ }}
""")

    assert lanes(fixture, "/per-host/one.nix") == ["nixos nixosConfigurations.one 25.11"]
    assert lanes(fixture, "/hosts/two/b.nix") == ["nixos nixosConfigurations.two 25.11"]
    assert lanes(fixture, "/extra.nix") == ["nixos nixosConfigurations.one 25.11"]
    assert lanes(fixture, "/per-host/two.nix") == []


def test_standalone_home_manager_and_darwin_take_the_pins_of_their_own_inputs():
    nodes = json.loads(
        lock(
            nixpkgs="NixOS/nixpkgs@nixos-unstable",
            hm="nix-community/home-manager",
            mac="nix-darwin/nix-darwin@nix-darwin-25.05",
        )
    )
    nodes["nodes"]["mac"]["inputs"] = {"nixpkgs": "nixpkgs_2"}
    nodes["nodes"]["nixpkgs_2"] = {
        "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixpkgs-25.05-darwin"}
    }
    fixture = open_project(f"""
#- /flake.lock
{json.dumps(nodes)}
#- /flake.nix
{{
  outputs = {{ nixpkgs, hm, mac, ... }}: {{
    homeConfigurations."me@there" = hm.lib.homeManagerConfiguration {{
      pkgs = import nixpkgs {{ system = "x86_64-linux"; }};
      modules = [ ./me.nix ];
    }};
    darwinConfigurations.book = mac.lib.darwinSystem {{ modules = [ ./book.nix ]; }};
  }};
}}
#- /me.nix
{{ }}
#- /book.nix
{{ }}
""")

    assert lanes(fixture, "/me.nix") == ["home-manager homeConfigurations.me@there unstable of 2025-12-01"]
    assert lanes(fixture, "/book.nix") == ["nix-darwin darwinConfigurations.book 25.05"]
    host = fixture.workspace.hosts()[0]
    assert host.set == "nix-darwin"
    assert host.pins["nix-darwin"].point.release == "25.05"


def test_flake_parts_modules_are_part_of_the_flake_and_what_they_export_is_a_module():
    fixture = open_project(f"""
#- /flake.lock
{LOCK}
#- /flake.nix
{{
  outputs = inputs: inputs.flake-parts.lib.mkFlake {{ inherit inputs; }} {{
    systems = [ "x86_64-linux" ];
    imports = [ ./hosts ];
    flake.nixosModules.own = ./own.nix;
  }};
}}
#- /hosts/default.nix
{{ inputs, self, ... }}: {{
  flake.nixosConfigurations.box = inputs.nixpkgs.lib.nixosSystem {{ modules = [ ./box.nix self.nixosModules.shared ]; }};
  flake.nixosModules.shared = import ./shared.nix;
}}
#- /hosts/box.nix
{{ }}
#- /hosts/shared.nix
{{ lib, ... }}: {{ }}
#- /own.nix
{{ }}
""")

    assert lanes(fixture, "/hosts/default.nix") == ["flake 25.11"]
    assert lanes(fixture, "/hosts/box.nix") == ["nixos nixosConfigurations.box 25.11"]
    assert lanes(fixture, "/hosts/shared.nix") == ["nixos nixosConfigurations.box 25.11"]
    assert lanes(fixture, "/own.nix") == ["nixos nixosModules.own 25.11"]


def test_imports_that_run_in_a_circle_end():
    fixture = open_project("""
#- /configuration.nix
{ imports = [ ./a.nix ]; }
#- /a.nix
{ imports = [ ./b.nix ]; }
#- /b.nix
{ imports = [ ./a.nix ./configuration.nix ./b.nix ]; }
""")

    assert lanes(fixture, "/b.nix") == ["nixos configuration.nix"]


def test_npins_gives_the_pin_of_a_host_that_is_built_without_a_flake():
    sources = {
        "nixpkgs": {
            "type": "Channel",
            "name": "nixos-25.05",
            "url": "https://releases.nixos.org/nixos/25.05/nixos-25.05.1.abcdef0/nixexprs.tar.xz",
        }
    }
    fixture = open_project(f"""
#- /npins/sources.json
{json.dumps({"pins": sources, "version": 5})}
#- /npins/default.nix
{{ }}
#- /default.nix
let sources = import ./npins; in
{{ machine = import "${{sources.nixpkgs}}/nixos/lib/eval-config.nix" {{ modules = [ ./machine.nix ]; }}; }}
#- /machine.nix
{{ }}
""")

    assert lanes(fixture, "/machine.nix") == ["nixos default.nix: machine 25.05"]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("/x.nix", "# nix-lsp: set home-manager\n{ }", ["home-manager"]),
        ("/x.nix", '{ _class = "darwin"; }', ["nix-darwin"]),
        ("/nixos/x.nix", '{ lib, ... }: { _class = "service"; process.argv = [ ]; }', []),
        ("/x.nix", "{ osConfig, ... }: { programs.git.enable = true; }", ["home-manager"]),
        ("/x.nix", '{ lib, ... }: { home.activation.a = lib.hm.dag.entryAnywhere ""; }', ["home-manager"]),
        ("/modules/nixos/x.nix", "{ a.b = 1; }", ["nixos"]),
        ("/modules/darwin/x.nix", "{ a.b = 1; }", ["nix-darwin"]),
        ("/home-manager/x.nix", "{ a.b = 1; }", ["home-manager"]),
        ("/mac/darwin-configuration.nix", "{ }", ["nix-darwin mac/darwin-configuration.nix"]),
        ("/x.nix", "{ a.b = 1; }", []),
        ("/pkgs/nixos/x.nix", "{ stdenv }: stdenv.mkDerivation { }", []),
        ("/nixos/overlay.nix", "final: prev: { }", []),
    ],
)  # fmt: skip
def test_what_a_file_that_nobody_imports_tells_of_itself(path: str, text: str, expected: list[str]):
    assert lanes(open_project(text, path=path), path) == expected


def test_an_edit_that_imports_nothing_else_keeps_the_graph_and_one_that_does_changes_it():
    fixture = open_project("""
#- /configuration.nix
{ imports = [ ./a.nix ]; }
#- /a.nix
{ networking.hostName = "x"; }
#- /b.nix
{ networking.hostName = "x"; }
""")
    before = fixture.workspace
    assert lanes(fixture, "/b.nix") == []
    graph = before.graph()

    same = before.with_document(Document("/configuration.nix", b"{ imports = [ ./a.nix ]; boot = 1; }", 1))
    assert same.graph() is graph

    other = same.with_document(Document("/configuration.nix", b"{ imports = [ ./b.nix ]; }", 2))
    assert lanes(Fixture(other, fixture.document, 0), "/b.nix") == ["nixos configuration.nix"]
    assert lanes(Fixture(other, fixture.document, 0), "/a.nix") == []
    closed = other.without_document("/configuration.nix")
    assert lanes(Fixture(closed, fixture.document, 0), "/a.nix") == ["nixos configuration.nix"]


def test_an_edited_lock_gives_another_pin():
    fixture = open_project(f"""
#- /flake.lock
{lock(nixpkgs="NixOS/nixpkgs@nixos-25.05")}
#- /flake.nix
{{ outputs = {{ nixpkgs, ... }}: {{ nixosConfigurations.a = nixpkgs.lib.nixosSystem {{ modules = [ ./a.nix ]; }}; }}; }}
#- /a.nix
{{ }}
""")
    assert lanes(fixture, "/a.nix") == ["nixos nixosConfigurations.a 25.05"]

    updated = fixture.workspace.with_document(
        Document("/flake.lock", lock(nixpkgs="NixOS/nixpkgs@nixos-25.11").encode(), 1)
    )

    assert lanes(Fixture(updated, fixture.document, 0), "/a.nix") == ["nixos nixosConfigurations.a 25.11"]


def test_the_setting_overrides_every_pin():
    fixture = open_project(f"""
#- /flake.lock
{LOCK}
#- /configuration.nix
{{ }}
""", settings=Settings(pin="24.11"))  # fmt: skip

    assert lanes(fixture, "/configuration.nix") == ["nixos configuration.nix 24.11"]


def test_a_broken_lock_is_a_problem_with_a_place_and_the_lanes_stay():
    fixture = open_project("""
#- /flake.lock
{
  "nodes": {,
#- /flake.nix
{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; }; }; }
#- /a.nix
{ }
""")

    (problem,) = fixture.workspace.problems()

    assert (problem.file, problem.line) == ("/flake.lock", 1)
    assert lanes(fixture, "/a.nix") == ["nixos nixosConfigurations.a"]


@pytest.mark.parametrize(
    "flake",
    ["", "{", "[" * 100_000, "{ outputs = x: x x; }", "let a = a; in a", '"\\xff', "{ outputs = { self }: self; }"],
)
def test_a_malformed_flake_has_no_hosts(flake: str):
    fixture = open_project(f"#- /flake.nix\n{flake}\n#- /configuration.nix\n{{ }}\n")

    assert [lane.host for lane in fixture.workspace.hosts()] == ["configuration.nix"]


@pytest.mark.parametrize("path", ["/elsewhere/x.nix", "untitled:Untitled-1", "x.nix", "/"])
@pytest.mark.parametrize("root", ["/", "", "/project"])
def test_a_document_outside_the_workspace_is_read_by_itself(root: str, path: str):
    workspace = Workspace(root, MemoryFiles({}), NoIndex()).with_document(
        Document(path, b"{ osConfig, ... }: { a = 1; }", 1)
    )
    document = workspace.document(path)
    assert document is not None

    assert [lane.set for lane in workspace.lanes(document)] == ["home-manager"]
    assert workspace.problems() == []


def test_a_flake_in_a_subfolder_has_its_own_pins():
    fixture = open_project(f"""
#- /flake.lock
{lock(nixpkgs="NixOS/nixpkgs@nixos-25.05")}
#- /flake.nix
{{ outputs = x: {{ }}; }}
#- /sub/flake.lock
{lock(nixpkgs="NixOS/nixpkgs@nixos-25.11")}
#- /sub/flake.nix
{{ outputs = {{ nixpkgs, ... }}: {{ nixosConfigurations.a = nixpkgs.lib.nixosSystem {{ modules = [ ./a.nix ]; }}; }}; }}
#- /sub/a.nix
{{ }}
#- /sub/deep/home.nix
{{ }}
#- /home.nix
{{ }}
""")

    assert lanes(fixture, "/sub/a.nix") == ["nixos nixosConfigurations.a 25.11"]
    assert lanes(fixture, "/sub/deep/home.nix") == ["home-manager sub/deep/home.nix 25.11"]
    assert lanes(fixture, "/home.nix") == ["home-manager home.nix 25.05"]


def test_inputs_of_inputs_are_followed_for_the_pin():
    nodes = json.loads(lock(other="me/other@main"))
    nodes["nodes"]["other"]["inputs"] = {"nixpkgs": "n"}
    nodes["nodes"]["n"] = {"original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-24.11"}}
    fixture = open_project(f"""
#- /flake.lock
{json.dumps(nodes)}
#- /flake.nix
{{
  outputs = {{ other, ... }}: {{
    nixosConfigurations.a = other.inputs.nixpkgs.lib.nixosSystem {{ modules = [ ./a.nix ]; }};
  }};
}}
#- /a.nix
{{ }}
""")

    assert lanes(fixture, "/a.nix") == ["nixos nixosConfigurations.a 24.11"]


def test_what_a_project_mentions_follows_its_files():
    fixture = project(
        """
        #- /a.nix
        { a = 1; }
        #- /b.nix
        { }
        """
    )
    workspace, pattern = fixture.workspace, re.compile(rb"\bc = 2")
    assert workspace.mentions(b"a = 1")
    assert not workspace.matches(pattern)
    edited = workspace.with_document(Document("/b.nix", b"{ c = 2; }"))
    assert edited.matches(pattern)
    assert not workspace.matches(pattern)
    assert edited.matches(pattern)
