"""Files on disk: what is read, what is left out, and how a change is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nix_lsp.analysis import files as module
from nix_lsp.analysis.files import DiskFiles, MemoryFiles, find_root, walk


def write(path: Path, text: str | bytes = "{ }") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def test_a_document_stays_the_same_object_until_the_file_changes(tmp_path: Path):
    path = write(tmp_path / "a.nix", "1")
    files = DiskFiles(str(tmp_path))
    first = files.document(path)
    write(tmp_path / "a.nix", "22")

    assert files.document(path) is first
    assert files.changed() == {path}
    again = files.document(path)
    assert again is not None
    assert again.source == b"22"
    assert files.changed() == frozenset()


def test_a_file_that_comes_or_goes_is_noticed(tmp_path: Path):
    path = write(tmp_path / "sub" / "a.nix")
    files = DiskFiles(str(tmp_path))
    other = str(tmp_path / "sub" / "b.nix")
    assert files.document(path) is not None
    assert files.document(other) is None
    assert list(files.names(str(tmp_path / "sub"))) == ["a.nix"]

    os.utime(tmp_path / "sub", ns=(1, 1))
    (tmp_path / "sub" / "a.nix").rename(other)

    assert files.changed() >= {path, other}
    assert files.document(path) is None
    assert files.document(other) is not None


@pytest.mark.parametrize("content", [b"\0binary", b"x" * 200])
def test_binary_and_very_large_files_are_no_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes):
    monkeypatch.setattr(module, "LARGEST", 100)

    assert DiskFiles(str(tmp_path)).document(write(tmp_path / "a.nix", content)) is None


def test_broken_utf_8_is_a_document(tmp_path: Path):
    assert DiskFiles(str(tmp_path)).document(write(tmp_path / "a.nix", b'"\xff"')) is not None


def test_nothing_outside_the_root_is_read_even_through_links(tmp_path: Path):
    secret = write(tmp_path / "outside" / "secret.nix")
    root = tmp_path / "root"
    write(root / "a.nix")
    (root / "link.nix").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path / "outside")
    files = DiskFiles(str(root))

    for path in (
        secret,
        str(root / "link.nix"),
        str(root / "folder" / "secret.nix"),
        str(root / ".." / "outside" / "secret.nix"),
    ):
        assert files.document(path) is None, path
    assert files.kind(secret) is None
    assert files.names(str(tmp_path / "outside")) == {}


def test_a_walk_ends_in_spite_of_links_in_circles_and_leaves_out_what_is_built(tmp_path: Path):
    write(tmp_path / "a.nix")
    write(tmp_path / "sub" / "b.nix")
    write(tmp_path / ".git" / "c.nix")
    write(tmp_path / "result" / "d.nix")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")

    found = [Path(path).name for path in walk(DiskFiles(str(tmp_path)), str(tmp_path))]

    assert found == ["a.nix", "b.nix"]


def test_folders_devices_and_odd_names_are_no_documents(tmp_path: Path):
    files = DiskFiles(str(tmp_path))
    os.mkfifo(tmp_path / "pipe.nix")

    for path in (str(tmp_path), str(tmp_path / "pipe.nix"), str(tmp_path / "a\0b"), "", "relative.nix"):
        assert files.document(path) is None, path


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/r/flake/hosts/a/b.nix", "/r/flake"),
        ("/r/flake/hosts", "/r/flake"),
        ("/r/pins/a.nix", "/r/pins"),
        ("/r/plain/deep/a.nix", "/r"),
        ("/other/x/a.nix", "/other/x"),
    ],
)
def test_the_root_is_the_nearest_flake_or_pins_then_the_repository_then_the_own_folder(path: str, root: str):
    files = MemoryFiles(
        {
            "/r/.git/HEAD": "",
            "/r/flake/flake.nix": "",
            "/r/flake/hosts/a/b.nix": "",
            "/r/pins/npins/sources.json": "",
            "/r/pins/a.nix": "",
            "/r/plain/deep/a.nix": "",
            "/other/x/a.nix": "",
        }
    )

    assert find_root(files, path) == root


def test_a_save_by_renaming_changes_the_file_and_not_its_folder(tmp_path: Path):
    path = write(tmp_path / "a.nix")
    files = DiskFiles(str(tmp_path))
    assert list(walk(files, str(tmp_path))) == [path]
    assert files.document(path)

    write(tmp_path / ".a.nix.swp")
    (tmp_path / "new").write_text("{ saved = true; }")
    (tmp_path / "new").rename(path)
    os.utime(tmp_path, ns=(1, 1))
    assert files.changed() == {path}

    added = write(tmp_path / "b.nix")
    os.utime(tmp_path, ns=(2, 2))
    assert files.changed() == {str(tmp_path)}
    assert files.kind(added) == "file"
    assert files.kind(str(tmp_path / "c.nix")) is None
