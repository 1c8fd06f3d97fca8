"""`imp-nvim-bootstrap`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_silent

OPTION = "programs.neovim.plugins"
HOME = "home-manager"


@pytest.mark.parametrize(
    "module",
    [
        "{ programs.neovim.extraConfig = ''\n  set number\n  call plug#begin()\n  Plug 'tpope/vim-fugitive'\n  call plug#end()\n''; }",
        "{ programs.neovim = { enable = true; extraLuaConfig = ''\n  require('packer').startup()\n  local at = 'https://github.com/wbthomason/packer.nvim'\n''; }; }",
        "{ programs.neovim.plugins = [ ]; programs.neovim.initLua = \"vim.fn.system({ 'git', 'clone', 'https://github.com/folke/lazy.nvim.git' })\"; }",
        '{ xdg.configFile."nvim/init.lua".text = "return require(\'packer\').packer.startup(f)"; }',
        '{ home.file.".config/nvim/plugins.vim".text = "call plug#begin(stdpath(\'data\'))"; }',
    ],
)
def test_a_plugin_manager_is_explained(module: str):
    check_no_edit(module, OPTION, HOME)


@pytest.mark.parametrize(
    "module",
    [
        "{ programs.neovim.extraConfig = ''\n  \" call plug#begin()\n''; }",
        '{ programs.neovim.extraLuaConfig = "-- from wbthomason/packer.nvim"; }',
        "{ programs.neovim.extraLuaConfig = \"require('lazy').setup({ dev = { path = '${dir}' } }) -- folke/lazy.nvim\"; }",
        '{ xdg.configFile."notes/vim.txt".text = "call plug#begin()"; }',
        '{ home.file."nvim.txt".text = "call plug#begin()"; }',
    ],
)
def test_comments_other_files_and_plugins_from_nix_are_left_alone(module: str):
    check_silent(module, HOME)


def test_nothing_is_said_where_the_option_is_not_there():
    check_silent('{ programs.vim.extraConfig = "call plug#begin()"; }', HOME)
