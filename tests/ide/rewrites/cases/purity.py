"""Cases of the rows about paths, variables and sources."""

from __future__ import annotations

from .case import Cases, Edit, activation

PURITY = (
    Cases(
        row="imp-udev-etc",
        file="/configuration.nix",
        longer=Edit(
            """\
environment.etc."udev/rules.d/70-keyboard.rules" = {
  mode = "0644";
  text = ''
    # the keyboard that can be flashed
    SUBSYSTEM=="usb", ATTRS{idVendor}=="3297", TAG+="uaccess"
  '';
};
""",
            """\
services.udev.extraRules = ''
  # the keyboard that can be flashed
  SUBSYSTEM=="usb", ATTRS{idVendor}=="3297", TAG+="uaccess"
'';
""",
        ),
        beside=Edit(
            """\
services.udev.extraRules = ''
  KERNEL=="uinput", GROUP="input"
'';
environment.etc."udev/rules.d/99-x.rules".text = "SUBSYSTEM==\\"tty\\", GROUP=\\"dialout\\"";
""",
            """\
services.udev.extraRules = ''
  KERNEL=="uinput", GROUP="input"
  SUBSYSTEM=="tty", GROUP="dialout"
'';
""",
        ),
        left=(
            'environment.etc."udev/hwdb.d/a.hwdb".text = "x";\n',
            'environment.etc."udev/udev.conf".text = "udev_log=info";\n',
            activation("udevadm control --reload"),
        ),
    ),
    Cases(
        row="imp-run-current-system",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.sync.script = ''
  cd /srv
  /run/current-system/sw/bin/rsync -a /srv/a /srv/b
  for f in *; do echo $f; done
'';
""",
            """\
systemd.services.sync.script = ''
  cd /srv
  ${pkgs.rsync}/bin/rsync -a /srv/a /srv/b
  for f in *; do echo $f; done
'';
""",
        ),
        beside=Edit(
            """\
systemd.services.sync = {
  path = [ pkgs.git ];
  serviceConfig.ExecStart = "/run/current-system/sw/bin/jq . /srv/a.json";
};
""",
            """\
systemd.services.sync = {
  path = [ pkgs.git ];
  serviceConfig.ExecStart = "${pkgs.jq}/bin/jq . /srv/a.json";
};
""",
        ),
        left=(
            'systemd.services.a.script = "/run/current-system/bin/switch-to-configuration boot";\n',
            'systemd.services.a.script = "ls /run/current-system";\n',
            'systemd.services.a.script = "/run/current-system/sw/bin/no-such-program-at-all";\n',
            'users.users.alice.shell = "/run/current-system/sw/bin/zsh";\n',
        ),
    ),
    Cases(
        row="imp-fhs-path",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.sync.script = ''
  cd /srv
  /usr/bin/rsync -a /srv/a /srv/b
  for f in *; do echo $f; done
'';
""",
            """\
systemd.services.sync.script = ''
  cd /srv
  ${pkgs.rsync}/bin/rsync -a /srv/a /srv/b
  for f in *; do echo $f; done
'';
""",
        ),
        beside=Edit(
            """\
systemd.services.sync = {
  path = [ pkgs.git ];
  serviceConfig.ExecStart = "/usr/bin/jq . /srv/a.json";
};
""",
            """\
systemd.services.sync = {
  path = [ pkgs.git ];
  serviceConfig.ExecStart = "${pkgs.jq}/bin/jq . /srv/a.json";
};
""",
        ),
        left=(
            'systemd.services.a.script = "/usr/bin/env bash /srv/a";\n',
            'systemd.services.a.script = "/bin/sh /srv/a";\n',
            'systemd.services.a.script = "/usr/bin/no-such-program-at-all";\n',
            'programs.nix-ld.enable = true; services.envfs.enable = true; systemd.services.a.script = "ls /usr/bin";\n',
        ),
    ),
    Cases(
        row="imp-ld-library-path",
        file="/shell.nix",
        longer=Edit(
            """\
shellHook = ''
  echo "welcome"
  export LD_LIBRARY_PATH=${lib.makeLibraryPath [ pkgs.openssl pkgs.zlib ]}
  export PS1="dev> $PS1"
'';
""",
            """\
shellHook = ''
  echo "welcome"
  export PS1="dev> $PS1"
'';
env.LD_LIBRARY_PATH = lib.makeLibraryPath [ pkgs.openssl pkgs.zlib ];
""",
        ),
        beside=Edit(
            """\
packages = [ pkgs.gcc ];
env = {
  CC = "gcc";
};
shellHook = "export LD_LIBRARY_PATH=${pkgs.zlib}/lib";
""",
            """\
packages = [ pkgs.gcc ];
env = {
  CC = "gcc";
  LD_LIBRARY_PATH = "${pkgs.zlib}/lib";
};
""",
        ),
        left=(
            'shellHook = "export LIBRARY_PATH=/x";\n',
            'shellHook = "LD_LIBRARY_PATH=/x ./run";\n',
            'shellHook = "echo $LD_LIBRARY_PATH";\n',
        ),
    ),
    Cases(
        row="imp-shellhook-export",
        file="/shell.nix",
        longer=Edit(
            """\
shellHook = ''
  # for the server
  export DATABASE_URL=postgres:///dev
  export ROOT="$PWD"
  git status
'';
""",
            """\
shellHook = ''
  # for the server
  export ROOT="$PWD"
  git status
'';
env.DATABASE_URL = "postgres:///dev";
""",
        ),
        beside=Edit(
            """\
env = {
  A = "b";
};
shellHook = "export RUST_BACKTRACE=1";
""",
            """\
env = {
  A = "b";
  RUST_BACKTRACE = "1";
};
""",
        ),
        left=(
            'shellHook = "export ROOT=$PWD";\n',
            'shellHook = "export PATH=$PWD/bin:$PATH";\n',
            'shellHook = "export A=$(date)";\n',
            'shellHook = "if x; then export A=b; fi";\n',
        ),
    ),
    Cases(
        row="imp-nixpkgs-config-file",
        file="/home.nix",
        longer="""\
xdg.configFile."nixpkgs/config.nix" = {
  force = true;
  text = ''
    {
      # for nix-shell -p
      allowUnfree = true;
    }
  '';
};
""",
        beside="""\
nixpkgs.config.allowUnfree = true;
home.file.".config/nixpkgs/overlays.nix".text = "[ (final: prev: { }) ]";
""",
        left=(
            'nixpkgs.config.allowUnfree = true; xdg.configFile."nixpkgs/config.nix".text = "{ allowUnfree = true; }";\n',
            'xdg.configFile."nix/nix.conf".text = "keep-outputs = true";\n',
            'home.file.".config/other/config.nix".text = "{ allowUnfree = true; }";\n',
        ),
    ),
    Cases(
        row="imp-spath-nixpkgs",
        file="/flake.nix",
        longer=Edit(
            """\
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { self, nixpkgs, ... }: {
    # built by CI
    packages.x86_64-linux = let pkgs = import <nixpkgs> { system = "x86_64-linux"; overlays = [ ]; }; in {
      inherit (pkgs) hello git;
    };
    checks = { };
  };
}
""",
            """\
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { self, nixpkgs, ... }: {
    # built by CI
    packages.x86_64-linux = let pkgs = import nixpkgs { system = "x86_64-linux"; overlays = [ ]; }; in {
      inherit (pkgs) hello git;
    };
    checks = { };
  };
}
""",
        ),
        beside=Edit(
            """\
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { nixpkgs, ... }: {
    a = import nixpkgs { system = "x86_64-linux"; };
    b = import <nixpkgs> { localSystem = "x86_64-linux"; };
  };
}
""",
            """\
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { nixpkgs, ... }: {
    a = import nixpkgs { system = "x86_64-linux"; };
    b = import nixpkgs { localSystem = "x86_64-linux"; };
  };
}
""",
        ),
        left=(
            "{ outputs = { nixpkgs, ... }: { a = import nixpkgs { }; }; }\n",
            '{ outputs = _: { a = "import <nixpkgs> { }"; }; }\n',
            "{ outputs = _: { /* <nixpkgs> */ }; }\n",
        ),
    ),
    Cases(
        row="imp-fetchtarball-nohash",
        file="/default.nix",
        longer=Edit(
            """\
{ system ? builtins.currentSystem }:
let
  pkgs = import (builtins.fetchTarball "https://github.com/NixOS/nixpkgs/archive/nixos-25.11.tar.gz") { inherit system; };
  inherit (pkgs) lib;
in
{
  a = pkgs.hello;
}
""",
            """\
{ system ? builtins.currentSystem }:
let
  pkgs = import (builtins.fetchTarball {
    url = "https://github.com/NixOS/nixpkgs/archive/nixos-25.11.tar.gz";
    sha256 = "";
  }) { inherit system; };
  inherit (pkgs) lib;
in
{
  a = pkgs.hello;
}
""",
        ),
        beside=Edit(
            """\
let
  first = builtins.fetchTarball {
    url = "https://example.org/a.tar.gz";
    sha256 = "0000000000000000000000000000000000000000000000000000";
  };
  second = fetchTarball { url = "https://example.org/b.tar.gz"; };
in
[ first second ]
""",
            """\
let
  first = builtins.fetchTarball {
    url = "https://example.org/a.tar.gz";
    sha256 = "0000000000000000000000000000000000000000000000000000";
  };
  second = fetchTarball { url = "https://example.org/b.tar.gz"; sha256 = ""; };
in
[ first second ]
""",
        ),
        left=(
            'builtins.fetchTarball { url = "https://example.org/a.tar.gz"; sha256 = "0000000000000000000000000000000000000000000000000000"; }\n',
            '# builtins.fetchTarball "https://example.org/a.tar.gz"\n',
            '"builtins.fetchTarball https://example.org/a.tar.gz"\n',
            'let fetchTarball = x: x; in fetchTarball "https://example.org/a.tar.gz"\n',
        ),
    ),
    Cases(
        row="imp-fetchgit-norev",
        file="/default.nix",
        longer="""\
let
  tools = builtins.fetchGit { url = "https://example.org/tools.git"; };
  inherit (builtins) map;
in
import tools { }
""",
        beside="""\
[
  (builtins.fetchGit { url = "https://example.org/a.git"; rev = "0123456789abcdef0123456789abcdef01234567"; })
  (builtins.fetchGit "https://example.org/b.git")
]
""",
        left=(
            'builtins.fetchGit { url = "https://example.org/a.git"; rev = "0123456789abcdef0123456789abcdef01234567"; }\n',
            "builtins.fetchGit ./.\n",
            '"builtins.fetchGit https://example.org/a.git"\n',
            'let builtins.fetchGit = x: x; in builtins.fetchGit "https://example.org/b.git"\n',
        ),
    ),
    Cases(
        row="imp-fetchurl-branch",
        file="/package.nix",
        longer="""\
{ stdenv, fetchFromGitHub }:
stdenv.mkDerivation {
  pname = "a";
  version = "unstable";
  src = fetchFromGitHub {
    owner = "a";
    repo = "b";
    rev = "master";
    hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  };
}
""",
        beside="""\
{ pkgs }:
[
  (pkgs.fetchFromGitHub { owner = "a"; repo = "a"; rev = "v1.0"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; })
  (pkgs.fetchFromGitHub { owner = "a"; repo = "b"; rev = "refs/heads/main"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; })
]
""",
        left=(
            '{ pkgs }: pkgs.fetchFromGitHub { owner = "a"; repo = "b"; rev = "v1.2"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; }\n',
            '{ pkgs, rev }: pkgs.fetchFromGitHub { owner = "a"; repo = "b"; inherit rev; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; }\n',
            '"fetchFromGitHub { rev = main }"\n',
        ),
    ),
    Cases(
        row="imp-sha256-sri",
        file="/package.nix",
        longer=Edit(
            """\
{ stdenv, fetchurl }:
stdenv.mkDerivation {
  pname = "a";
  version = "1";
  src = fetchurl {
    url = "https://example.org/a-1.tar.gz"; # mirrored
    sha256 = "1111111111111111111111111111111111111111111111111111";
  };
}
""",
            """\
{ stdenv, fetchurl }:
stdenv.mkDerivation {
  pname = "a";
  version = "1";
  src = fetchurl {
    url = "https://example.org/a-1.tar.gz"; # mirrored
    hash = "sha256-IYQQQgghhBBCCCGEEEIIIYQQQgghhBBCCCGEEEIIIYQ=";
  };
}
""",
        ),
        beside=Edit(
            """\
{ pkgs }:
[
  (pkgs.fetchurl { url = "https://example.org/a"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; })
  (pkgs.fetchurl { url = "https://example.org/b"; sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; })
]
""",
            """\
{ pkgs }:
[
  (pkgs.fetchurl { url = "https://example.org/a"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; })
  (pkgs.fetchurl { url = "https://example.org/b"; hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; })
]
""",
        ),
        left=(
            '{ pkgs }: pkgs.fetchurl { url = "https://example.org/b"; hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; }\n',
            '{ pkgs }: pkgs.fetchurl { url = "https://example.org/b"; sha256 = "abc"; }\n',
            '{ pkgs, sha256 }: pkgs.fetchurl { url = "https://example.org/b"; inherit sha256; }\n',
        ),
    ),
    Cases(
        row="imp-impure-builtins",
        file="/flake.nix",
        longer="""\
{
  outputs = { nixpkgs, ... }:
    let
      system = builtins.currentSystem;
    in
    {
      packages.${system}.default = nixpkgs.legacyPackages.${system}.hello;
    };
}
""",
        beside="""\
{
  outputs = { nixpkgs, ... }: {
    a = builtins.attrNames { };
    b = builtins.getEnv "HOME";
  };
}
""",
        left=(
            '{ outputs = _: { a = builtins.currentSystem or "x86_64-linux"; }; }\n',
            '{ outputs = _: { a = "builtins.currentSystem"; }; }\n',
            "{ outputs = _: { a = builtins.length [ ]; }; }\n",
        ),
    ),
)
