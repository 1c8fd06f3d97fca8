"""`imp-psql-create`, `imp-pg-extension`, `imp-mysql-create`."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.sql import Token, statements
from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

POSTGRES, EXTENSION, MYSQL = "imp-psql-create", "imp-pg-extension", "imp-mysql-create"
OWNED = """\
  services.postgresql.ensureDatabases = [ "app" ];
  services.postgresql.ensureUsers = [
    {
      name = "app";
      ensureDBOwnership = true;
    }
  ];
"""
GROUPED = """\
  services.postgresql = {
    ensureDatabases = [ "app" ];
    ensureUsers = [
      {
        name = "app";
        ensureDBOwnership = true;
      }
    ];
  };
"""


def script(*lines: str, beside: str = "") -> str:
    """Return a module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.a = ''\n{body}  '';\n}}\n"


def initial(*lines: str) -> str:
    """Return a module with statements for the first start of PostgreSQL."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n  services.postgresql.initialScript = pkgs.writeText \"x.sql\" ''\n{body}  '';\n}}\n"


@pytest.mark.parametrize(
    "lines",
    [
        ["CREATE ROLE app WITH LOGIN PASSWORD 'hunter22';", 'CREATE DATABASE "app" OWNER "app";'],
        ["-- a comment", "create user app;", "create database app with owner = app"],
        ["CREATE USER app; CREATE DATABASE app; /* both */ GRANT ALL PRIVILEGES ON DATABASE app TO app;"],
        ["CREATE DATABASE app;", "CREATE ROLE app LOGIN NOSUPERUSER;", "ALTER DATABASE app OWNER TO app;"],
    ],
)
def test_statements_become_options(lines: list[str]):
    check_rewrite(POSTGRES, initial(*lines), f"{{\n{OWNED}}}\n", preferred=False)
    assert "hunter22" not in "".join(each.message for each in findings(initial(*lines)))


def test_command_lines_are_taken_together_and_the_rest_stays():
    lines = ("sudo -u postgres createuser app", "sudo -u postgres createdb -O app app")
    check_rewrite(POSTGRES, script(*lines), f"{{\n{GROUPED}}}\n", preferred=False)
    rest = script("x", "y").replace("\n}\n", f"\n{GROUPED}}}\n")
    check_rewrite(POSTGRES, script("x", *lines, "y"), rest, preferred=False)


def test_a_service_of_the_database_s_user_goes():
    check_rewrite(
        POSTGRES,
        before="""\
{
  systemd.services.db = {
    after = [ "postgresql.service" ];
    wantedBy = [ "multi-user.target" ];
    serviceConfig.User = "postgres";
    script = ''
      psql <<'EOF'
      CREATE USER app CREATEDB;
      EOF
    '';
  };
}
""",
        after="""\
{
  services.postgresql.ensureUsers = [
    {
      name = "app";
      ensureClauses.createdb = true;
    }
  ];
}
""",
        preferred=False,
    )


def test_a_database_joins_the_others():
    base = "  services.postgresql.ensureDatabases = "
    check_rewrite(
        POSTGRES,
        script("psql -tAc 'CREATE DATABASE two'", beside=f'{base}[ "one" ];\n'),
        f'{{\n{base}[ "one" "two" ];\n}}\n',
        preferred=False,
    )


@pytest.mark.parametrize(
    "module",
    [
        initial("CREATE DATABASE app TEMPLATE template0 LC_COLLATE = 'C';"),
        initial("CREATE DATABASE app OWNER other;"),
        initial("CREATE ROLE app;"),
        initial("CREATE USER app; SELECT 1;"),
        initial("CREATE DATABASE app; ALTER DATABASE app OWNER TO app;"),
        initial("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$;"),
        initial("CREATE USER ${name};"),
        initial("\\c app"),
        "{ services.postgresql.initialScript = ./init.sql; }",
        '{ services.postgresql.initialScript = "/init.sql"; }',
        script("psql -h db.example.org -c 'CREATE DATABASE a'"),
        script("sudo -u bob psql -c 'CREATE DATABASE a'"),
        script("psql -f init.sql"),
        script('psql -c "CREATE DATABASE $name"'),
        script("psql -tc 'SELECT 1' | grep -q 1 || psql -c 'CREATE DATABASE a'"),
        script("createuser app", beside='  services.postgresql.ensureUsers = [ { name = "app"; } ];\n'),
        script("createdb -O other app"),
    ],
)
def test_what_the_options_cannot_say_stays(module: str):
    check_silent(module)


@pytest.mark.parametrize(
    "command", ["psql -c 'CREATE EXTENSION IF NOT EXISTS vector;'", "psql -d a -c 'create extension vector'"]
)
def test_an_extension_is_declared_and_its_statement_stays(command: str):
    text = script("x", command)
    after = text.replace("\n}\n", "\n  services.postgresql.extensions = ps: [ ps.pgvector ];\n}\n")
    check_rewrite(EXTENSION, text, after, preferred=False)
    check_silent(after)


def test_an_extension_that_is_declared_is_not_told_again():
    beside = "  services.postgresql.extensions = with pkgs.postgresqlPackages; [ pgvector ];\n"
    check_silent(script("psql -c 'CREATE EXTENSION vector'", beside=beside))
    check_no_edit(script("psql -c 'CREATE EXTENSION postgis'", beside=beside), "another value")


@pytest.mark.parametrize(
    "command",
    [
        "psql -c 'CREATE EXTENSION hstore'",
        "psql -c 'DROP EXTENSION vector'",
        "psql -c $x",
        "x || psql -c 'CREATE EXTENSION vector'",
    ],
)
def test_extensions_that_come_with_the_server_are_left(command: str):
    check_silent(script(command))


MARIADB = """\
  services.mysql = {
    ensureDatabases = [ "app" ];
    ensureUsers = [
      {
        name = "app";
        ensurePermissions."app.*" = "ALL PRIVILEGES";
      }
    ];
  };
"""
MADE = (
    "CREATE DATABASE IF NOT EXISTS app; CREATE USER app@localhost IDENTIFIED VIA unix_socket; "
    "GRANT ALL PRIVILEGES ON app.* TO app@localhost; FLUSH PRIVILEGES;"
)


def test_databases_of_mariadb():
    check_rewrite(MYSQL, script(f"mysql -u root -e '{MADE}'"), f"{{\n{MARIADB}}}\n", preferred=False)
    rest = script("x").replace("\n}\n", f"\n{MARIADB}}}\n")
    check_rewrite(MYSQL, script("mysql <<EOF", MADE, "EOF", "x"), rest, preferred=False)


def test_a_database_of_mariadb_joins_the_others():
    base = "  services.mysql.ensureDatabases = "
    check_rewrite(
        MYSQL,
        script("mysql -e 'CREATE DATABASE `two`'", beside=f'{base}[ "one" ];\n'),
        f'{{\n{base}[ "one" "two" ];\n}}\n',
        preferred=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        "mysql -e 'CREATE DATABASE a CHARACTER SET utf8mb4'",
        "mysql -e 'CREATE USER a@localhost IDENTIFIED BY \"x\"'",
        "mysql -e 'GRANT SELECT ON a.* TO a@localhost'",
        "mysql -e 'GRANT ALL ON *.* TO a@localhost'",
        "mysql -e 'GRANT ALL ON a.* TO a@example.org'",
        "mysql -pX -e 'CREATE DATABASE a'",
        "mysql a < dump.sql",
    ],
)
def test_what_the_options_of_mariadb_cannot_say_stays(command: str):
    check_silent(script(command))


def test_no_edit_of_a_database_is_mechanical():
    found = findings(script("createuser app", "mysql -e 'CREATE DATABASE a'", "psql -c 'CREATE EXTENSION vector'"))
    assert {fix.tier for each in found for fix in each.fixes} == {Tier.REVIEW}


def test_sql_is_read_with_its_quotes_and_comments():
    assert statements("a 'b;c' -- d;\n\"E\"; `f`;;") == [
        (Token("word", "a"), Token("string", "b;c"), Token("name", "E")),
        (Token("name", "f"),),
    ]


@pytest.mark.parametrize("text", ["$$x$$", "a 'b", '"a', "\\c x", "a \\ b"])
def test_other_sql_is_not_understood(text: str):
    assert statements(text) is None
