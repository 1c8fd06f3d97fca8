"""What statements of SQL make: the databases and users of a script or a file, as options can declare them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nix_lsp.analysis.shell.sql import Statement, after, statements

if TYPE_CHECKING:
    from collections.abc import Callable

_CLAUSES = {
    "SUPERUSER": "superuser",
    "CREATEDB": "createdb",
    "CREATEROLE": "createrole",
    "REPLICATION": "replication",
    "BYPASSRLS": "bypassrls",
}
_DEFAULTS = frozenset({"LOGIN", "INHERIT", "NOSUPERUSER", "NOCREATEDB", "NOCREATEROLE", "NOREPLICATION", "NOBYPASSRLS"})


@dataclass
class Wanted:
    """What some statements make."""

    databases: list[str] = field(default_factory=list[str])
    users: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Each with the clauses it is to have."""
    owned: set[str] = field(default_factory=set[str])
    """Databases that the user of the same name owns."""
    permissions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Of MySQL: by user, what it may do everything with (`app.*`)."""
    has_password: bool = False

    def takes(self, text: str, read: Callable[[Wanted, Statement], bool]) -> bool:
        """Add what a text of SQL makes, if all of it is understood."""
        found = statements(text)
        more = Wanted()
        if not found or not all(read(more, each) for each in found):
            return False
        self.add(more)
        return True

    def add(self, more: Wanted) -> None:
        """Add what others make."""
        self.databases += [name for name in more.databases if name not in self.databases]
        for user, clauses in more.users.items():
            self.users[user] = [*self.users.get(user, []), *clauses]
        for user, targets in more.permissions.items():
            self.permissions[user] = [*self.permissions.get(user, []), *targets]
        self.owned |= more.owned
        self.has_password = self.has_password or more.has_password


def postgres_statement(wanted: Wanted, statement: Statement) -> bool:
    """Read one statement (PostgreSQL's CREATE DATABASE, CREATE ROLE, ALTER DATABASE, GRANT); False where it is not understood."""
    if (rest := after(statement, "CREATE", "DATABASE")) and (name := rest[0].name):
        wanted.databases.append(name)
        owner = after(rest[1:], "WITH?", "OWNER")
        owner = owner[1:] if owner and owner[0] == ("mark", "=") else owner
        if owner and len(owner) == 1 and owner[0].name == name:
            wanted.owned.add(name)
            return True
        return len(rest) == 1
    if (rest := after(statement, "CREATE", "ROLE|USER")) and (name := rest[0].name):
        return _postgres_user(wanted, name, statement[1].keyword == "USER", after(rest[1:], "WITH?") or ())
    if (rest := after(statement, "ALTER", "DATABASE")) and (owner := after(rest[1:], "OWNER", "TO")):
        name = rest[0].name
        wanted.owned |= {name} if name else set()
        return len(owner) == 1 and name is not None and owner[0].name == name
    if (rest := after(statement, "GRANT", "ALL", "PRIVILEGES?", "ON", "DATABASE")) and (user := after(rest[1:], "TO")):
        name = rest[0].name
        wanted.owned |= {name} if name else set()
        return len(user) == 1 and name is not None and user[0].name == name
    return False


def _postgres_user(wanted: Wanted, name: str, can_login: bool, options: Statement) -> bool:
    clauses: list[str] = []
    rest = list(options)
    while rest:
        word = rest.pop(0).keyword
        if word == "ENCRYPTED" and rest and rest[0].keyword == "PASSWORD":
            continue
        if word == "PASSWORD" and rest and rest[0].kind == "string":
            wanted.has_password = True
            rest.pop(0)
        elif word in _CLAUSES:
            clauses.append(_CLAUSES[word])
        elif word not in _DEFAULTS:
            return False
        can_login = can_login or word == "LOGIN"
    wanted.users[name] = clauses
    return can_login


def mysql_statement(wanted: Wanted, statement: Statement) -> bool:
    """Read one statement of MariaDB; False where it is not understood, and for a password."""
    if after(statement, "FLUSH", "PRIVILEGES") == ():
        return True
    if (rest := after(statement, "CREATE", "DATABASE", "IF?", "NOT?", "EXISTS?")) and (name := rest[0].name):
        wanted.databases.append(name)
        return len(rest) == 1
    if rest := after(statement, "CREATE", "USER", "IF?", "NOT?", "EXISTS?"):
        user, rest = _mysql_user(rest)
        rest = after(rest, "IDENTIFIED", "VIA|WITH", "UNIX_SOCKET|AUTH_SOCKET") if rest else rest
        if user is None or rest != ():
            return False
        wanted.users.setdefault(user, [])
        return True
    if (rest := after(statement, "GRANT", "ALL", "PRIVILEGES?", "ON")) and len(rest) > 4:
        target = "".join(token.text for token in rest[:3])
        user, rest = _mysql_user(after(rest[3:], "TO") or ())
        if user is None or rest or not re.fullmatch(r"[\w-]+\.\*", target):
            return False
        wanted.users.setdefault(user, [])
        wanted.permissions.setdefault(user, []).append(target)
        return True
    return False


def _mysql_user(tokens: Statement) -> tuple[str | None, Statement]:
    """Read `'app'@'localhost'`."""
    if not tokens or tokens[0].kind == "mark":
        return None, ()
    user, rest = tokens[0].text, tokens[1:]
    if len(rest) >= 2 and rest[0] == ("mark", "@"):
        return (user, rest[2:]) if rest[1].text.lower() == "localhost" else (None, ())
    return None, ()
