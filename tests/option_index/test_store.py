"""An exact index: what is written is what is answered, and the embedded facts say what became of what it does not have."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest

from option_index.build import build_options, build_packages
from option_index.fact_packages import FactPackages
from option_index.facts import FactOptions
from option_index.facts_file import FactsFile
from option_index.readers.options_json import read_options
from option_index.readers.packages_json import read_packages
from option_index.readers.text import FormatError
from option_index.records import Declaration, Option, Package, Standing
from option_index.search import path_of
from option_index.store import StoredOptions, StoredPackages
from option_index.store_file import PACKAGES, DamagedError, IndexFile, Origin, UnwritableError
from option_index.timeline import Point

Stored = Callable[..., StoredOptions]
REVISION = "0123456789abcdef0123456789abcdef01234567"
COMPLAINTS = (Standing.UNKNOWN, Standing.NOT_YET)
CHANNELS = Path(__file__).parents[3] / "shared" / "channels"


def option(path: str, type_: str = "boolean", **fields: object) -> Option:
    return Option(tuple(path.split(".")), type_, **fields)  # pyright: ignore[reportArgumentType]


NGINX = option(
    "services.nginx.enable",
    default="false",
    example="true",
    description="Whether to run it.",
    declarations=(Declaration("nixos/modules/nginx.nix"),),
)
OPTIONS = (
    option("services.nginx.virtualHosts", "attribute set of (submodule)"),
    option("services.nginx.virtualHosts.<name>.root", "null or path"),
    option("environment.etc", "attribute set of anything"),
    NGINX,
    option("services.desktopManager.gnome.enable"),
    option("system.build", "attribute set", internal=True, read_only=True),
)


@pytest.fixture
def stored(tmp_path: Path) -> Generator[Stored]:
    """`stored(options, release)`: those options as an index of NixOS at a release."""
    facts = FactsFile()

    def build(options: Sequence[Option] = OPTIONS, release: str = "25.05", kind: str = "nixos") -> StoredOptions:
        target = tmp_path / f"{kind}.sqlite"
        build_options(options, target, Origin(kind, REVISION, "a test"))
        return StoredOptions(IndexFile(target), facts, Point(release=release, revision=REVISION))

    yield build
    facts.close()


def standing(options: StoredOptions, path: str) -> str:
    return options.resolve(path.split(".")).standing.value


def test_an_option_comes_back_as_it_was_written(stored: Stored):
    found = stored().option(("services", "nginx", "enable"))
    link = f"https://github.com/NixOS/nixpkgs/blob/{REVISION}/nixos/modules/nginx.nix"
    assert found == option(
        "services.nginx.enable",
        default="false",
        example="true",
        description="Whether to run it.",
        declarations=(Declaration("nixos/modules/nginx.nix", link),),
    )._replace(types=("boolean",))
    internal = stored().option(("system", "build"))
    assert internal
    assert (internal.internal, internal.read_only) == (True, True)


def test_links_of_the_source_are_kept_and_angle_brackets_go(stored: Stored):
    published = Declaration("<home-manager/modules/programs/git.nix>", "https://example.org/git.nix")
    options = stored([option("programs.git.enable", declarations=(published,))], kind="home-manager")
    found = options.option(("programs", "git", "enable"))
    assert found
    assert found.declarations == (Declaration("modules/programs/git.nix", "https://example.org/git.nix"),)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("services.nginx.enable", "option"),
        ("services.nginx", "namespace"),
        ("services.nginx.virtualHosts.example.root", "option"),
        ("services.nginx.virtualHosts.example.roots", "unknown"),
        ("environment.etc.passwd.text", "inside"),
        ("services.nginx.enabel", "unknown"),
        ("nowhere.at.all", "unknown"),
    ],
)
def test_a_path_is_judged_by_the_list(stored: Stored, path: str, expected: str):
    assert standing(stored(), path) == expected


def test_what_lies_below_a_path_is_complete_and_in_order(stored: Stored):
    options = stored()
    assert [(child.name, child.has_children, child.certain) for child in options.children(("services",))] == [
        ("desktopManager", True, True),
        ("nginx", True, True),
    ]
    assert [child.name for child in options.children(("services", "nginx", "virtualHosts", "x"))] == ["root"]
    assert [found.path[-1] for found in options.below(("services",), "ngi.ena", 5)] == ["enable"]
    assert [found.path[-1] for found in options.search("nginx root", 5)] == ["root"]
    assert options.suggest(("services", "nginx", "enabel")) == [("services", "nginx", "enable")]


def test_the_order_of_the_source_does_not_matter(stored: Stored):
    assert stored(OPTIONS).children(("services", "nginx")) == stored(OPTIONS[::-1]).children(("services", "nginx"))


def test_of_two_options_with_one_path_the_first_counts(stored: Stored):
    options = stored([option("a.b", "string"), option("a.b", "boolean")])
    found = options.option(("a", "b"))
    assert found
    assert found.type == "string"


def test_the_label_names_the_revision(stored: Stored):
    assert stored().label == "NixOS 25.05 (revision 012345678)"


def test_a_list_settles_on_which_side_of_a_rename_the_revision_lies(stored: Stored):
    old = "services.xserver.desktopManager.gnome.enable"
    # The embedded facts cannot tell for 25.05: the rename lies between two snapshots.
    moved = stored().resolve(old.split("."))
    assert (moved.standing.value, moved.move and moved.move.target) == (
        "renamed",
        ("services", "desktopManager", "gnome", "enable"),
    )
    before = stored([option(old)])
    assert standing(before, old) == "option"


def test_a_rename_to_what_the_revision_does_not_have_is_not_told(stored: Stored):
    assert standing(stored([NGINX]), "services.xserver.desktopManager.gnome.enable") == "unsure"


def test_what_comes_later_is_not_yet_there(stored: Stored):
    later = stored().resolve(("services", "resolved", "settings", "Resolve"))
    assert later.standing.value in {"not-yet", "unsure"}
    assert (
        standing(stored(), "hardware.graphics.enable") == "unsure"
    )  # the facts have it on both sides, this list has not


GATES = "services.kubernetes.kubelet.featureGates"


@pytest.mark.parametrize(
    ("path", "type_", "release", "former"),
    [
        (GATES, "attribute set of boolean", "25.11", ["list of string"]),
        (GATES, "list of string", "24.05", []),
        (GATES, "attribute set of anything", "25.11", []),
        ("services.mine.featureGates", "attribute set of boolean", "25.11", []),
    ],
)
def test_what_type_an_option_had_the_facts_know_where_they_have_its_type(
    stored: Stored, path: str, type_: str, release: str, former: list[str]
):
    found = stored([option(path, type_)], release).option(path.split("."))
    assert found
    assert [each.type for each in found.former] == former


def test_another_module_set_needs_no_facts(stored: Stored):
    options = stored([option("disko.devices", "attribute set of anything")], kind="disko")
    assert standing(options, "disko.devices.disk") == "inside"
    assert standing(options, "disko.device") == "unknown"
    assert options.label == "disko 25.05 (revision 012345678)"


def test_packages_come_back_with_their_descriptions(tmp_path: Path):
    packages = [
        Package("python313Packages.requests", "2.32", "HTTP for people"),
        Package("ripgrep", "15.1", "A fast grep", main_program="rg"),
        Package("hello", "2.12", "Greets", unfree=True, main_program="hello"),
    ]
    build_packages(packages, tmp_path / "p.sqlite", Origin(PACKAGES, REVISION, "a test"))
    point = Point(release="25.11", revision=REVISION)
    stored = StoredPackages(IndexFile(tmp_path / "p.sqlite"), FactPackages(FactsFile(), point), point)
    assert [stored.package(package.attr) for package in packages] == packages
    assert [found.attr for found in stored.children("")] == ["hello", "ripgrep"]
    assert stored.sets("") == ["python313Packages"]
    assert [found.attr for found in stored.starting("", "rip", 5)] == ["ripgrep"]
    assert stored.package("nothing") is None
    assert stored.label == "nixpkgs 25.11 (revision 012345678)"


@pytest.mark.parametrize("damage", ["cut short", "a byte changed", "emptied", "no database", "its seal changed"])
def test_a_damaged_index_is_not_opened(tmp_path: Path, damage: str):
    target = tmp_path / "x.sqlite"
    build_options(OPTIONS, target, Origin("nixos", REVISION, "a test"))
    data = bytearray(target.read_bytes())
    match damage:
        case "cut short":
            data = data[: len(data) // 2]
        case "a byte changed":
            data[len(data) // 2] ^= 1
        case "emptied":
            data.clear()
        case "no database":
            data[:] = b"x" * len(data)
        case _:
            data[60] ^= 1
    target.write_bytes(data)
    with pytest.raises(DamagedError):
        IndexFile(target)


def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path):
    source = tmp_path / "options.json"
    text = json.dumps({"a.b": {"loc": ["a", "b"], "type": "string"}, "c.d": {"loc": ["c", "d"], "type": "string"}})
    source.write_text(text[:-20])
    folder = tmp_path / "cache"
    folder.mkdir()
    with pytest.raises(FormatError):
        build_options(read_options(source), folder / "x.sqlite", Origin("nixos", REVISION, "a test"))
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_leaves_the_old_index(tmp_path: Path):
    target = tmp_path / "x.sqlite"
    build_options(OPTIONS, target, Origin("nixos", REVISION, "a test"))
    before = target.read_bytes()
    # No file may grow beyond 64 KiB: to SQLite that is what a full disk is.
    code = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
from pathlib import Path
from option_index.build import build_options
from option_index.records import Option
from option_index.store_file import Origin, UnwritableError
options = (Option(("a", str(n)), "string", description="x" * 100) for n in range(10000))
try:
    build_options(options, Path({str(target)!r}), Origin("nixos", {REVISION!r}, "a test"))
except UnwritableError as error:
    print("unwritable:", error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("unwritable: ")
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.sqlite"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(UnwritableError):
        build_options(OPTIONS, tmp_path / "gone" / "x.sqlite", Origin("nixos", REVISION, "a test"))


@pytest.mark.skipif(not CHANNELS.exists(), reason="the channels' own files are not beside the repository")
def test_a_whole_channel_is_answered_as_its_lists_have_it(tmp_path: Path):
    folder = CHANNELS / "nixos-26.05pre"
    seen: list[int] = []
    count = build_options(
        read_options(folder / "options.json.br"),
        tmp_path / "o.sqlite",
        Origin("nixos", REVISION, "a test"),
        seen.append,
    )
    point = Point(snapshot="26.05pre", revision=REVISION)
    options = StoredOptions(IndexFile(tmp_path / "o.sqlite"), FactsFile(), point)
    for listed in list(read_options(folder / "options.json.br"))[::10]:
        found = options.option(listed.path)
        if not any(name.startswith("<imports") for name in listed.path):
            assert found
            assert (found.path, found.type, found.description) == (listed.path, listed.type, listed.description)
    assert count > 20000
    assert seen == sorted(seen)
    facts = FactsFile()
    nixos = facts.module_set("nixos")
    assert nixos
    known = FactOptions(facts, nixos, point)
    for node in facts.nodes("id > ? AND id <= ? AND id % 10 = 0", nixos.root.id, nixos.root.tail):
        path = path_of(facts, node)
        for asked in (path, (*path[:-1], f"{path[-1]}x")):
            assert (options.resolve(asked).standing in COMPLAINTS) == (known.resolve(asked).standing in COMPLAINTS)
    packages = read_packages(folder / "packages.json.br")
    assert build_packages(packages, tmp_path / "p.sqlite", Origin(PACKAGES, REVISION, "a test")) > 70_000
