"""Values that their options cannot take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.markdown import SET_NAMES, shown_path
from nix_lsp.ide.model import FileEdit, Fix, Severity, TextEdit, Tier
from nix_lsp.ide.rules.judgement import pinned
from nix_lsp.ide.rules.rule import Rule
from nix_lsp.syntax.ast import span, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.ide.model import Diagnostic
    from nix_lsp.ide.rules.fitting import Wrong
    from nix_lsp.ide.rules.judgement import Bench
    from nix_lsp.ide.rules.rule import Subject
    from option_index.nearest import Proposal
    from option_index.records import Former

_SHOWN = 60
"""A value that is longer is not repeated in a message."""
_SIMPLE = frozenset(
    {
        "attrset_expression",
        "float_expression",
        "indented_string_expression",
        "integer_expression",
        "path_expression",
        "rec_attrset_expression",
        "select_expression",
        "string_expression",
        "variable_expression",
    }
)
"""Expressions that may stand in a list as they are."""


def _check(subject: Subject) -> Iterator[Diagnostic]:
    from option_index.nearest import proposals

    for wrong in subject.wrong_values:
        if wrong.until:
            continue
        proposed = proposals(wrong.misfit.expected, wrong.misfit.found)
        if not wrong.certain:
            # A later revision may take more. What is the right value in the wrong notation is worth a word all the same.
            proposed = [proposal for proposal in proposed if proposal.sure]
            if not proposed:
                continue
        fixes = [fix for proposal in proposed if (fix := _fix(subject, wrong, proposal, sole=len(proposed) == 1))]
        severity = None if wrong.certain else Severity.INFORMATION
        yield TYPE.at(wrong.span, _message(wrong, proposed), fixes, severity=severity)


def changed_values(subject: Subject) -> Iterator[tuple[Wrong, str, list[Fix]]]:
    """Yield the values that do not fit any more since their option has another type, what is to be said of each, and its fixes."""
    from option_index.nearest import proposals

    for wrong in subject.wrong_values:
        if wrong.until:
            proposed = proposals(wrong.misfit.expected, wrong.misfit.found)
            fixes = [fix for proposal in proposed if (fix := _fix(subject, wrong, proposal, sole=len(proposed) == 1))]
            yield wrong, _message(wrong, proposed, _history(wrong.until, wrong.benches)), fixes


def _history(former: Former, benches: Sequence[Bench]) -> str:
    """Say what was right before, and until when."""
    until = f" until {SET_NAMES.get(benches[0].options.set, '')} {former.until}" if former.until else " earlier"
    return f"; the option's type was {_quoted(former.type)}{until}"


def _quoted(sentence: str) -> str:
    sentence = " ".join(sentence.split())
    return f"“{sentence if len(sentence) <= _SHOWN else f'{sentence[:_SHOWN].rstrip()}…'}”"


def _message(wrong: Wrong, proposed: Sequence[Proposal], history: str = "") -> str:
    from nix_lsp.ide.rewrites.imperative.secret import looks_secret
    from option_index.words import expected, found

    value = wrong.misfit.found
    path = shown_path(wrong.names)
    secret = looks_secret(path, *([value] if isinstance(value, str) else []))
    inside = "an element of " if wrong.misfit.path and isinstance(wrong.misfit.path[-1], int) else ""
    subject = f"{inside}`{path}`"
    said = f"{subject} takes {expected(wrong.misfit.expected)}, not {found(value, secret=secret)}"
    literals = [proposal.literal for proposal in proposed if proposal.literal and len(proposal.literal) <= _SHOWN]
    meant = f" Did you mean {' or '.join(f'`{each}`' for each in literals[:3])}?" if literals else ""
    return f"{said[0].upper()}{said[1:]}{history}; this project pins {pinned(wrong.benches, wrong.names)}.{meant}"


def _fix(subject: Subject, wrong: Wrong, proposal: Proposal, *, sole: bool) -> Fix | None:
    node = wrong.node
    if node is None:
        return None
    written = text(node)
    if proposal.literal is None:
        if "\n" in written and node.type not in _SIMPLE:
            return None
        title, new = "Make it a list", f"[ {written if node.type in _SIMPLE else f'({written})'} ]"
    else:
        title, new = f"Change to `{proposal.literal}`", proposal.literal
    inside = wrong.definition.binding.start_byte <= node.start_byte < wrong.definition.binding.end_byte
    # What is bound elsewhere may serve other options, which take it as it is.
    tier = Tier.MECHANICAL if proposal.sure and inside and not wrong.definition.indirect else Tier.REVIEW
    edits = (FileEdit(subject.document.path, (TextEdit(span(node), new),)),)
    return Fix(title, edits, tier, preferred=sole)


TYPE = Rule(
    id="option-type",
    severity=Severity.ERROR,
    summary="The option cannot take this value in the pinned release.",
    explanation=(
        "The module system checks each definition against the option's type and stops the evaluation where it does not fit. What "
        "is written out is checked here before that: numbers and their ranges, strings and the patterns they have to match, members of "
        "enumerations, paths, packages, lists element by element, sets attribute by attribute. `mkForce`, `mkIf` and their kin are seen "
        "through, and names that the file binds. What only an evaluation can tell may be anything.\n\n"
        "Nothing is said where a revision that may be the pinned one takes the value, and where a condition on the platform or the "
        "release decides. For a pin that is newer than everything in the index, only the right value in the wrong notation is "
        'reported (`"true"` for `true`), as information.\n\n'
        "The fix writes the value as the type wants it, or takes the member of an enumeration that it resembles."
    ),
    bad='{ services.openssh.enable = "yes"; }',
    good="{ services.openssh.enable = true; }",
    release="25.11",
    check=_check,
)

RULES = (TYPE,)
"""The family's rows."""
