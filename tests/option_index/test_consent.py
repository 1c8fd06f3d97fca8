"""The user's answers: kept whole, shared by all servers of a machine, asked for once."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest

from option_index.consent import AGAIN, EVALUATE, FETCH, Answers, state_folder

NOW = 1_795_276_800.0


def test_an_answer_is_kept_until_it_is_taken_back(tmp_path: Path):
    Answers(tmp_path / "new").keep(FETCH, allowed=True)
    answers = Answers(tmp_path / "new")
    assert (answers.allowed(FETCH), answers.allowed(EVALUATE)) == (True, None)
    answers.keep(EVALUATE, allowed=False)
    answers.keep(FETCH, allowed=None)
    assert (answers.allowed(FETCH), answers.allowed(EVALUATE)) == (None, False)
    assert not list(tmp_path.glob("new/*.tmp"))


@pytest.mark.parametrize("text", ["", "[]", '{"fetch": true}', '{"fetch": {"allowed": "yes"}}', "[" * 100_000])
def test_what_is_no_file_of_answers_holds_none(tmp_path: Path, text: str):
    (tmp_path / "consent.json").write_text(text)
    assert Answers(tmp_path).allowed(FETCH) is None
    assert Answers(tmp_path).claim(FETCH, NOW)


def test_a_question_is_put_once_a_day_and_never_again_once_answered(tmp_path: Path):
    one, other = Answers(tmp_path), Answers(tmp_path)
    assert one.claim(FETCH, NOW)
    assert not other.claim(FETCH, NOW + AGAIN - 1)
    assert other.claim(EVALUATE, NOW)
    assert one.claim(FETCH, NOW + AGAIN)
    one.keep(FETCH, allowed=False)
    assert not other.claim(FETCH, NOW + 10 * AGAIN)


def claims(folder: Path) -> bool:
    return Answers(folder).claim(FETCH, NOW)


def test_of_many_servers_one_may_ask(tmp_path: Path):
    with get_context("spawn").Pool(3) as pool:
        assert sum(pool.map(claims, [tmp_path] * 6)) == 1


def test_where_nothing_can_be_kept_nothing_is_asked(tmp_path: Path):
    (tmp_path / "file").write_text("")
    answers = Answers(tmp_path / "file" / "below")
    assert not answers.claim(FETCH, NOW)
    with pytest.raises(OSError, match="file"):
        answers.keep(FETCH, allowed=True)


def test_the_folder_follows_the_system():
    home = {"HOME": "/home/me"}
    assert state_folder({**home, "XDG_STATE_HOME": "/state"}, "linux") == Path("/state/nix-lsp")
    assert state_folder({**home, "XDG_STATE_HOME": "state"}, "linux") == Path("/home/me/.local/state/nix-lsp")
    assert state_folder(home, "darwin") == Path("/home/me/Library/Application Support/nix-lsp")
    assert state_folder({**home, "LOCALAPPDATA": "/local"}, "win32") == Path("/local/nix-lsp")
