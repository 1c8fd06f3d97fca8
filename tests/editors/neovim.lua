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

-- Whether something has the code; where it is may be out of date, if the text has just changed.
local function with_code(code)
  return vim.iter(vim.diagnostic.get(0)):any(function(diagnostic)
    return diagnostic.source == SOURCE and diagnostic.code == code
  end)
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

local function show(name)
  vim.cmd.drop(name)
  wait(name .. ' to be shown, with the server', function()
    return vim.fn.expand('%:t') == name and vim.lsp.get_clients({ bufnr = 0, name = 'nix_lsp' })[1]
  end)
end

-- The rows of the quickfix list as `file:line text` once it has a title; the window is closed again.
local function listed(title)
  local list = wait('the list of ' .. title, function()
    local found = vim.fn.getqflist({ title = 0, items = 0 })
    return found.title:find(title, 1, true) and #found.items > 0 and found.items
  end)
  vim.cmd.cclose()
  return vim.tbl_map(function(item)
    return ('%s:%d %s'):format(vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ':t'), item.lnum, vim.trim(item.text))
  end, list)
end

-- Open the menu of `gra`, by keys, and pick the entry whose title has the text.
local function choose(text, keys)
  local titles
  vim.ui.select = function(items, options, done)
    titles = vim.tbl_map(options.format_item, items)
    for number, title in ipairs(titles) do
      if title:find(text, 1, true) then
        return done(items[number], number)
      end
    end
    done(nil, nil)
  end
  type_keys(keys or 'gra')
  wait('the menu with ' .. text, function()
    return titles
  end)
  assert(vim.iter(titles):any(function(title)
    return title:find(text, 1, true)
  end), ('no %s in the menu: %s'):format(text, vim.inspect(titles)))
end

-- What is asked about names: where one comes from, where it is used, what it is called.
function act.names()
  cursor_to('webPort ];')
  type_keys('<C-]>')
  seen.defined = wait('the definition', function()
    return vim.fn.expand('%:t') == 'ports.nix' and { vim.fn.line('.'), vim.fn.expand('<cword>') }
  end)
  show('configuration.nix')

  cursor_to('webPort ];')
  type_keys('grr')
  seen.references = listed('References')
  show('configuration.nix')

  cursor_to('webPort ];')
  vim.lsp.buf.document_highlight()
  seen.highlights = wait('highlights', function()
    local space = vim.api.nvim_get_namespaces()['nvim.lsp.references']
    local marks = space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}
    return #marks > 0 and vim.tbl_map(function(mark)
      return { mark[2] + 1, mark[4].hl_group }
    end, marks)
  end)
  vim.lsp.buf.clear_references()

  vim.lsp.buf.workspace_symbol('backup')
  seen.symbols = listed('Symbols')
  show('configuration.nix')
end

-- A `let` name first, which an `inherit` gives away; then the attribute, which the other file takes.
function act.rename()
  show('ports.nix')
  seen.renamed = {}
  for _, step in ipairs({ { 'webPort =', 'port', 'webPort = port;' }, { 'webPort = port', 'httpPort', 'httpPort = port;' } }) do
    local at, name, outcome = unpack(step)
    cursor_to(at)
    vim.ui.input = function(options, done)
      table.insert(seen.renamed, options.default)
      done(name)
    end
    type_keys('grn')
    wait(outcome, function()
      return buffer_text():find(outcome, 1, true)
    end)
  end
  show('configuration.nix')
end

function act.sign()
  cursor_to('users.motd')
  type_keys('ousers.greeting = greet "desk" <C-s>')
  seen.signature = wait('the signature', floating_text)
  local space = vim.api.nvim_get_namespaces()['nvim.lsp.signature_help']
  local window = vim.iter(vim.api.nvim_list_wins()):find(function(each)
    return vim.api.nvim_win_get_config(each).relative ~= ''
  end)
  local buffer = vim.api.nvim_win_get_buf(window)
  local mark = vim.api.nvim_buf_get_extmarks(buffer, space, 0, -1, { details = true })[1]
  seen.argument = vim.api.nvim_buf_get_text(buffer, mark[2], mark[3], mark[4].end_row, mark[4].end_col, {})[1]
  type_keys('"hello";<Esc>')
  wait('normal mode', function()
    return vim.api.nvim_get_mode().mode == 'n'
  end)
end

function act.refactor()
  cursor_to('nginx')
  choose('Flatten')
  wait('the flat paths', function()
    return buffer_text():find('services.nginx.enable = true;', 1, true)
  end)

  cursor_to('[ pkgs.zsh')
  choose('Extract to ./shells.nix', 'v%gra')
  wait('the import', function()
    return buffer_text():find('import ./shells.nix', 1, true)
  end)
  type_keys('<Esc>')
  wait('the selection to end', function()
    return vim.api.nvim_get_mode().mode == 'n'
  end)
end

function act.define()
  wait('undefined-name', function()
    return with_code('undefined-name')
  end)
  cursor_to('attrNames')
  choose('builtins.attrNames')
  wait('undefined-name to go', function()
    return buffer_text():find('builtins.attrNames', 1, true) and not with_code('undefined-name')
  end)
end

function act.format()
  vim.lsp.buf.format({ timeout_ms = 10000 })
  wait('the formatted text', function()
    return not buffer_text():find('WIDE', 1, true)
  end)
end

function act.save_all()
  vim.cmd.wall()
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
