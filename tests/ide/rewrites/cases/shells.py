"""Cases of the rows about start-up files of shells, and what else a home sets up."""

from __future__ import annotations

from .case import Cases, Edit, switch

SHELLS = (
    Cases(
        row="imp-rc-export",
        file="/home.nix",
        longer=Edit(
            """\
programs.bash.initExtra = ''
  # editor
  export EDITOR=vim
  export PROMPT_COMMAND="history -a; $PROMPT_COMMAND"
  stty -ixon
'';
""",
            """\
home.sessionVariables.EDITOR = "vim";
programs.bash.initExtra = ''
  # editor
  export PROMPT_COMMAND="history -a; $PROMPT_COMMAND"
  stty -ixon
'';
""",
        ),
        beside=Edit(
            """\
home.sessionVariables = {
  LANG = "C.UTF-8";
};
programs.zsh.initContent = "export PAGER='less -R'";
""",
            """\
home.sessionVariables = {
  LANG = "C.UTF-8";
  PAGER = "less -R";
};
""",
        ),
        left=(
            'programs.bash.initExtra = "export A=$(date)";\n',
            'programs.bash.initExtra = "export A=\\"$B\\"";\n',
            'programs.bash.initExtra = "if x; then export A=b; fi";\n',
            'programs.bash.initExtra = "A=b";\n',
        ),
    ),
    Cases(
        row="imp-rc-path",
        file="/home.nix",
        longer=Edit(
            """\
programs.zsh.initContent = ''
  bindkey '^R' history-search
  export PATH="$HOME/bin:$PATH"
  fpath+=(~/.zfunc)
'';
""",
            """\
home.sessionPath = [ "$HOME/bin" ];
programs.zsh.initContent = ''
  bindkey '^R' history-search
  fpath+=(~/.zfunc)
'';
""",
        ),
        beside=Edit(
            """\
home.sessionPath = [
  "$HOME/go/bin"
];
programs.bash.initExtra = "PATH=$HOME/.cargo/bin:$PATH";
""",
            """\
home.sessionPath = [
  "$HOME/go/bin"
  "$HOME/.cargo/bin"
];
""",
        ),
        left=(
            'programs.bash.initExtra = "export PATH=$(brew --prefix)/bin:$PATH";\n',
            'programs.bash.initExtra = "if x; then export PATH=$HOME/a:$PATH; fi";\n',
            'programs.bash.initExtra = "export PATH=/only/this";\n',
            'programs.bash.initExtra = "export MANPATH=$HOME/man:$MANPATH";\n',
        ),
    ),
    Cases(
        row="imp-rc-alias",
        file="/home.nix",
        longer=Edit(
            """\
programs.zsh.initContent = ''
  setopt nobeep
  alias gs='git status -sb'
  mkcd() { mkdir -p "$1" && cd "$1"; }
'';
""",
            """\
programs.zsh.initContent = ''
  setopt nobeep
  mkcd() { mkdir -p "$1" && cd "$1"; }
'';
programs.zsh.shellAliases.gs = "git status -sb";
""",
        ),
        beside=Edit(
            """\
programs.bash.shellAliases = {
  ll = "ls -l";
};
programs.bash.initExtra = "alias la='ls -la'";
""",
            """\
programs.bash.shellAliases = {
  ll = "ls -l";
  la = "ls -la";
};
""",
        ),
        left=(
            'programs.bash.initExtra = "alias";\n',
            'programs.bash.initExtra = "alias x=\\"cd $PWD\\"";\n',
            'programs.bash.initExtra = "if x; then alias a=b; fi";\n',
            'programs.bash.initExtra = "unalias ll";\n',
        ),
    ),
    Cases(
        row="imp-rc-eval-hook",
        file="/home.nix",
        longer=Edit(
            """\
programs.bash.enable = true;
programs.bash.initExtra = ''
  shopt -s globstar
  eval "$(starship init bash)"
  bind 'set bell-style none'
'';
""",
            """\
programs.bash.enable = true;
programs.bash.initExtra = ''
  shopt -s globstar
  bind 'set bell-style none'
'';
programs.starship.enable = true;
""",
        ),
        beside=Edit(
            """\
programs.bash.enable = true;
programs.direnv = {
  nix-direnv.enable = true;
};
programs.bash.initExtra = ''eval "$(direnv hook bash)"'';
""",
            """\
programs.bash.enable = true;
programs.direnv = {
  nix-direnv.enable = true;
  enable = true;
};
""",
            is_for_review=True,
        ),
        left=(
            "programs.bash.initExtra = ''eval \"$(own-tool init bash)\"'';\n",
            "programs.bash.initExtra = ''if x; then eval \"$(zoxide init bash)\"; fi'';\n",
            "programs.bash.initExtra = ''eval \"$(zoxide init $SHELL)\"'';\n",
            'programs.bash.initExtra = "zoxide add /srv";\n',
        ),
    ),
    Cases(
        row="imp-rc-plugin-source",
        file="/home.nix",
        longer=Edit(
            """\
programs.zsh.initContent = ''
  setopt nobeep
  source ${pkgs.zsh-autosuggestions}/share/zsh-autosuggestions/zsh-autosuggestions.zsh
  ZSH_AUTOSUGGEST_STRATEGY=(history)
'';
""",
            """\
programs.zsh.initContent = ''
  setopt nobeep
  ZSH_AUTOSUGGEST_STRATEGY=(history)
'';
programs.zsh.autosuggestion.enable = true;
""",
        ),
        beside=Edit(
            """\
programs.zsh = {
  enable = true;
  initContent = "source ${pkgs.zsh-syntax-highlighting}/share/zsh-syntax-highlighting/zsh-syntax-highlighting.zsh";
};
""",
            """\
programs.zsh = {
  enable = true;
  syntaxHighlighting.enable = true;
};
""",
        ),
        left=(
            'programs.zsh.initContent = "source ~/.zsh/own.zsh";\n',
            'programs.zsh.initContent = "source \\"$PLUGINS/zsh-autosuggestions.zsh\\"";\n',
            'programs.zsh.initContent = "if x; then source ${pkgs.zsh-autosuggestions}/share/zsh-autosuggestions/zsh-autosuggestions.zsh; fi";\n',
            'programs.zsh.initContent = "cat ${pkgs.hello}/share/hello.zsh";\n',
        ),
    ),
    Cases(
        row="imp-rc-history",
        file="/home.nix",
        longer=Edit(
            """\
programs.bash.initExtra = ''
  HISTFILESIZE=20000
  HISTTIMEFORMAT='%F %T '
  shopt -s cmdhist
'';
""",
            """\
programs.bash.initExtra = ''
  HISTTIMEFORMAT='%F %T '
  shopt -s cmdhist
'';
programs.bash.historyFileSize = 20000;
""",
        ),
        beside=Edit(
            """\
programs.zsh.history = {
  extended = true;
};
programs.zsh.initContent = ''
  SAVEHIST=5000
'';
""",
            """\
programs.zsh.history = {
  extended = true;
  save = 5000;
};
""",
        ),
        left=(
            'programs.bash.initExtra = "HISTSIZE=$N";\n',
            'programs.bash.initExtra = "if x; then HISTSIZE=5; fi";\n',
            'programs.bash.initExtra = "history -a";\n',
            'programs.bash.initExtra = "HISTSIZE=";\n',
        ),
    ),
    Cases(
        row="imp-rc-keymap",
        file="/home.nix",
        longer=Edit(
            """\
programs.zsh.initContent = ''
  autoload -U edit-command-line
  bindkey -e
  bindkey '^X^E' edit-command-line
'';
""",
            """\
programs.zsh.initContent = ''
  autoload -U edit-command-line
  bindkey '^X^E' edit-command-line
'';
programs.zsh.defaultKeymap = "emacs";
""",
        ),
        beside=Edit(
            """\
programs.zsh = {
  enable = true;
  autocd = true;
  initContent = "bindkey -v";
};
""",
            """\
programs.zsh = {
  enable = true;
  autocd = true;
  defaultKeymap = "viins";
};
""",
        ),
        left=(
            "programs.zsh.initContent = \"bindkey '^A' beginning-of-line\";\n",
            'programs.zsh.initContent = "bindkey -M vicmd k up-line-or-search";\n',
            'programs.zsh.initContent = "if x; then bindkey -v; fi";\n',
            'programs.zsh.initContent = "bindkey";\n',
        ),
    ),
    Cases(
        row="imp-rc-compinit",
        file="/home.nix",
        longer=Edit(
            """\
programs.zsh.initContent = ''
  zmodload zsh/complist
  autoload -Uz compinit && compinit
  zstyle ':completion:*' menu select
'';
""",
            """\
programs.zsh.initContent = ''
  zmodload zsh/complist
  zstyle ':completion:*' menu select
'';
programs.zsh.enableCompletion = true;
""",
        ),
        beside=Edit(
            """\
programs.zsh = {
  enable = true;
  initContent = ''
    autoload -U compinit
    compinit
  '';
};
""",
            """\
programs.zsh = {
  enable = true;
  enableCompletion = true;
};
""",
        ),
        left=(
            'programs.zsh.initContent = "autoload -U colors && colors";\n',
            'programs.zsh.initContent = "compinit -C";\n',
            'programs.zsh.initContent = "if x; then autoload -U compinit && compinit; fi";\n',
            'programs.bash.initExtra = "compinit";\n',
        ),
    ),
    Cases(
        row="imp-rc-fish",
        file="/home.nix",
        longer=Edit(
            """\
programs.fish.interactiveShellInit = ''
  set -g fish_greeting
  function mkcd
    mkdir -p $argv
    cd $argv
  end
  set -gx LS_COLORS (vivid generate nord)
  if status is-login
    function later; end
  end
'';
""",
            """\
programs.fish.interactiveShellInit = ''
  set -g fish_greeting
  set -gx LS_COLORS (vivid generate nord)
  if status is-login
    function later; end
  end
'';
programs.fish.functions.mkcd = ''
  mkdir -p $argv
  cd $argv
'';
""",
        ),
        beside=Edit(
            """\
programs.fish = {
  enable = true;
  functions = {
    gs = "git status";
  };
  interactiveShellInit = "function ll; ls -lh $argv; end";
};
""",
            """\
programs.fish = {
  enable = true;
  functions = {
    gs = "git status";
    ll = "ls -lh $argv";
  };
};
""",
        ),
        left=(
            'programs.fish.interactiveShellInit = "if status is-login; function ll; ls; end; end";\n',
            'programs.fish.interactiveShellInit = "set -g fish_greeting";\n',
            'programs.fish.interactiveShellInit = "fish_add_path (brew --prefix)/bin";\n',
            'programs.bash.initExtra = "function ll { ls -l; }";\n',
        ),
    ),
    Cases(
        row="imp-ssh-agent",
        file="/configuration.nix",
        longer=Edit(
            """\
programs.bash.interactiveShellInit = ''
  umask 022
  eval "$(ssh-agent -s)"
  stty -ixon
'';
""",
            """\
programs.bash.interactiveShellInit = ''
  umask 022
  stty -ixon
'';
programs.ssh.startAgent = true;
""",
        ),
        beside=Edit(
            """\
programs.ssh = {
  forwardX11 = false;
};
environment.interactiveShellInit = ''eval $(ssh-agent)'';
""",
            """\
programs.ssh = {
  forwardX11 = false;
  startAgent = true;
};
""",
        ),
        left=(
            "environment.interactiveShellInit = ''if [ -z \"$SSH_AUTH_SOCK\" ]; then eval \"$(ssh-agent)\"; fi'';\n",
            "environment.interactiveShellInit = ''eval \"$(ssh-agent -a $SOCK)\"'';\n",
            'environment.interactiveShellInit = "ssh-agent -k";\n',
            'environment.interactiveShellInit = "pgrep ssh-agent";\n',
        ),
    ),
    Cases(
        row="imp-gpg-agent",
        file="/home.nix",
        longer=Edit(
            """\
programs.bash.initExtra = ''
  umask 022
  gpgconf --launch gpg-agent
  export SSH_AUTH_SOCK=$(gpgconf --list-dirs agent-ssh-socket)
  stty -ixon
'';
""",
            """\
programs.bash.initExtra = ''
  umask 022
  stty -ixon
'';
services.gpg-agent = {
  enable = true;
  enableSshSupport = true;
};
""",
        ),
        beside=Edit(
            """\
services.gpg-agent = {
  defaultCacheTtl = 600;
};
programs.zsh.initContent = ''
  gpgconf --launch gpg-agent
  export SSH_AUTH_SOCK="$(gpgconf --list-dirs agent-ssh-socket)"
'';
""",
            """\
services.gpg-agent = {
  defaultCacheTtl = 600;
  enable = true;
  enableSshSupport = true;
};
""",
        ),
        left=(
            'programs.bash.initExtra = "gpgconf --kill gpg-agent";\n',
            'programs.bash.initExtra = "gpg-connect-agent updatestartuptty /bye >/dev/null; export SSH_AUTH_SOCK=$XDG_RUNTIME_DIR/other";\n',
            'programs.bash.initExtra = "gpgconf --list-dirs";\n',
            'programs.bash.initExtra = "if x; then gpgconf --launch gpg-agent; fi";\n',
        ),
    ),
    Cases(
        row="imp-rc-omz",
        file="/home.nix",
        longer=Edit(
            """\
programs.zsh.initContent = ''
  zmodload zsh/zprof
  export ZSH=${pkgs.oh-my-zsh}/share/oh-my-zsh
  ZSH_THEME=agnoster
  plugins=(git fzf)
  source $ZSH/oh-my-zsh.sh
  bindkey '^A' beginning-of-line
'';
""",
            """\
programs.zsh.initContent = ''
  zmodload zsh/zprof
  bindkey '^A' beginning-of-line
'';
programs.zsh.oh-my-zsh = {
  enable = true;
  theme = "agnoster";
  plugins = [
    "git"
    "fzf"
  ];
};
""",
        ),
        beside=Edit(
            """\
programs.zsh = {
  enable = true;
  initContent = ''
    ZSH_THEME="bira"
    source $ZSH/oh-my-zsh.sh
  '';
};
""",
            """\
programs.zsh = {
  enable = true;
  oh-my-zsh = {
    enable = true;
    theme = "bira";
  };
};
""",
        ),
        left=(
            'programs.zsh.initContent = "ZSH_THEME=agnoster";\n',
            'programs.zsh.initContent = "plugins=(git)";\n',
            'programs.zsh.initContent = "if x; then source $ZSH/oh-my-zsh.sh; fi";\n',
            'programs.zsh.initContent = "omz update";\n',
        ),
    ),
    Cases(
        row="imp-ssh-add",
        file="/home.nix",
        longer=Edit(
            """\
programs.bash.initExtra = ''
  umask 022
  ssh-add ~/.ssh/id_ed25519 2>/dev/null
  stty -ixon
'';
""",
            """\
programs.bash.initExtra = ''
  umask 022
  stty -ixon
'';
programs.ssh = {
  enable = true;
  settings."*".AddKeysToAgent = "yes";
};
""",
        ),
        beside=Edit(
            """\
programs.ssh = {
  enable = true;
  settings."github.com".User = "git";
};
programs.zsh.initContent = "ssh-add -q";
""",
            """\
programs.ssh = {
  enable = true;
  settings."github.com".User = "git";
  settings."*".AddKeysToAgent = "yes";
};
""",
        ),
        left=(
            'programs.bash.initExtra = "ssh-add -l";\n',
            'programs.bash.initExtra = "if x; then ssh-add; fi";\n',
            'programs.bash.initExtra = "ssh-add -l >/dev/null || ssh-add";\n',
            'programs.bash.initExtra = "ssh-add -D";\n',
        ),
    ),
    Cases(
        row="imp-gpg-import",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "keys"
  ${pkgs.gnupg}/bin/gpg --batch --import ${./alice.asc}
  gpg --list-keys > "$HOME/.cache/keys"
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "keys"
  gpg --list-keys > "$HOME/.cache/keys"
'';
programs.gpg = {
  enable = true;
  publicKeys = [ { source = ./alice.asc; } ];
};
""",
        ),
        beside=Edit(
            """\
programs.gpg = {
  enable = true;
  publicKeys = [
    { source = ./first.asc; }
  ];
};
home.activation.gpg = lib.hm.dag.entryAfter [ "writeBoundary" ] "gpg --import ${./second.asc} || true";
""",
            """\
programs.gpg = {
  enable = true;
  publicKeys = [
    { source = ./first.asc; }
    { source = ./second.asc; }
  ];
};
""",
        ),
        left=(
            switch("gpg --import ~/key.asc"),
            switch('gpg --import "$KEY"'),
            switch("gpg --list-keys"),
            switch("gpg --recv-keys ABCDEF"),
            switch("gpg --import ${./private-key.asc}"),
        ),
    ),
    Cases(
        row="imp-version-manager",
        file="/home.nix",
        longer="""\
programs.bash.initExtra = ''
  umask 022
  . "$HOME/.asdf/asdf.sh"
  stty -ixon
'';
""",
        beside="""\
programs.direnv.enable = true;
programs.bash.initExtra = ''
  export NVM_DIR="$HOME/.nvm"
  [ -s "$NVM_DIR/nvm.sh" ] && . "$NVM_DIR/nvm.sh"
'';
""",
        left=(
            'programs.bash.initExtra = ". ~/.own/functions.sh";\n',
            'programs.bash.initExtra = "alias nvm=fnm";\n',
            'programs.bash.initExtra = "echo nvm.sh";\n',
        ),
    ),
    Cases(
        row="imp-tmux-tpm",
        file="/home.nix",
        longer=Edit(
            """\
programs.tmux.extraConfig = ''
  set -g mouse on
  set -g @plugin 'tmux-plugins/tmux-yank'
  bind-key r source-file ~/.config/tmux/tmux.conf
'';
""",
            """\
programs.tmux.extraConfig = ''
  set -g mouse on
  bind-key r source-file ~/.config/tmux/tmux.conf
'';
programs.tmux.plugins = [ pkgs.tmuxPlugins.yank ];
""",
        ),
        beside=Edit(
            """\
programs.tmux = {
  enable = true;
  plugins = with pkgs.tmuxPlugins; [
    sensible
  ];
  extraConfig = "set -g @plugin 'tmux-plugins/tmux-resurrect'";
};
""",
            """\
programs.tmux = {
  enable = true;
  plugins = with pkgs.tmuxPlugins; [
    sensible
    resurrect
  ];
};
""",
        ),
        left=(
            'programs.tmux.extraConfig = "set -g mouse on";\n',
            "programs.tmux.extraConfig = \"# set -g @plugin 'tmux-plugins/tmux-yank'\";\n",
            "programs.tmux.extraConfig = \"set -g @plugins 'a'\";\n",
        ),
    ),
    Cases(
        row="imp-nvim-bootstrap",
        file="/home.nix",
        longer="""\
programs.neovim.extraConfig = ''
  set number
  call plug#begin('~/.vim/plugged')
  Plug 'tpope/vim-surround'
  call plug#end()
  colorscheme desert
'';
""",
        beside="""\
programs.neovim = {
  enable = true;
  plugins = [ pkgs.vimPlugins.vim-sensible ];
  extraConfig = "call plug#begin()\\nPlug 'tpope/vim-fugitive'\\ncall plug#end()";
};
""",
        left=(
            'programs.neovim.extraConfig = "set number";\n',
            'programs.neovim.extraConfig = "\\" call plug#begin() is not needed";\n',
            "programs.neovim.extraConfig = \"let g:plug_window = 'new'\";\n",
        ),
    ),
    Cases(
        row="imp-vscode-ext",
        file="/home.nix",
        longer=Edit(
            """\
programs.vscode.enable = true;
home.activation.ext = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "extensions"
  code --install-extension rust-lang.rust-analyzer --force
  code --list-extensions > "$HOME/.cache/extensions"
'';
""",
            """\
programs.vscode.enable = true;
programs.vscode.profiles.default.extensions = [ pkgs.vscode-extensions.rust-lang.rust-analyzer ];
home.activation.ext = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "extensions"
  code --list-extensions > "$HOME/.cache/extensions"
'';
""",
        ),
        beside=Edit(
            """\
programs.vscode = {
  enable = true;
  profiles.default.extensions = with pkgs.vscode-extensions; [
    jnoortheen.nix-ide
  ];
};
home.activation.ext = lib.hm.dag.entryAfter [ "writeBoundary" ] "code --install-extension golang.go";
""",
            """\
programs.vscode = {
  enable = true;
  profiles.default.extensions = with pkgs.vscode-extensions; [
    jnoortheen.nix-ide
    golang.go
  ];
};
""",
        ),
        left=(
            switch("code --list-extensions"),
            switch('code --install-extension "$EXT"'),
            switch("code --install-extension nobody.nothing-like-it"),
            switch("code --uninstall-extension golang.go"),
        ),
    ),
    Cases(
        row="imp-kubectl-apply",
        file="/configuration.nix",
        longer=Edit(
            """\
services.k3s.enable = true;
systemd.services.cluster.script = ''
  k3s kubectl get nodes
  k3s kubectl apply -f ${./ingress.yaml}
  echo applied
'';
""",
            """\
services.k3s.enable = true;
services.k3s.manifests.ingress.source = ./ingress.yaml;
systemd.services.cluster.script = ''
  k3s kubectl get nodes
  echo applied
'';
""",
        ),
        beside=Edit(
            """\
services.k3s = {
  enable = true;
  manifests = {
    dns.source = ./dns.yaml;
  };
};
systemd.services.cluster.script = "kubectl apply -f ${./ingress.yaml}";
""",
            """\
services.k3s = {
  enable = true;
  manifests = {
    dns.source = ./dns.yaml;
    ingress.source = ./ingress.yaml;
  };
};
""",
        ),
        left=(
            'systemd.services.cluster.script = "kubectl apply -f ${./ingress.yaml}";\n',
            'services.k3s.enable = true; systemd.services.cluster.script = "kubectl apply -f /srv/x.yaml";\n',
            'services.k3s.enable = true; systemd.services.cluster.script = "kubectl delete -f ${./x.yaml}";\n',
            'services.k3s.enable = true; systemd.services.cluster.script = "kubectl get pods || kubectl apply -f ${./x.yaml}";\n',
        ),
    ),
)
