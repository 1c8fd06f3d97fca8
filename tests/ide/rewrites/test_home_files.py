"""`imp-ln-home`, `imp-cat-home` and `imp-mkdir-home`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

HOME = "home-manager"
AFTER = 'lib.hm.dag.entryAfter [ "writeBoundary" ]'
LINK, TEXT, FOLDER = "imp-ln-home", "imp-cat-home", "imp-mkdir-home"


def module(*lines: str, also: str = "", arguments: str = "lib, config, ...") -> str:
    """A module whose script has some lines, and what is declared before it."""
    script = "".join(f"    {line}\n" for line in lines)
    return f"{{ {arguments} }}:\n{{\n{also}  home.activation.dots = {AFTER} ''\n{script}  '';\n}}\n"


def declared(*lines: str, arguments: str = "lib, config, ...") -> str:
    return f"{{ {arguments} }}:\n{{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("ln -sfn ${./nvim} $HOME/.config/nvim", "xdg.configFile.nvim.source = ./nvim;"),
        ("run ln -sf ${pkgs.a}/share/a ~/.local/share/a", 'xdg.dataFile.a.source = "${pkgs.a}/share/a";'),
        (
            "$DRY_RUN_CMD ln -s $VERBOSE_ARG /mnt/music ${config.home.homeDirectory}/Music",
            'home.file.Music.source = config.lib.file.mkOutOfStoreSymlink "/mnt/music";',
        ),
        (
            'ln -sT "$HOME/dots/zed" "${config.xdg.configHome}/zed"',
            'xdg.configFile.zed.source = config.lib.file.mkOutOfStoreSymlink "${config.home.homeDirectory}/dots/zed";',
        ),
        (
            "ln -s ${config.age.secrets.npm.path} ~/.npmrc",
            'home.file.".npmrc".source = config.lib.file.mkOutOfStoreSymlink config.age.secrets.npm.path;',
        ),
    ],
)
def test_a_link_is_declared(line: str, after: str):
    check_rewrite(LINK, pin=HOME, before=module(line), after=declared(after))


def test_config_is_taken_as_an_argument():
    check_rewrite(
        LINK,
        pin=HOME,
        before=module("ln -s /a ~/a", arguments="lib, ..."),
        after=declared('home.file.a.source = config.lib.file.mkOutOfStoreSymlink "/a";', arguments="lib, config, ..."),
    )


def test_a_longer_script_loses_what_makes_room_for_the_link():
    check_rewrite(
        LINK,
        pin=HOME,
        before=module(
            "# dots",
            "mkdir -p ~/.config/app",
            "rm -rf ~/.config/app/x.toml",
            "ln -s ${./x.toml} ~/.config/app/x.toml",
            "y",
        ),
        after=declared(
            f"home.activation.dots = {AFTER} ''",
            "  # dots",
            "  y",
            "'';",
            'xdg.configFile."app/x.toml".source = ./x.toml;',
        ),
    )


def test_a_link_joins_the_files_that_stand():
    check_rewrite(
        LINK,
        pin=HOME,
        before=module("ln -s ${./b} ~/b; y", also='  home.file = {\n    "a".text = "a";\n  };\n'),
        after=declared(
            "home.file = {",
            '  "a".text = "a";',
            "  b.source = ./b;",
            "};",
            f"home.activation.dots = {AFTER} ''",
            "  y",
            "'';",
        ),
    )


def test_another_file_is_a_conflict():
    text = module("ln -s ${./b} ~/b", also="  home.file.b.source = ./c;\n")
    check_no_edit(text, "another value", HOME)


@pytest.mark.parametrize(
    "line",
    [
        "ln a ~/b",
        "ln -s a ~/b",
        "ln -s $x ~/b",
        "ln -s /a $x/b",
        "ln -s /a ~/b/",
        "ln -s /a /b",
        "ln -s /a ~bob/b",
        "ln -s /a ~/*",
        "ln -s /a ~/../b",
        "[ -e ~/b ] || ln -s /a ~/b",
        "if x; then ln -s /a ~/b; fi",
        "ln -s /a ~/b; ln -sf /c ~/b",
        "sudo -u bob ln -s /a ~/b",
    ],
)
def test_other_links_stay(line: str):
    assert LINK not in [each.rule for each in findings(module(line), HOME)]


def test_a_link_that_something_else_turns_stays():
    text = module(
        "ln -sf ~/.config/w/light.css ~/.config/w/c.css", also='  a.script = "ln -sf ~/dark ~/.config/w/c.css";\n'
    )
    assert LINK not in [each.rule for each in findings(text, HOME)]


@pytest.mark.parametrize(
    ("before", "is_offered"),
    [
        ("{ config, ... }: { home-manager.users.a = { SCRIPT }; }", False),
        ("{ config, ... }: { home-manager = { users.a = { SCRIPT }; }; }", False),
        ("{ ... }: { home-manager.users.a = { SCRIPT }; }", False),
        ("{ ... }: { home-manager.users.a = { config, ... }: { SCRIPT }; }", True),
        ("{ ... }: { home-manager.users.a = { lib, ... }: { SCRIPT }; }", True),
    ],
)
def test_the_config_of_the_system_is_another(before: str, is_offered: bool):
    found = findings(before.replace("SCRIPT", 'home.activation.x = "ln -s /a ~/a";'))
    (link,) = [each for each in found if each.rule == LINK]
    assert bool(link.fixes) is is_offered


def test_a_text_is_declared():
    check_rewrite(
        TEXT,
        pin=HOME,
        before=module("mkdir -p $HOME/.mcp", "cat > $HOME/.mcp/registry.json << 'EOF'", "{", '  "a": 1', "}", "EOF"),
        after=declared("home.file.\".mcp/registry.json\".text = ''", "  {", '    "a": 1', "  }", "'';"),
        preferred=False,
    )


def test_a_program_that_is_written_stays_one():
    check_rewrite(
        TEXT,
        pin=HOME,
        before=module("echo 'exec x' > ~/.local/share/x", "chmod +x ~/.local/share/x", "y"),
        after=declared(
            f"home.activation.dots = {AFTER} ''",
            "  y",
            "'';",
            "xdg.dataFile.x = {",
            '  text = "exec x\\n";',
            "  executable = true;",
            "};",
        ),
        preferred=False,
    )


def test_a_text_joins_the_files_that_stand():
    check_rewrite(
        TEXT,
        pin=HOME,
        before=module("run printf '%s' a > ~/.a; y", also='  home.file.b.text = "b";\n'),
        after=module("run printf '%s' a > ~/.a; y", also='  home.file.b.text = "b";\n')
        .replace("run printf '%s' a > ~/.a; y", "y")
        .replace('  home.file.b.text = "b";\n', '  home.file.b.text = "b";\n  home.file.".a".text = "a";\n'),
        preferred=False,
    )


@pytest.mark.parametrize(
    "line",
    [
        "echo a >> ~/.a",
        "echo $x > ~/.a",
        "echo a > $x/.a",
        "[ -f ~/.a ] || echo a > ~/.a",
        "if [ ! -f ~/.a ]; then echo a > ~/.a; fi",
        "echo a > ~/.a; sed -i s/a/b/ ~/.a",
        "echo a > ~/.a; chmod 600 ~/.a",
        "test -f ~/.a; echo a > ~/.a",
        "echo a > ~/.a; echo b > ~/.a",
        "date > ~/.a",
    ],
)
def test_other_texts_stay(line: str):
    assert TEXT not in [each.rule for each in findings(module(line), HOME)]


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("mkdir -p ~/.cache/zsh ~/.local/state/zsh", '"d %h/.cache/zsh - - - -" "d %h/.local/state/zsh - - - -"'),
        ("run mkdir -p -m 700 ${config.xdg.cacheHome}/x", '"d ${config.xdg.cacheHome}/x 0700 - - -"'),
        ("$DRY_RUN_CMD ${pkgs.coreutils}/bin/install -d -m 0700 ${cfg.dir}", '"d ${cfg.dir} 0700 - - -"'),
        ('mkdir -p $VERBOSE_ARG "${config.home.homeDirectory}/.ICAClient/cache"', '"d %h/.ICAClient/cache - - - -"'),
    ],
)
def test_directories_are_declared(line: str, rules: str):
    found = [each for each in findings(module(line), HOME) if each.rule == FOLDER]
    assert [fix.tier for fix in found[0].fixes] == [Tier.MECHANICAL]
    check_rewrite(
        FOLDER,
        pin=HOME,
        before=module(line, also="  systemd.user.tmpfiles.rules = [ ];\n"),
        after=declared(f"systemd.user.tmpfiles.rules = [ {rules} ];"),
    )


@pytest.mark.parametrize(
    "later",
    ["touch ~/.cache/zsh/x", "chmod 700 ~/.cache/zsh", "if x; then cp a ~/.cache/zsh/a; fi", "cd ~/.cache/zsh && y"],
)
def test_what_needs_the_directory_later_keeps_it_in_the_script(later: str):
    check_silent(module("mkdir -p ~/.cache/zsh", later), HOME)


@pytest.mark.parametrize(
    "word", ["${lib.escapeShellArgs dirs}", '${lib.concatStringsSep " " dirs}', "${toString [ a b ]}"]
)
def test_several_words_of_nix_are_no_path(word: str):
    check_silent(module(f"mkdir -p {word}"), HOME)


@pytest.mark.parametrize(
    "line",
    [
        "mkdir -p $x",
        "mkdir -p ~/$x",
        "mkdir -p ~/{a,b}",
        "mkdir -p '~/a'",
        'mkdir -p "$HOME/a b"',
        "mkdir -p /srv/a",
        "mkdir -m u+s ~/a",
        "install -d -o bob ~/a",
        "install -m 644 ${./a} ~/a",
        "mkdir -p ~/Library/a",
        "[ -d ~/a ] || mkdir ~/a",
        "mkdir ~/a; ln -s ${./b} ~/a/b",
    ],
)
def test_other_directories_stay(line: str):
    assert FOLDER not in [each.rule for each in findings(module(line), HOME)]
