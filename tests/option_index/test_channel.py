"""Fetching a channel's lists, from a server on this machine."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from option_index.channel import branch_of_channel, channel_of, fetch
from option_index.download import DownloadError
from option_index.timeline import Point
from tests.option_index.channel_server import ChannelServer, serving

ONE, TWO = "1" * 40, "2" * 40


@pytest.fixture
def server(tmp_path: Path) -> Generator[ChannelServer]:
    for channel in ("nixos-25.11", "nixpkgs-unstable"):
        folder = tmp_path / "server" / channel
        folder.mkdir(parents=True)
        (folder / "git-revision").write_text(f"{ONE}\n")
        (folder / "packages.json.br").write_bytes(b"packages")
    (tmp_path / "server" / "nixos-25.11" / "options.json.br").write_bytes(b"options")
    with serving(tmp_path / "server") as server:
        yield server


def test_the_lists_arrive_with_their_revision(server: ChannelServer, tmp_path: Path):
    fetched = fetch("nixos-25.11", tmp_path / "c", server=server.url)
    assert fetched.revision == ONE
    assert fetched.options
    assert fetched.options.read_bytes() == b"options"
    assert fetched.packages.read_bytes() == b"packages"


def test_what_has_not_changed_is_not_sent_again(server: ChannelServer, tmp_path: Path):
    fetch("nixos-25.11", tmp_path / "c", server=server.url)
    server.sent.clear()
    fetch("nixos-25.11", tmp_path / "c", server=server.url)
    assert server.sent == []


def test_a_channel_of_packages_has_no_options(server: ChannelServer, tmp_path: Path):
    assert fetch("nixpkgs-unstable", tmp_path / "c", server=server.url).options is None


def test_lists_of_two_revisions_are_never_taken_for_one(server: ChannelServer, tmp_path: Path):
    server.revisions = [ONE, TWO, TWO]
    assert fetch("nixos-25.11", tmp_path / "c", server=server.url).revision == TWO
    server.revisions = [ONE, TWO, ONE, TWO]
    with pytest.raises(DownloadError, match="moved on"):
        fetch("nixos-25.11", tmp_path / "c", server=server.url)


def test_an_answer_that_is_no_revision_is_refused(server: ChannelServer, tmp_path: Path):
    server.revisions = ["<html>"]
    with pytest.raises(DownloadError, match="no revision"):
        fetch("nixos-25.11", tmp_path / "c", server=server.url)


def test_a_channel_that_is_not_there_is_told(server: ChannelServer, tmp_path: Path):
    with pytest.raises(DownloadError, match="404"):
        fetch("nixos-19.03", tmp_path / "c", server=server.url)


@pytest.mark.parametrize("name", ["", "25.11", "nixos-25.11/../x", "nixos-..", "../nixos-25.11", "nixos-25.11?x"])
def test_what_is_no_name_of_a_channel_is_not_asked_for(name: str, tmp_path: Path):
    with pytest.raises(ValueError, match="no channel"):
        fetch(name, tmp_path / "c", server="http://127.0.0.1:1")


def test_progress_can_stop_it(server: ChannelServer, tmp_path: Path):
    seen: list[tuple[str, int, int | None]] = []

    def progress(name: str, done: int, whole: int | None) -> bool:
        seen.append((name, done, whole))
        return False

    with pytest.raises(DownloadError, match="stopped"):
        fetch("nixos-25.11", tmp_path / "c", server=server.url, progress=progress)
    assert seen == [("options.json.br", 7, 7)]


@pytest.mark.parametrize(("point", "channel"), [(Point(release="25.11"), "nixos-25.11"), (Point(), "nixos-unstable")])
def test_a_pin_has_a_channel(point: Point, channel: str):
    assert channel_of(point) == channel
    assert branch_of_channel(channel) == (point.release or "unstable")
