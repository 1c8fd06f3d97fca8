-- What test_neovim.py does as a user of Neovim. Sourced with `nvim --headless FILE -S neovim.lua`: keys go in as typed ones, between
-- them the event loop runs, and what was seen is written as JSON to $NIX_LSP_SEEN. Every wait has the deadline of the whole session.

local DEADLINE = vim.uv.now() + tonumber(vim.env.NIX_LSP_DEADLINE_MS)
local SOURCE = 'nix-lsp'
local seen = { steps = {} }

local function finish(failure)
  seen.failure = failure
  vim.fn.writefile({ vim.json.encode(seen) }, vim.env.NIX_LSP_SEEN)
  vim.cmd('qall!')
end

local session

-- Let Neovim work until `condition` returns something true, and return that.
local function wait(what, condition)
  table.insert(seen.steps, what)
  while true do
    local value = condition()
    if value then
      return value
    end
    if vim.uv.now() > DEADLINE then
      error('waited in vain: ' .. what, 0)
    end
    vim.defer_fn(session, 20)
    coroutine.yield()
  end
end

local function type_keys(keys)
  vim.api.nvim_input(keys)
end

local function cursor_to(text)
  local line, column = unpack(vim.fn.searchpos('\\V' .. text, 'nw'))
  assert(line > 0, 'not in the buffer: ' .. text)
  vim.api.nvim_win_set_cursor(0, { line, column - 1 })
end

local function diagnostics()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    if diagnostic.source == SOURCE then
      local text = vim.api.nvim_buf_get_text(
        0, diagnostic.lnum, diagnostic.col, diagnostic.end_lnum, diagnostic.end_col, {})
      table.insert(found, {
        code = diagnostic.code,
        severity = vim.diagnostic.severity[diagnostic.severity],
        message = diagnostic.message,
        text = table.concat(text, '\n'),
      })
    end
  end
  return found
end

local function with_code(code)
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.code == code
  end, diagnostics())[1]
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true), '\n')
    end
  end
end

local function buffer_text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n') .. '\n'
end

local act = {}

function act.attach()
  local client = wait('the server to attach', function()
    return vim.lsp.get_clients({ bufnr = 0, name = 'nix_lsp' })[1]
  end)
  wait('the answer to initialize', function()
    return client.initialized
  end)
  seen.client = { encoding = client.offset_encoding, root = client.root_dir, server = client.server_info }
end

function act.diagnose()
  wait('option-renamed', function()
    return with_code('option-renamed')
  end)
  seen.diagnostics = diagnostics()
end

function act.hover()
  cursor_to('openssh')
  type_keys('2wK') -- from `openssh` over `.` to `enable`
  seen.hover = wait('the hover window', floating_text)
  type_keys('gg')
  wait('the hover window to close', function()
    return not floating_text()
  end)
end

function act.fix()
  cursor_to('opengl')
  -- What a user picks in the menu of `gra`.
  vim.ui.select = function(items, options, choose)
    seen.actions = vim.tbl_map(options.format_item, items)
    choose(items[1], 1)
  end
  type_keys('gra')
  wait('the edit', function()
    return buffer_text():find('hardware.graphics.enable', 1, true)
  end)
  wait('option-renamed to go', function()
    return not with_code('option-renamed')
  end)
  seen.fixed = buffer_text()
end

function act.complete()
  cursor_to('services.openssh')
  type_keys('oservices.openss<C-Space>')
  wait('the completion menu', function()
    return vim.fn.pumvisible() == 1
  end)
  seen.completion = vim.tbl_map(function(item)
    return { word = item.abbr, kind = item.kind }
  end, vim.fn.complete_info({ 'items' }).items)
  type_keys('<C-n><C-y>')
  wait('the chosen item', function()
    return vim.fn.pumvisible() == 0 and vim.api.nvim_get_current_line():find('services.openssh', 1, true)
  end)
  type_keys('.enable = true;<Esc>')
  wait('normal mode', function()
    return vim.api.nvim_get_mode().mode == 'n'
  end)
  seen.completed = buffer_text()
end

-- What helps to read: folds, colours, hints, links, growing selections.
function act.read()
  vim.wo.foldmethod, vim.wo.foldexpr = 'expr', 'v:lua.vim.lsp.foldexpr()'
  wait('folds', function()
    return vim.fn.foldlevel(6) > 0
  end)
  type_keys('zM')
  wait('closed folds', function()
    return vim.fn.foldclosed(6) > 0
  end)
  seen.closed = {}
  for line = 1, vim.fn.line('$') do
    table.insert(seen.closed, { vim.fn.foldclosed(line), vim.fn.foldclosedend(line) })
  end
  type_keys('zR')

  seen.tokens = {}
  for _, name in ipairs({ 'pkgs', 'greet', 'opengl' }) do
    local line, column = unpack(vim.fn.searchpos('\\V' .. name, 'nw'))
    local tokens = wait('the token of ' .. name, function()
      local found = vim.lsp.semantic_tokens.get_at_pos(0, line - 1, column - 1)
      -- The tokens of what is on the screen come first; all of the file says more.
      return found and #found > 0 and next(found[1].modifiers) and found
    end)
    seen.tokens[name] = { type = tokens[1].type, modifiers = vim.tbl_keys(tokens[1].modifiers) }
    table.sort(seen.tokens[name].modifiers)
  end

  vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
  seen.hints = wait('hints', function()
    local hints = vim.tbl_map(function(hint)
      return { line = hint.inlay_hint.position.line + 1, label = hint.inlay_hint.label }
    end, vim.lsp.inlay_hint.get({ bufnr = 0 }))
    return #hints > 1 and hints
  end)

  vim.ui.open = function(target)
    seen.opened = target
  end
  cursor_to('./hardware.nix')
  type_keys('gx')
  wait('a link to be opened', function()
    return seen.opened
  end)

  cursor_to('enable')
  vim.lsp.buf.selection_range(1)
  seen.selections = {}
  for step = 1, 3 do
    seen.selections[step] = wait('selection ' .. step, function()
      if vim.fn.mode() ~= 'v' then
        return
      end
      local text = table.concat(vim.fn.getregion(vim.fn.getpos('v'), vim.fn.getpos('.')), '\n')
      return text ~= seen.selections[step - 1] and text
    end)
    vim.lsp.buf.selection_range(1)
  end
  type_keys('<Esc>')
end

function act.idle()
  vim.fn.writefile({}, vim.env.NIX_LSP_SEEN) -- the test takes it from here
  wait('the test to end this', function()
    return false
  end)
end

-- Settings may arrive after the first diagnostics, which then are taken back.
function act.silence()
  wait('option-renamed to be silenced, and it alone', function()
    seen.diagnostics = diagnostics()
    return with_code('option-unknown') and not with_code('option-renamed')
  end)
end

-- `nix flake update` in another window: a new lock file takes the old one's place, and the user comes back to type on. Neovim watches
-- no files on Linux, so the server looks at the disk when it is asked something, once a second at most.
function act.update()
  wait('option-unknown', function()
    return with_code('option-unknown')
  end)
  seen.before = diagnostics()
  assert(vim.uv.fs_rename('flake.lock.new', 'flake.lock'))
  local renamed = vim.uv.now()
  wait('the user to come back', function()
    return vim.uv.now() - renamed > 1500
  end)
  type_keys('Go# updated<Esc>')
  wait('the diagnostics of the other release', function()
    return with_code('option-renamed')
  end)
  seen.diagnostics = diagnostics()
end

function act.save()
  vim.cmd.write()
end

local main = coroutine.create(function()
  for name in vim.gsplit(vim.env.NIX_LSP_ACTS, ' ') do
    act[name]()
  end
end)

session = function()
  local alive, failure = coroutine.resume(main)
  if not alive then
    finish(failure)
  elseif coroutine.status(main) == 'dead' then
    finish(nil)
  end
end

vim.schedule(session)
