import pytest

from nix_lsp.analysis.static import is_known, value_of
from nix_lsp.syntax.document import Document
from option_index.types import parse
from option_index.values import Opaque, Value, accepts


def value(expression: str) -> Value:
    return value_of(Document("/t.nix", expression.encode()).root.named_children[0])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true", True),
        ("null", None),
        ("(80)", 80),
        ("-1", -1),
        ("!true", False),
        ("1.5", 1.5),
        ('"a\\nb"', "a\nb"),
        ("''\n  a\n''", "a\n"),
        ("https://nixos.org", "https://nixos.org"),
        ('[ 1 "a" (-2) ]', [1, "a", -2]),
        ('{ a.b = 1; a.c = true; "x y" = null; }', {"a": {"b": 1, "c": True}, "x y": None}),
        ("{ a = { b = 1; }; a.c = 2; }", {"a": {"b": 1, "c": 2}}),
        ("{ }", {}),
    ],
)
def test_literals_have_values(expression: str, expected: Value):
    assert value(expression) == expected
    assert is_known(value(expression))


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ('"a ${b}"', "string"),
        ("toString 1", "string"),
        ("lib.concatStringsSep x y", "string"),
        ("./a.nix", "path"),
        ("<nixpkgs>", "path"),
        ("x: x", "function"),
        ("rec { a = 1; }", "set"),
        ("{ inherit a; }", "set"),
        ("{ ${a} = 1; }", "set"),
        ("{ a = 1; a = 2; }", "set"),
        ("a", None),
        ("f 1", None),
        ("1 + 1", None),
        ("lib.mkIf c 1", None),
        ("[ 1 2", None),
        ("123456789012345678901234567890", None),
    ],
)
def test_what_evaluation_knows_is_opaque(expression: str, kind: str | None):
    assert value(expression) == Opaque(kind)
    assert not is_known(value(expression))


def test_parts_may_be_opaque():
    assert value("{ a = [ 1 x ]; }") == {"a": [1, Opaque()]}
    assert not is_known(value("[ { a = x; } ]"))


def test_deep_nesting_ends_as_unknown():
    assert not is_known(value("[" * 5_000 + "]" * 5_000))


def test_a_type_judges_the_value():
    assert accepts(parse("boolean"), value('"yes"')) is False
    assert accepts(parse("list of string"), value('[ "a" "${b}" ]')) is None
