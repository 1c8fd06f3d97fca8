import pytest

from nix_lsp.syntax.document import Document
from nix_lsp.syntax.layout import attrpath_text, indent_unit, quote_attr, quoted
from nix_lsp.syntax.strings import read_string


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("enable", "enable"),
        ("x86_64-linux", "x86_64-linux"),
        ("a'", "a'"),
        ("a.b", '"a.b"'),
        ("9p", '"9p"'),
        ("", '""'),
        ("with", '"with"'),
        ("or", '"or"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("${x}", '"\\${x}"'),
        ("$x", '"$x"'),
        ("back\\slash\n", '"back\\\\slash\\n"'),
    ],
)
def test_names_are_quoted_where_they_must_be(name: str, written: str):
    assert quote_attr(name) == written


@pytest.mark.parametrize("text", ["", "plain", 'a"b', "\\", "${x}", "$${x}", "$", "line\nend\r\ttab", "é😀"])
def test_a_quoted_text_reads_back(text: str):
    content = read_string(Document("/t.nix", quoted(text).encode()).root.named_children[0])
    assert content is not None
    assert content.static == text


def test_a_path_is_written_with_dots():
    assert attrpath_text(("networking", "interfaces", "eth0.1", "useDHCP")) == 'networking.interfaces."eth0.1".useDHCP'


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("{\n  a = {\n    b = 1;\n  };\n}\n", "  "),
        ("{\n    a = {\n        b = 1;\n    };\n}\n", "    "),
        ("{\n\ta = {\n\t\tb = 1;\n\t};\n}\n", "\t"),
        ("{ a = 1; }", "  "),
        ("{\r\n   a = 1;\r\n}\r\n", "   "),
        ("", "  "),
    ],
)
def test_indent_unit_is_what_lines_are_moved_in_by(text: str, unit: str):
    assert indent_unit(Document("/t.nix", text.encode())) == unit
