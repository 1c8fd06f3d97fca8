"""Downloads against a server that does what the channels' does: entity tags, ranges, and the ways in which it fails."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from option_index.download import DownloadError, Limits, Outcome, download

CONTENT = bytes(range(256)) * 2000


class Channel(ThreadingHTTPServer):
    """Serves CONTENT at any path; `break_after` ends a connection early, `status` answers with an error."""

    content = CONTENT
    tag = '"one"'
    break_after: int | None = None
    status: int | None = None
    ranges: list[str | None]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/options.json.br"


class Handler(BaseHTTPRequestHandler):
    server: Channel  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        channel = self.server
        channel.ranges.append(self.headers.get("Range"))
        if channel.status:
            self.send_error(channel.status)
            return
        if self.headers.get("If-None-Match") == channel.tag:
            self.send_response(304)
            self.end_headers()
            return
        start = 0
        if (asked := self.headers.get("Range")) and self.headers.get("If-Range") == channel.tag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        body = channel.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("ETag", channel.tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: channel.break_after])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is http.server's
        pass


@pytest.fixture
def channel() -> Iterator[Channel]:
    server = Channel()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_fetched_once_and_then_only_asked_after(channel: Channel, tmp_path: Path):
    target = tmp_path / "deep" / "options.json.br"
    assert download(channel.url, target) is Outcome.FETCHED
    assert target.read_bytes() == CONTENT
    assert download(channel.url, target) is Outcome.UNCHANGED
    channel.tag, channel.content = '"two"', b"new"
    assert download(channel.url, target) is Outcome.FETCHED
    assert target.read_bytes() == b"new"


def test_a_broken_download_is_resumed(channel: Channel, tmp_path: Path):
    target = tmp_path / "options.json.br"
    channel.break_after = 100_000
    with pytest.raises(DownloadError, match="ended after 100,000 of 512,000"):
        download(channel.url, target)
    assert not target.exists()
    channel.break_after = None
    assert download(channel.url, target) is Outcome.FETCHED
    assert channel.ranges[-1] == "bytes=100000-"
    assert target.read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_begun_again(channel: Channel, tmp_path: Path):
    target = tmp_path / "options.json.br"
    channel.break_after = 100_000
    with pytest.raises(DownloadError):
        download(channel.url, target)
    channel.break_after, channel.tag, channel.content = None, '"two"', CONTENT[::-1]
    download(channel.url, target)
    assert target.read_bytes() == CONTENT[::-1]


def test_a_failed_update_leaves_the_old_file(channel: Channel, tmp_path: Path):
    target = tmp_path / "options.json.br"
    download(channel.url, target)
    channel.tag, channel.break_after = '"two"', 10
    with pytest.raises(DownloadError):
        download(channel.url, target)
    assert target.read_bytes() == CONTENT


def test_the_hash_is_checked(channel: Channel, tmp_path: Path):
    target = tmp_path / "options.json.br"
    with pytest.raises(DownloadError, match="SHA-256"):
        download(channel.url, target, sha256="0" * 64)
    assert list(tmp_path.glob("*.part")) == []
    download(channel.url, target, sha256=hashlib.sha256(CONTENT).hexdigest())
    assert target.exists()


@pytest.mark.parametrize("limits", [Limits(size=1000), Limits(total=-1)])
def test_limits_hold(channel: Channel, tmp_path: Path, limits: Limits):
    with pytest.raises(DownloadError, match=r"limit of 1,000|not done after"):
        download(channel.url, tmp_path / "x", limits=limits)
    assert not (tmp_path / "x").exists()


def test_progress_can_stop_it(channel: Channel, tmp_path: Path):
    seen: list[tuple[int, int | None]] = []

    def progress(done: int, whole: int | None) -> bool:
        seen.append((done, whole))
        return len(seen) < 2

    with pytest.raises(DownloadError, match="stopped"):
        download(channel.url, tmp_path / "x", progress=progress)
    assert seen[0][1] == len(CONTENT)


@pytest.mark.parametrize("status", [404, 500])
def test_a_refusal_names_the_answer(channel: Channel, tmp_path: Path, status: int):
    channel.status = status
    with pytest.raises(DownloadError, match=str(status)):
        download(channel.url, tmp_path / "x")


def test_other_schemes_are_refused(tmp_path: Path):
    with pytest.raises(DownloadError, match="only http"):
        download("file:///etc/passwd", tmp_path / "x")


def test_no_server_is_an_error_for_people(tmp_path: Path):
    with pytest.raises(DownloadError, match="refused"):
        download("http://127.0.0.1:9/x", tmp_path / "x")
