"""The type-sentence language: what is read, listed, accepted and admitted below."""

from __future__ import annotations

from pathlib import Path

import pytest

from option_index.readers.options_json import read_options
from option_index.types import Below, below, choices, parse
from option_index.values import Opaque, Value, accepts

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared beside this clone")
def test_every_published_sentence_prints_back_the_same():
    files = [*SHARED.glob("channels/*/options.json.br"), *SHARED.glob("modules/*/*/options.json.br")]
    sentences = {option.type for file in files for option in read_options(file)}
    assert len(sentences) > 1200
    assert [sentence for sentence in sentences if str(parse(sentence)) != sentence] == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("boolean", ("true", "false")),
        ('null or one of "yes", "no"', ("null", '"yes"', '"no"')),
        ('value "x" (singular enum)', ('"x"',)),
        ('boolean or one of "auto", 1', ("true", "false", '"auto"', "1")),
        ('list of (one of "a", "b")', ()),
        ('one of "a or b", "c, d"', ('"a or b"', '"c, d"')),
        ("string", ()),
    ],
)
def test_choices_are_the_values_a_type_lists(sentence: str, expected: tuple[str, ...]):
    assert choices(parse(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("boolean", Below.NOTHING),
        ("null or package", Below.NOTHING),
        ("list of string", Below.NOTHING),
        ("function that evaluates to a(n) list of package", Below.NOTHING),
        ("submodule", Below.OPTIONS),
        ("attribute set of (submodule)", Below.OPTIONS),
        ("null or (list of (submodule))", Below.OPTIONS),
        ("attribute set of string", Below.ANYTHING),
        ("open submodule of (TOML value)", Below.ANYTHING),
        ("a phrase nobody has seen", Below.ANYTHING),
        ("DAG of string", Below.ANYTHING),
    ],
)
def test_below_says_what_may_stand_under_an_option(sentence: str, expected: Below):
    assert below(parse(sentence)) is expected


@pytest.mark.parametrize(
    ("sentence", "value", "expected"),
    [
        ("boolean", True, True),
        ("boolean", "yes", False),
        ("boolean", 1, False),
        ("boolean", Opaque(), None),
        ("boolean", Opaque("string"), False),
        ("null or string", None, True),
        ("16 bit unsigned integer; between 0 and 65535 (both inclusive)", 65535, True),
        ("16 bit unsigned integer; between 0 and 65535 (both inclusive)", 65536, False),
        ("16 bit unsigned integer; between 0 and 65535 (both inclusive)", True, False),
        ("positive integer, meaning >0", 0, False),
        ('one of "yes", "no"', "yes", True),
        ('one of "yes", "no"', "maybe", False),
        ('one of "yes", "no"', Opaque("string"), None),
        ("list of (16 bit unsigned integer; between 0 and 65535 (both inclusive))", [80, 443], True),
        ("list of string", ["a", 1], False),
        ("list of string", "a", False),
        ("(list of string) or string convertible to it", "a", None),
        ("attribute set of string", {"a": "b"}, True),
        ("attribute set of string", {"a": 1}, False),
        ("string (with check: non-empty)", "", False),
        ("string (with check: non-empty)", 1, False),
        ("string matching the pattern [a-z]+", "A", False),
        ('strings concatenated with "\\n"', 3, False),
        ("TOML value", 3, True),
    ],
)
def test_accepts_tells_fit_misfit_and_doubt(sentence: str, value: Value, expected: bool | None):
    assert accepts(parse(sentence), value) is expected
