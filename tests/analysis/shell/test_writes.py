"""What a script writes into files."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.parse import parse_script
from nix_lsp.analysis.shell.word import Antiquotation, Hole, Text
from nix_lsp.analysis.shell.writes import Write, read_write
from nix_lsp.syntax.span import Span


def writes(script: str, holes: tuple[Hole, ...] = ()) -> list[Write]:
    parsed = parse_script(script.encode(), holes)
    assert parsed
    return [found for command in parsed.commands if (found := read_write(command))]


@pytest.mark.parametrize(
    ("script", "path", "text", "is_append"),
    [
        ("echo a b > /f", "/f", "a b", False),
        ("echo -n 'a  b' >> /f 2>/dev/null", "/f", "a  b", True),
        ("echo 1 2>/dev/null >/f", "/f", "1", False),
        ("printf '%s\\n' a b > /f", "/f", "a\nb", False),
        ("printf 'a b\\n' > /f", "/f", "a b", False),
        ("echo x | tee /f", "/f", "x", False),
        ("echo x | sudo tee -a /f >/dev/null", "/f", "x", True),
        ("cat > /f <<EOF\na\nb c\nEOF\n", "/f", "a\nb c", False),
        ("cat <<'EOF' >> /f\n$a\nEOF\n", "/f", "$a", True),
        ("tee /f >/dev/null <<-EOF\n\ta\n\t\tb\n\tEOF\n", "/f", "a\nb", False),
        ("/run/current-system/sw/bin/echo 1 > /f || true", "/f", "1", False),
    ],
)
def test_text_goes_into_a_file(script: str, path: str, text: str, is_append: bool):
    (found,) = writes(script)
    assert (found.path.value, found.value, found.is_append) == (path, text, is_append)


@pytest.mark.parametrize(
    "script",
    [
        "echo a",
        "echo $a > /f",
        "echo -e 'a\\tb' > /f",
        "printf '%d' 3 > /f",
        "printf 'a\\tb' > /f",
        "echo a > /f > /g",
        "echo a | tee /f /g",
        "echo a | tee /f > /g",
        "echo a | sort > /f",
        "echo a | b | tee /f",
        "cat /a > /f",
        "cat > /f",
        "cat <<EOF > /f\n$x\nEOF\n",
        "cat <<EOF | tee /f\nx\nEOF\n",
        "echo a < /f",
        "date > /f",
        "echo a > /f | tee /g",
    ],
)
def test_other_commands_write_nothing_known(script: str):
    assert writes(script) == []


def test_values_of_nix_are_part_of_the_text():
    script = "cat > /f <<EOF\na XXX b\nEOF\n"
    at = script.index("XXX")
    (found,) = writes(script, (Hole(Span(at, at + 3), "x.y"),))
    assert found.text == (Text("a "), Antiquotation("x.y"), Text(" b"))


def test_a_pipeline_of_two_leaves_the_script_whole():
    script = parse_script(b"x\necho a | tee /f >/dev/null\ny\n")
    assert script
    assert not script.opaque
    assert [script.content[cut.start : cut.end] for cut in script.cuts([script.commands[1]])] == [
        b"echo a | tee /f >/dev/null\n"
    ]


@pytest.mark.parametrize(
    ("script", "ends_line"),
    [
        ("echo a > /f", True),
        ("echo -n a > /f", False),
        ("printf '%s' a > /f", False),
        ("printf 'a\\n' > /f", True),
        ("printf a | tee /f", False),
        ("cat > /f <<EOF\na\nEOF\n", True),
        ("cat > /f <<EOF\nEOF\n", False),
    ],
)
def test_the_last_line_may_have_an_end(script: str, ends_line: bool):
    (found,) = writes(script)
    assert found.ends_line is ends_line
