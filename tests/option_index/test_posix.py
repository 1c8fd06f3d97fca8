"""POSIX extended regular expressions, as `builtins.match` takes them."""

from __future__ import annotations

import pytest

from option_index.posix import matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("[a-z]+", "abc", True),
        ("[a-z]+", "abc1", False),
        ("a|bc", "bc", True),
        ("^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$", "", True),
        ("^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$", "a-b", True),
        ("^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$", "a-", False),
        ("[0-7]{1,5}", "0644", True),
        ("[0-7]{1,5}", "100644", False),
        ("[0-7]{2}", "1", False),
        ("[0-7]{2,}", "1234", True),
        (".*@.*", "a\n@", True),
        ("[^/{}]+", "a/b", False),
        ("[]a]+", "]a", True),
        ("[a\\-]+", "\\", True),
        ("a\\.b", "axb", False),
        ("x$y", "xy", False),
        ("(a*)*", "aaa", True),
    ],
)
def test_a_string_matches_as_a_whole(pattern: str, text: str, expected: bool):
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern", ["(a", "a)", "a**", "a+?", "(?:a)", "\\d", "(a)\\1", "[[.a.]]", "[z-a]", "a{,2}", "", "ä"]
)
def test_what_engines_read_differently_is_not_judged(pattern: str):
    assert matches(pattern, "a") is None


def test_strings_beyond_ascii_are_not_judged():
    assert matches(".", "ä") is None


def test_time_goes_by_the_length_of_the_string():
    assert matches("(a*)*(a*)*(a*)*b", "a" * 900) is False
    assert matches("((a{1,99}){1,99}){1,99}", "a") is None
    assert matches("(" * 500 + "a" + ")" * 500, "a") is None
