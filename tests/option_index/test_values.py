"""Where a value does not fit its type, and what it may have been meant to be."""

from __future__ import annotations

import pytest

from option_index import words
from option_index.nearest import proposals
from option_index.types import parse
from option_index.values import Opaque, Partial, Value, accepts, misfits

PORT = "16 bit unsigned integer; between 0 and 65535 (both inclusive)"


@pytest.mark.parametrize(
    ("sentence", "value", "paths"),
    [
        (f"list of ({PORT})", [80, "81", 70000], [(1,), (2,)]),
        ("attribute set of list of string", {"a": ["x"], "b": ["x", 1]}, [("b", 1)]),
        ("null or (list of string) or boolean", [1], [(0,)]),
        ("boolean or (list of string)", "x", [()]),
        # The first alternative whose outside fits is the one that counts.
        ("(list of string) or list of signed integer", [1], [(0,)]),
        (
            "attribute set of section of an INI file (attrs of INI atom (null, bool, int, float or string))",
            {"a": {"b": []}},
            [("a", "b")],
        ),
        ("JSON value", {"a": [Opaque("function")]}, [("a", 0)]),
        ("TOML value", {"a": None}, [("a",)]),
        ("open submodule of attribute set of string", Partial("a", 1), [("a",)]),
        ("list of attribute set of string", Partial("*", Partial("a", 1)), [("*", "a")]),
        ("non-empty (list of string)", [], [()]),
        ("non-empty (list of string)", [1], [(0,)]),
        ("list of string (with check: non-empty)", [" "], [(0,)]),
        ("(list of string) or string convertible to it", 1, [()]),
        ("(list of string) or string convertible to it", [1], [(0,)]),
        ("attribute-tagged union with choices: a, b", {"c": 1}, [()]),
        ("pair of signed integer", [1], [()]),
    ],
)
def test_a_misfit_says_where_in_the_value_it_is(sentence: str, value: Value, paths: list[tuple[object, ...]]):
    assert [each.path for each in misfits(parse(sentence), value)] == paths


@pytest.mark.parametrize(
    ("sentence", "value", "expected"),
    [
        ("absolute path", "/a", True),
        ("absolute path", "a", False),
        ("absolute path", Opaque("path"), True),
        ("absolute path", Opaque("package"), True),
        ("absolute path", Opaque("string", "a"), False),
        ("absolute path", Opaque("string"), None),
        ("path", "a", None),
        ("package", Opaque("package"), True),
        ("package", Opaque("path"), None),
        ("package", Opaque("path", "/etc/x"), False),
        ("package", "hello", False),
        ("string", Opaque("path"), False),
        ("string", Opaque("package"), False),
        ("submodule", Opaque("function"), True),
        ("submodule", "/module.nix", True),
        ("submodule", [], False),
        ("attribute set of string", Opaque("package"), None),
        ("integer or floating point number between 0 and 1 (both inclusive)", 0.5, True),
        ("integer or floating point number between 0 and 1 (both inclusive)", 2, False),
        ("positive integer or floating point number, meaning >0", 0, False),
        ("string, not containing newlines or colons", "a:b", False),
        ('one of <null>, "a"', None, True),
        ('one of <null>, "a"', "b", False),
        ('one of <list>, "a"', "b", None),
        ("one of 1, 2", 1.0, True),
        ("one of 1, 2", True, False),
        ('one of "a-b", "a-c"', Opaque("string", "a-"), None),
        ('one of "a-b", "a-c"', Opaque("string", "b"), False),
        ("anything", Opaque("function"), True),
        ("a phrase nobody has seen", 1, None),
        ("function that evaluates to a(n) string", "x", False),
        ("boolean or a phrase nobody has seen", "x", None),
    ],
)
def test_accepts_knows_the_types_of_nixpkgs(sentence: str, value: Value, expected: bool | None):
    assert accepts(parse(sentence), value) is expected


@pytest.mark.parametrize(
    ("sentence", "value", "expected"),
    [
        ("boolean", "true", [("true", True)]),
        ("boolean", "Yes", [("true", True)]),
        ("boolean", 0, [("false", False)]),
        (PORT, "80", [("80", True)]),
        (PORT, "99999", []),
        ("string", 80, [('"80"', True)]),
        ("floating point number", 1, [("1.0", True)]),
        ("list of string", "a", [(None, True)]),
        ("list of string", "a b", [(None, False)]),
        ('one of "yes", "no"', True, [('"yes"', False)]),
        ('one of "enable", "disable"', "Enable", [('"enable"', True)]),
        ('one of "enable", "disable"', "enabel", [('"enable"', False)]),
        ('one of "enable", "disable"', "x", []),
        ('one of "1", "2"', 1, [('"1"', True)]),
        ("one of 1, 2", "1", [("1", True)]),
    ],
)
def test_what_was_meant_is_proposed(sentence: str, value: Value, expected: list[tuple[str | None, bool]]):
    assert [(each.literal, each.sure) for each in proposals(parse(sentence), value)] == expected


def test_types_and_values_have_words():
    assert words.expected(parse("boolean")) == "a boolean"
    assert words.expected(parse("attribute set of string")) == "an attribute set of string"
    assert words.expected(parse("one of 1, 2, 3, 4, 5, 6, 7, 8, 9")) == "one of 1, 2, 3, 4, 5, 6, … (9 in all)"
    assert words.found("80") == 'the string "80"'
    assert words.found("80", secret=True) == "a string"
    assert words.found([]) == "an empty list"
