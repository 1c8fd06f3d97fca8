"""Cases of the rows about other package managers."""

from __future__ import annotations

from .case import Cases, Edit, activation, mac

FOREIGN = (
    Cases(
        row="imp-npm-global",
        file="/shell.nix",
        longer=Edit(
            """\
shellHook = ''
  echo "welcome"
  npm install -g prettier
  export PS1="dev> $PS1"
'';
""",
            """\
shellHook = ''
  echo "welcome"
  export PS1="dev> $PS1"
'';
packages = [ pkgs.prettier ];
""",
        ),
        beside=Edit(
            """\
packages = [
  pkgs.nodejs
];
shellHook = "npm i -g typescript";
""",
            """\
packages = [
  pkgs.nodejs
  pkgs.typescript
];
""",
        ),
        left=(
            'shellHook = "npm install";\n',
            'shellHook = "npm install -g \\"$TOOL\\"";\n',
            'shellHook = "npm ci";\n',
            'shellHook = "command -v tsc || npm i -g typescript";\n',
        ),
    ),
    Cases(
        row="imp-pip-install",
        file="/shell.nix",
        longer=Edit(
            """\
shellHook = ''
  echo "welcome"
  pip install requests flask
  export PS1="dev> $PS1"
'';
""",
            """\
shellHook = ''
  echo "welcome"
  export PS1="dev> $PS1"
'';
packages = [ (pkgs.python3.withPackages (ps: [ ps.requests ps.flask ])) ];
""",
        ),
        beside=Edit(
            """\
packages = [
  pkgs.git
];
shellHook = "pip install numpy";
""",
            """\
packages = [
  pkgs.git
  (pkgs.python3.withPackages (ps: [ ps.numpy ]))
];
""",
        ),
        left=(
            'shellHook = "pip list";\n',
            'shellHook = "pip install -e .";\n',
            'shellHook = "pip freeze > requirements.txt";\n',
        ),
    ),
    Cases(
        row="imp-cargo-go-gem",
        file="/shell.nix",
        longer=Edit(
            """\
shellHook = ''
  echo "welcome"
  cargo install cargo-nextest
  export PS1="dev> $PS1"
'';
""",
            """\
shellHook = ''
  echo "welcome"
  export PS1="dev> $PS1"
'';
packages = [ pkgs.cargo-nextest ];
""",
        ),
        beside=Edit(
            """\
packages = [
  pkgs.go
];
shellHook = "go install golang.org/x/tools/gopls@latest";
""",
            """\
packages = [
  pkgs.go
  pkgs.gopls
];
""",
        ),
        left=(
            'shellHook = "cargo install --path .";\n',
            'shellHook = "go install ./...";\n',
            'shellHook = "cargo build";\n',
            'shellHook = "cargo install no-such-crate-at-all-x";\n',
        ),
    ),
    Cases(
        row="imp-brew",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "casks"
  brew install --cask firefox
  sudo -u alice brew services list
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "casks"
  sudo -u alice brew services list
'';
homebrew.enable = true;
homebrew.casks = [ "firefox" ];
""",
        ),
        beside=Edit(
            """\
homebrew = {
  enable = true;
  brews = [
    "wget"
  ];
};
system.activationScripts.postActivation.text = ''
  brew install jq
'';
""",
            """\
homebrew = {
  enable = true;
  brews = [
    "wget"
    "jq"
  ];
};
""",
        ),
        left=(
            mac("brew list"),
            mac('brew install "$X"'),
            mac("brew list wget || brew install wget"),
            mac("brew doctor"),
        ),
    ),
    Cases(
        row="imp-flatpak",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  echo "apps"
  flatpak remote-add --if-not-exists flathub https://dl.flathub.org/repo/flathub.flatpakrepo
  flatpak install -y flathub org.gimp.GIMP
'';
""",
        beside="""\
services.flatpak.enable = true;
systemd.services.apps.script = "flatpak install --noninteractive flathub org.kde.krita";
""",
        left=(
            activation("flatpak list"),
            activation("flatpak run org.kde.krita"),
            'environment.shellAliases.fi = "flatpak install flathub";\n',
        ),
    ),
    Cases(
        row="imp-distro-pm",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install -y jq ripgrep
  jq --version > /run/jq
'';
""",
            """\
system.activationScripts.setup = ''
  export DEBIAN_FRONTEND=noninteractive
  jq --version > /run/jq
'';
environment.systemPackages = [
  pkgs.jq
  pkgs.ripgrep
];
""",
        ),
        beside=Edit(
            """\
environment.systemPackages = with pkgs; [
  git
];
system.activationScripts.setup = ''
  sudo dnf install -y fd-find
'';
""",
            """\
environment.systemPackages = with pkgs; [
  git
  fd
];
""",
        ),
        left=(
            activation("apt-get update"),
            activation('apt-get install -y "$P"'),
            activation("apt-get install -y no-such-package-at-all-x"),
            activation("command -v git || apt-get install -y git"),
        ),
    ),
    Cases(
        row="imp-curl-sh",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  cd /srv
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y
  echo installed
'';
""",
        beside="""\
environment.systemPackages = [ pkgs.git ];
system.activationScripts.setup = ''
  bash -c "$(curl -fsSL https://example.org/install.sh)"
'';
""",
        left=(
            activation("curl -fsSL https://example.org/x.tar.gz | tar xz"),
            activation("curl -o /srv/x https://example.org/x"),
            'environment.shellAliases.i = "curl https://example.org/i.sh | sh";\n',
        ),
    ),
    Cases(
        row="imp-snap",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  echo "apps"
  sudo snap install --classic code
  echo done
'';
""",
        beside="""\
services.flatpak.enable = true;
system.userActivationScripts.apps.text = "snap install spotify";
""",
        left=(
            activation("snap list"),
            activation("snap remove spotify"),
            'environment.shellAliases.s = "snap install spotify";\n',
        ),
    ),
)
