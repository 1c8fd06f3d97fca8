"""`psql`, `createdb`, `mysql`: databases, their users and extensions, made by scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.invocation import Tool
from nix_lsp.analysis.shell.script import Command
from nix_lsp.analysis.shell.sql import after, statements
from nix_lsp.analysis.shell.word import Text
from nix_lsp.analysis.shell.writes import fed_text
from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.database_statements import Wanted, mysql_statement, postgres_statement
from nix_lsp.ide.rewrites.imperative.rewrite import ROOT_PLACES, Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Selection, Setting, Value, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.analysis.shell.invocation import Invocation

_PSQL_LONG = {"command": "c", "dbname": "d", "username": "U", "no-psqlrc": "X", "quiet": "q", "tuples-only": "t"}
PSQL = Tool("psql", flags="tAqXw1", valued="cdUv", long=_PSQL_LONG)
"""psql(1), less what connects to another machine and what reads files."""
CREATEUSER = Tool("createuser", flags="SDRlesdr", valued="U")
CREATEDB = Tool("createdb", flags="e", valued="OU", long={"owner": "O"})
MYSQL = Tool("mysql", flags="sNB", valued="eu", long={"execute": "e", "user": "u"})
MARIADB = Tool("mariadb", MYSQL.flags, MYSQL.valued, MYSQL.long)

_NAME = re.compile(r"[A-Za-z_][\w-]*")
_PASSWORD_NOTE = "The password is not moved: over the socket, the database knows a user by its name on the system."  # noqa: S105 - a sentence
_PACKAGES = {
    "age": "age",
    "hypopg": "hypopg",
    "pg_cron": "pg_cron",
    "pg_repack": "pg_repack",
    "pgroonga": "pgroonga",
    "pgrouting": "pgrouting",
    "plv8": "plv8",
    "postgis": "postgis",
    "rum": "rum",
    "timescaledb": "timescaledb",
    "vector": "pgvector",
}
"""Extensions that do not come with PostgreSQL itself, and their packages in nixpkgs' `postgresqlPackages`."""


def _postgres(reading: Reading) -> Iterator[Match]:
    if reading.place is Place.FILE:
        wanted, text = Wanted(), reading.text.text
        if text is not None and wanted.takes(text, postgres_statement):
            yield from _made(reading, (), wanted)
        return
    wanted, commands = Wanted(), list[Command]()
    for command, invocation in _lines(reading, "postgres", PSQL, CREATEUSER, CREATEDB):
        if invocation.tool == "psql":
            text = _query(command, invocation, "c")
            if text and wanted.takes(text, postgres_statement):
                commands.append(command)
        elif (more := _tool(invocation)) is not None:
            wanted.add(more)
            commands.append(command)
    if commands:
        yield from _made(reading, tuple(commands), wanted)


def _lines(reading: Reading, user: str, *tools: Tool) -> Iterator[tuple[Command, Invocation]]:
    """Yield the command lines that run as root or as the database's own user."""
    known = {tool.name: tool for tool in tools}
    from nix_lsp.analysis.shell.invocation import read_options, runs

    told = {command.span for command, _ in reading.runs}
    for command in reading.script.commands:
        if not command.is_plain or (command.span not in told and not fed_text(command)) or command.assignments:
            continue
        run = runs(command)
        if run and run.tool in known and {run.user, reading.service_user} <= {None, user}:
            invocation = read_options(known[run.tool], run.arguments)
            if invocation:
                yield command, invocation


def _query(command: Command, invocation: Invocation, option: str) -> str | None:
    """Return the SQL that a command line gives, as an argument or as a here-document."""
    given = [word.value for key, word in invocation.options if key == option and word]
    fed = fed_text(command)
    if fed is None:
        return ";".join(each or "?" for each in given) if given else None
    return fed[0].text if not given and len(fed) == 1 and isinstance(fed[0], Text) else None


def _tool(invocation: Invocation) -> Wanted | None:
    names = [word.value or "" for word in invocation.operands]
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        return None
    (name,) = names
    if invocation.tool == "createuser":
        flags = {"s": "superuser", "d": "createdb", "r": "createrole"}
        return Wanted(users={name: [clause for flag, clause in flags.items() if invocation.has(flag)]})
    owner = invocation.argument("O")
    if owner and owner.value != name:
        return None
    return Wanted(databases=[name], owned={name} if owner else set())


def _made(reading: Reading, commands: tuple[Command, ...], wanted: Wanted) -> Iterator[Match]:
    base = ("services", "postgresql")
    if not wanted.owned <= set(wanted.databases) or not wanted.owned <= wanted.users.keys():
        return
    if _is_listed(reading, (*base, "ensureUsers"), wanted.users):
        return
    users: list[Value] = []
    for name, clauses in wanted.users.items():
        items: list[tuple[str, Value]] = [("name", string(name))]
        items += [("ensureDBOwnership", True)] if name in wanted.owned else []
        items += [("ensureClauses", Attrs(tuple((clause, True) for clause in clauses)))] if clauses else []
        users.append(Attrs(tuple(items)))
    yield Match(
        commands,
        (_settings(".".join(base), wanted, users),),
        is_whole=not commands,
        tier=Tier.REVIEW,
        note=_PASSWORD_NOTE if wanted.has_password else "",
        absorbs=frozenset({"after", "requires", "wants"}),
    )


def _settings(base: str, wanted: Wanted, users: list[Value]) -> tuple[Setting, ...]:
    databases = List(tuple(map(string, wanted.databases)))
    found = (setting(f"{base}.ensureDatabases", databases),) if wanted.databases else ()
    return (*found, setting(f"{base}.ensureUsers", List(tuple(users)))) if users else found


def _is_listed(reading: Reading, path: tuple[str, ...], names: dict[str, list[str]]) -> bool:
    listed = reading.defined.get(path)
    return listed is not None and any(f'"{name}"'.encode() in (listed.text or b"") for name in names)


def _mysql(reading: Reading) -> Iterator[Match]:
    wanted, commands = Wanted(), list[Command]()
    for command, invocation in _lines(reading, "mysql", MYSQL, MARIADB):
        text = _query(command, invocation, "e")
        if text and wanted.takes(text, mysql_statement):
            commands.append(command)
    if not commands or _is_listed(reading, ("services", "mysql", "ensureUsers"), wanted.users):
        return
    users: list[Value] = []
    for name in wanted.users:
        granted = tuple(((target,), string("ALL PRIVILEGES")) for target in wanted.permissions.get(name, []))
        permissions: tuple[tuple[str, Value], ...] = (("ensurePermissions", Attrs(granted)),) if granted else ()
        users.append(Attrs((("name", string(name)), *permissions)))
    settings = _settings("services.mysql", wanted, users)
    if settings:
        yield Match(tuple(commands), (settings,), tier=Tier.REVIEW, absorbs=frozenset({"after", "requires", "wants"}))


def _extensions(reading: Reading) -> Iterator[Match]:
    listed = (reading.defined.get(("services", "postgresql", name)) for name in ("extensions", "extraPlugins"))
    known = b" ".join(each.text or b"" for each in listed if each)
    for command, invocation in _lines(reading, "postgres", PSQL):
        text = _query(command, invocation, "c")
        rests = [after(each, "CREATE", "EXTENSION", "IF?", "NOT?", "EXISTS?") for each in statements(text or "") or ()]
        names = [rest[0].name or "" for rest in rests if rest]
        packages = [_PACKAGES[name] for name in names if name in _PACKAGES and _PACKAGES[name].encode() not in known]
        if packages:
            value = Selection(tuple(packages))
            choices = tuple((setting(f"services.postgresql.{name}", value),) for name in ("extensions", "extraPlugins"))
            note = "The option makes the extension available; the statement still has to run, in each database."
            yield Match((command,), choices, keeps=True, tier=Tier.REVIEW, note=note)


_NIXOS = frozenset({"nixos"})
_PLACES = ROOT_PLACES | {Place.BOOT}

POSTGRES = Rewrite(
    id="imp-psql-create",
    summary="The databases and their users can be declared as options",
    why=(
        "`CREATE` fails the second time that it runs, and an `initialScript` runs once, before the first start only: what is added to it later "
        "never happens. The options make what is missing whenever PostgreSQL starts."
    ),
    keep="Keep statements that the options cannot say: templates and collations, owners of another name than the database.",
    before=(
        'services.postgresql.initialScript = pkgs.writeText "init.sql" '
        "''\n    CREATE ROLE \"matrix-synapse\" WITH LOGIN PASSWORD 'synapse';\n"
        '    CREATE DATABASE "matrix-synapse" OWNER "matrix-synapse";\n  \'\';'
    ),
    after=(
        'services.postgresql.ensureDatabases = [ "matrix-synapse" ];\n'
        '  services.postgresql.ensureUsers = [ { name = "matrix-synapse"; ensureDBOwnership = true; } ];'
    ),
    lanes=_NIXOS,
    places=_PLACES | {Place.FILE},
    tools=frozenset({"psql", "createuser", "createdb", "initialScript"}),
    match=_postgres,
    options=("services.postgresql.ensureDatabases", "services.postgresql.ensureUsers"),
    tier=Tier.REVIEW,
)
EXTENSIONS = Rewrite(
    id="imp-pg-extension",
    summary="The extension has to be declared for PostgreSQL to have it",
    why="An extension that does not come with PostgreSQL has to be built for its version: without the option, the statement finds no such extension.",
    keep="Keep the statement itself: it enables the extension in a database.",
    before="systemd.services.vec.script = \"psql -c 'CREATE EXTENSION IF NOT EXISTS vector;'\";",
    after=(
        "systemd.services.vec.script = \"psql -c 'CREATE EXTENSION IF NOT EXISTS vector;'\";\n"
        "  services.postgresql.extensions = ps: [ ps.pgvector ];"
    ),
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"psql"}),
    match=_extensions,
    options=("services.postgresql.extensions",),
    tier=Tier.REVIEW,
)
MYSQL_CREATE = Rewrite(
    id="imp-mysql-create",
    summary="The databases and their users can be declared as options",
    why="`CREATE` fails the second time that it runs; the options make what is missing whenever the database starts.",
    keep="Keep users with passwords: the options make users that are known by their name on the system.",
    before="systemd.services.db.script = \"mysql -e 'CREATE DATABASE app'\";",
    after='services.mysql.ensureDatabases = [ "app" ];',
    lanes=_NIXOS,
    places=_PLACES,
    tools=frozenset({"mysql", "mariadb"}),
    match=_mysql,
    options=("services.mysql.ensureDatabases", "services.mysql.ensureUsers"),
    tier=Tier.REVIEW,
)
