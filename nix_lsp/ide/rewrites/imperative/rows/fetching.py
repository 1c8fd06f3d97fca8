"""What is fetched without saying what: tarballs without a hash, repositories without a revision, branches with one; and hashes as they were once written."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

from nix_lsp.ide import edits
from nix_lsp.ide.indentation import indentation_at, newline
from nix_lsp.ide.model import Severity, TextEdit, Tier
from nix_lsp.ide.rewrites.imperative.expressions import ExpressionRewrite, Hit, path_of
from nix_lsp.ide.rewrites.imperative.value import Attrs, Expression, render, string
from nix_lsp.ide.set_names import binding_path
from nix_lsp.syntax.ast import application, bindings, span, static_string, text, unparenthesized
from nix_lsp.syntax.layout import indent_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from nix_lsp.ide.model import Diagnostic

_REVISION = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])")
_BRANCH_ARCHIVE = re.compile(
    r"/(?:archive|tarball)/(?:refs/heads/)?(?:master|main|HEAD|develop|trunk|(?:nixos|nixpkgs|release)-[\w.-]+?)(?:\.tar\.gz|\.zip)?$|^https://(?:channels\.)?nixos\.org/"
)
_REMOTE = re.compile(r"(?:https?|git|ssh|git\+https|git\+ssh)://|(?:github|gitlab|sourcehut):|[\w.-]+@[\w.-]+:")
_SHA256 = ("sha256", "hash", "narHash")
_BRANCHES = re.compile(r"(?:refs/heads/.+|main|master|HEAD|develop|trunk)")
_REPOSITORIES = frozenset(
    {
        *("fetchFromGitHub", "fetchFromGitLab", "fetchFromGitea", "fetchFromForgejo", "fetchFromSourcehut"),
        *("fetchFromBitbucket", "fetchFromCodeberg", "fetchgit"),
    }
)
_WITH_HASH = _REPOSITORIES | {"fetchurl", "fetchzip", "fetchpatch", "fetchpatch2"}
"""nixpkgs' own fetchers that take `hash` (nixpkgs manual, "Fetchers"); the builtins do not."""
_BASE32 = "0123456789abcdfghijklmnpqrsvwxyz"


def _given(argument: Node) -> Mapping[str, Node | None] | None:
    """Return what a set that is written out binds, by name; None for any other expression and where a name is computed."""
    argument = unparenthesized(argument)
    if argument.type not in {"attrset_expression", "rec_attrset_expression"}:
        return None
    found: dict[str, Node | None] = {}
    for binding in bindings(argument):
        if binding.type != "binding":
            names = binding.child_by_field_name("attrs")
            found |= dict.fromkeys(text(name) for name in (names.named_children if names else ()))
            continue
        path = binding_path(binding)
        if path is None or len(path) != 1 or path[0] is None:
            return None
        found[path[0]] = binding.child_by_field_name("expression")
    return found


def _url(argument: Node, given: Mapping[str, Node | None] | None) -> str | None:
    """Return the URL that a fetcher is given, alone or in a set, if it is static."""
    if given is None:
        argument = unparenthesized(argument)
        return text(argument) if argument.type == "uri_expression" else static_string(argument)
    value = given.get("url")
    return static_string(value) if value else None


def _match_tarball(hit: Hit) -> Iterator[Diagnostic]:
    call = hit.call(found) if (found := hit.builtin()) else None
    if call is None or len(call[1]) != 1:
        return
    argument = unparenthesized(call[1][0])
    given = _given(argument)
    url = _url(argument, given)
    if url is None or not url.startswith("http") or (given and any(name in given for name in _SHA256)):
        return
    if hit.around.is_pure:
        message = "A flake's evaluation fetches nothing that has no hash: it fails unless `--impure` is given."
    elif _REVISION.search(url):
        return
    elif _BRANCH_ARCHIVE.search(url):
        message = (
            "The archive of a branch changes under you: it is fetched anew whenever the copy is older than an hour."
        )
    else:
        message = "What is fetched has no hash: it is fetched anew whenever the copy is older than an hour, whatever is there then."
    message += f" `nix-prefetch-url --unpack {url}` tells the hash."
    edit = _with_hash(hit, argument, given)
    fix = hit.fix("Add a hash that is still empty: Nix says what it should be", [edit], Tier.REVIEW)
    severity = Severity.HINT if hit.around.is_pure and hit.around.is_told_impure else None
    if not hit.around.is_pure:
        severity = Severity.HINT
    yield TARBALL.at(span(call[0]), message, [fix], severity=severity)


def _with_hash(hit: Hit, argument: Node, given: Mapping[str, Node | None] | None) -> TextEdit:
    document = hit.document
    if given is not None:
        return edits.insert(document, argument, 'sha256 = "";')
    value = Attrs((("url", Expression(_quoted(argument))), ("sha256", string(""))))
    indent = indentation_at(document, argument.start_byte)
    return TextEdit(span(argument), render(value, indent, indent_unit(document), newline(document), one_line=False))


def _quoted(argument: Node) -> str:
    return f'"{text(argument)}"' if argument.type == "uri_expression" else text(argument)


def _match_git(hit: Hit) -> Iterator[Diagnostic]:
    name = text(hit.node)
    call = hit.call(found) if (found := hit.builtin()) else None
    if call is None or len(call[1]) != 1:
        return
    given = _given(call[1][0])
    url = _url(call[1][0], given)
    if url is None or not _REMOTE.match(url) or _REVISION.search(url) or "narHash=" in url:
        return
    if name == "getFlake" and given is not None:
        return
    if given and {"rev", "narHash"} & given.keys():
        return
    if given and name == "fetchTree" and _kind(given) in {"file", "tarball", "path"}:
        return
    what = "a flake without a revision" if name == "getFlake" else "a repository without a revision"
    message = f"`{name}` of {what} takes what its branch is at the moment of evaluation"
    message += ", which a flake's evaluation refuses." if hit.around.is_pure else "."
    if url.startswith(("http", "git")) and not url.startswith(("github:", "gitlab:")):
        message += f" `git ls-remote {url.removeprefix('git+')}` tells the revisions, for `rev`."
    severity = Severity.WARNING if hit.around.is_pure and not hit.around.is_told_impure else Severity.HINT
    yield GIT.at(span(call[0]), message, severity=severity)


def _kind(given: Mapping[str, Node | None]) -> str | None:
    value = given.get("type")
    return static_string(value) if value else None


def _fetched(hit: Hit, names: tuple[str, ...]) -> tuple[Node, Node, Mapping[str, Node | None]] | None:
    """Return the binding that the word stands in, the set, and what it binds; where a fetcher of nixpkgs is given the set."""
    binding = next((each for each in reversed(hit.chain) if each.type == "binding"), None)
    owner = binding.parent.parent if binding and binding.parent else None
    call = owner.parent if owner else None
    if binding is None or owner is None or call is None or call.type != "apply_expression":
        return None
    path = path_of(application(call)[0])
    given = _given(owner)
    bound = binding_path(binding)
    if (
        given is None
        or not path
        or path[-1] not in _WITH_HASH
        or path[0] == "builtins"
        or not bound
        or bound[0] not in names
    ):
        return None
    if path[-1] not in _REPOSITORIES and "sha256" not in names:
        return None
    return binding, owner, given


def _match_branch(hit: Hit) -> Iterator[Diagnostic]:
    found = _fetched(hit, ("rev", "ref"))
    value = found[0].child_by_field_name("expression") if found else None
    branch = static_string(value) if value else None
    if (
        found is None
        or value is None
        or not branch
        or not _BRANCHES.fullmatch(branch)
        or not {"hash", "sha256"} & found[2].keys()
    ):
        return
    message = (
        f"`{branch}` names a branch, and the hash what it was once: the old content is kept until the hash changes, and then it is "
        "whatever the branch has. A revision of 40 digits says both; nurl and `nix-prefetch-git` tell the newest with its hash."
    )
    yield BRANCH.at(span(value), message)


def _match_sri(hit: Hit) -> Iterator[Diagnostic]:
    found = _fetched(hit, ("sha256",))
    value = found[0].child_by_field_name("expression") if found else None
    digest = _sri(static_string(value) or "") if value else None
    if found is None or digest is None or "hash" in found[2]:
        return
    edit = TextEdit(span(found[0]), f'hash = "{digest}";')
    fix = hit.fix("Write the hash as SRI", [edit], Tier.MECHANICAL)
    yield SRI.at(span(found[0]), "The hash can be written as `hash`, in the form that says its kind.", [fix])


def _sri(digest: str) -> str | None:
    """Return a SHA-256 in Nix's base 32 or in hexadecimal as SRI (Nix manual, "Store paths": the digits of base 32 begin at the end)."""
    if re.fullmatch(r"[0-9a-f]{64}", digest):
        data = bytes.fromhex(digest)
    elif re.fullmatch(f"[{_BASE32}]{{52}}", digest):
        number = 0
        for letter in digest:
            number = number << 5 | _BASE32.index(letter)
        if number >> 256:
            return None
        data = number.to_bytes(32, "little")
    else:
        return None
    return f"sha256-{b64encode(data).decode()}"


TARBALL = ExpressionRewrite(
    id="imp-fetchtarball-nohash",
    summary="A tarball without a hash is another one tomorrow",
    why=(
        "`fetchTarball` without a hash takes what the URL has at the moment, and looks again when its copy is older than an hour (`tarball-ttl`): two "
        "machines, or one on two days, evaluate different code, and nobody checks who wrote it. A flake's evaluation refuses it. With a "
        "flake, an input says the same and is locked."
    ),
    keep="Keep it for a quick try; a URL with a revision in it stays what it is, and is told of in flakes only.",
    before='let\n  home-manager = builtins.fetchTarball "https://github.com/nix-community/home-manager/archive/master.tar.gz";\nin\nimport home-manager { }',
    after=(
        'let\n  home-manager = builtins.fetchTarball {\n    url = "https://github.com/nix-community/home-manager/archive/master.tar.gz";\n'
        '    sha256 = "";\n  };\nin\nimport home-manager { }'
    ),
    words=("fetchTarball",),
    match=_match_tarball,
    severity=Severity.WARNING,
    tier=Tier.REVIEW,
    file="default.nix",
)

GIT = ExpressionRewrite(
    id="imp-fetchgit-norev",
    summary="A repository without a revision is another one tomorrow",
    why=(
        "`fetchGit`, `fetchTree` and `getFlake` without a revision take what the branch is at the moment of evaluation. A flake's evaluation "
        "refuses them; an input of the flake says the same and is locked."
    ),
    keep="Keep it where the newest of a branch is meant, in a file that nothing is built from.",
    before='builtins.fetchGit {\n  url = "https://github.com/NixOS/nixpkgs";\n  ref = "nixos-25.11";\n}',
    after=(
        'builtins.fetchGit {\n  url = "https://github.com/NixOS/nixpkgs";\n  ref = "nixos-25.11";\n'
        '  rev = "0123456789abcdef0123456789abcdef01234567";\n}'
    ),
    words=("fetchGit", "getFlake", "fetchTree"),
    match=_match_git,
    tier=Tier.EXPLAINED,
    file="default.nix",
)

BRANCH = ExpressionRewrite(
    id="imp-fetchurl-branch",
    summary="A branch with a hash is neither: the hash says what the branch was once",
    why=(
        'What has a hash is fetched once and never looked at again: `rev = "main"` goes on naming what the branch was when the hash was written, '
        "on machines that have it; on all others it fails as soon as the branch has moved."
    ),
    keep="There is no reason but that nobody has looked up the revision.",
    before='{ pkgs }:\npkgs.fetchFromGitHub {\n  owner = "a";\n  repo = "b";\n  rev = "main";\n  hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";\n}',
    after=(
        '{ pkgs }:\npkgs.fetchFromGitHub {\n  owner = "a";\n  repo = "b";\n  rev = "0123456789abcdef0123456789abcdef01234567";\n'
        '  hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";\n}'
    ),
    words=('"main"', '"master"', '"HEAD"', '"develop"', '"trunk"', '"refs/heads/'),
    match=_match_branch,
    tier=Tier.EXPLAINED,
    file="default.nix",
)

SRI = ExpressionRewrite(
    id="imp-sha256-sri",
    summary="The hash can be written in the form that says its kind",
    why=(
        "`hash` takes hashes as nixpkgs writes them today (SRI): they say of which kind they are, and are what Nix prints when one does not match. "
        "It is a matter of taste, and said only where the settings name this id."
    ),
    keep="The builtins (`builtins.fetchTarball`) know `sha256` only, and are left alone.",
    before='{ pkgs }:\npkgs.fetchFromGitHub {\n  owner = "a";\n  repo = "b";\n  rev = "v1";\n  sha256 = "0000000000000000000000000000000000000000000000000000";\n}',
    after=(
        '{ pkgs }:\npkgs.fetchFromGitHub {\n  owner = "a";\n  repo = "b";\n  rev = "v1";\n'
        '  hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";\n}'
    ),
    words=("sha256",),
    match=_match_sri,
    is_asked_for=True,
    file="default.nix",
)
