---@brief
---
--- https://github.com/nix-lsp/nix-lsp
---
--- A language server for Nix that answers for the nixpkgs release a project has pinned. Install it with `pipx install nix-lsp` or
--- `uv tool install --compile-bytecode nix-lsp`.

---@type vim.lsp.Config
return {
  cmd = { 'nix-lsp' },
  filetypes = { 'nix' },
  root_markers = { { 'flake.nix', 'npins', 'lon.lock', 'devenv.nix' }, '.git' },
}
