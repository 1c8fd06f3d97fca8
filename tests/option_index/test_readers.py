"""The published formats: what is read, and what damaged files say."""

from __future__ import annotations

import json
from pathlib import Path

import brotli  # pyright: ignore[reportMissingTypeStubs]
import pytest

from option_index.readers.members import members
from option_index.readers.options_json import read_options
from option_index.readers.packages_json import read_packages
from option_index.readers.text import FormatError, read_text
from option_index.records import Declaration, Package

OPTION = {
    "loc": ["users", "users", "<name>", "home"],
    "type": "path",
    "default": {"_type": "literalExpression", "text": '"/var/empty"'},
    "description": {"_type": "mdDoc", "text": "The home."},
    "declarations": ["nixos/modules/config/users-groups.nix"],
    "readOnly": False,
}


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    data = text.encode()
    file.write_bytes(brotli.compress(data) if name.endswith(".br") else data)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return file


@pytest.mark.parametrize("name", ["options.json", "options.json.br"])
def test_an_option_is_read_with_all_its_facts(tmp_path: Path, name: str):
    [option] = read_options(written(tmp_path, name, json.dumps({"users.users.<name>.home": OPTION})))
    assert option.path == ("users", "users", "<name>", "home")
    assert (option.type, option.default, option.description) == ("path", '"/var/empty"', "The home.")
    assert option.declarations == (Declaration("nixos/modules/config/users-groups.nix"),)


def test_home_manager_gives_declarations_with_links(tmp_path: Path):
    option = OPTION | {"declarations": [{"name": "<home-manager/modules/x.nix>", "url": "https://example.org/x.nix"}]}
    [read] = read_options(written(tmp_path, "options.json", json.dumps({"x": option})))
    assert read.declarations == (Declaration("<home-manager/modules/x.nix>", "https://example.org/x.nix"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'{' expected at character 0, found the end"),
        ("[]", "'{' expected"),
        ("{}", "holds no options"),
        ('{"a": {"loc": ["a"]}}', "'a' is no option"),
        ('{"a": 3}', "'a' is no option"),
        ('{"a": {"loc": ["a"], "type": "x"}', "',' expected"),
        ('{"a": {"loc": ["a"], "typ', "not JSON"),
        ('{"a": ' + "[" * 100_000, "not JSON"),
    ],
)
def test_a_damaged_options_file_says_what_is_wrong(tmp_path: Path, text: str, message: str):
    with pytest.raises(FormatError, match=message):
        list(read_options(written(tmp_path, "options.json", text)))


def test_truncated_brotli_is_told_from_damaged(tmp_path: Path):
    whole = written(tmp_path, "options.json.br", json.dumps({f"a{n}": OPTION for n in range(500)})).read_bytes()
    truncated = tmp_path / "truncated.br"
    truncated.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError, match="truncated"):
        list(read_options(truncated))
    damaged = tmp_path / "damaged.br"
    damaged.write_bytes(b"no brotli at all, however long this text may be" * 3)
    with pytest.raises(FormatError, match=r"damaged|truncated"):
        list(read_options(damaged))


def test_a_decompression_bomb_is_stopped(tmp_path: Path):
    bomb = written(tmp_path, "bomb.br", " " * 10_000_000)
    assert bomb.stat().st_size < 1000
    with pytest.raises(FormatError, match="larger than"):
        read_text(bomb, limit=1_000_000)


def test_text_that_is_not_utf8_is_refused_with_its_place(tmp_path: Path):
    (tmp_path / "x.json").write_bytes(b'{"\xff"')
    with pytest.raises(FormatError, match="not UTF-8 at byte 2"):
        read_text(tmp_path / "x.json")


def test_packages_are_read_with_version_and_licence(tmp_path: Path):
    data = {
        "version": 2,
        "packages": {
            "steam": {"pname": "steam", "version": "1.0", "meta": {"unfree": True, "mainProgram": "steam"}},
            "x": {},
        },
    }
    steam, bare = read_packages(written(tmp_path, "packages.json", json.dumps(data)))
    assert steam == Package("steam", "1.0", None, unfree=True, main_program="steam")
    assert bare == Package("x")


def test_packages_without_the_member_are_refused(tmp_path: Path):
    with pytest.raises(FormatError, match="no member `packages`"):
        list(read_packages(written(tmp_path, "packages.json", '{"version": 2}')))


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_an_object_is_walked_in_whatever_pieces_it_comes(length: int):
    text = ' {"version": 2, "packages" : { "a" : {"n": [1, 2.5e3, "\\u00e9}"]} , "b":12, "c": true }}'
    parts = [text[start : start + length] for start in range(0, len(text), length)]
    assert list(members(parts, "x", "packages")) == [("a", {"n": [1, 2500.0, "é}"]}), ("b", 12), ("c", True)]


@pytest.mark.parametrize(
    "text", ["", "[", "{", '{"a"', '{"a":', '{"a": 1', '{"a": 1,', '{"a": 1 "b"', "{1: 2}", '{"a": tru}']
)
def test_an_object_that_is_no_object_is_refused(text: str):
    with pytest.raises(FormatError):
        list(members(iter(text), "x"))
