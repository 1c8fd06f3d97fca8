"""Cases of the rows about `nix-env`, channels, generations."""

from __future__ import annotations

from .case import Cases, Edit, activation, switch

NIX = (
    Cases(
        row="imp-nix-env-install",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  # what I always want to have
  ${pkgs.nix}/bin/nix-env -iA nixos.htop nixos.jq || true
  mkdir -p /srv/cache
  for f in /etc/profile.d/*; do . "$f"; done
'';
""",
            """\
system.activationScripts.setup = ''
  # what I always want to have
  mkdir -p /srv/cache
  for f in /etc/profile.d/*; do . "$f"; done
'';
environment.systemPackages = [
  pkgs.htop
  pkgs.jq
];
""",
        ),
        beside=Edit(
            """\
environment.systemPackages = with pkgs; [
  vim
];
system.activationScripts.tools.text = ''
  nix-env -iA nixos.ripgrep nixos.fd
'';
""",
            """\
environment.systemPackages = with pkgs; [
  vim
  ripgrep
  fd
];
""",
        ),
        left=(
            activation("nix-env -f ./mine.nix -iA htop"),
            activation("nix-env -p /nix/var/nix/profiles/x -iA nixos.htop"),
            activation("nix-env -iA nixos.no-such-package-at-all"),
            activation('nix-env -iA "$TOOLS"'),
            activation("if ! command -v htop; then nix-env -iA nixos.htop; fi"),
        ),
    ),
    Cases(
        row="imp-nix-env-upgrade",
        file="/configuration.nix",
        longer="""\
systemd.services.upgrade = {
  startAt = "weekly";
  script = ''
    echo "upgrading what alice has"
    nix-env --upgrade --always
    echo done
  '';
};
""",
        beside="""\
system.autoUpgrade.enable = false;
services.cron.systemCronJobs = [
  "@weekly alice nix-env -u"
];
""",
        left=(
            activation("nix-env -q"),
            activation("nix-env --query --installed"),
            "environment.shellAliases.up = \"nix-env -u '*'\";\n",
        ),
    ),
    Cases(
        row="imp-nix-profile-install",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.tools = lib.hm.dag.entryAfter [ "installPackages" ] ''
  verboseEcho "tools from nixpkgs"
  nix profile add nixpkgs#ripgrep nixpkgs#fd
  $DRY_RUN_CMD mkdir -p "$HOME/src"
'';
""",
            """\
home.activation.tools = lib.hm.dag.entryAfter [ "installPackages" ] ''
  verboseEcho "tools from nixpkgs"
  $DRY_RUN_CMD mkdir -p "$HOME/src"
'';
home.packages = [
  pkgs.ripgrep
  pkgs.fd
];
""",
        ),
        beside=Edit(
            """\
home.packages = [
  pkgs.htop
];
home.activation.tools = lib.hm.dag.entryAfter [ "writeBoundary" ] "nix profile install nixpkgs#jq";
""",
            """\
home.packages = [
  pkgs.htop
  pkgs.jq
];
""",
        ),
        left=(
            switch("nix profile list"),
            switch("nix profile remove htop"),
            switch("nix profile install nixpkgs#no-such-package-at-all"),
            switch('nix profile install "nixpkgs#$TOOL"'),
        ),
    ),
    Cases(
        row="imp-nix-channel",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  nix-channel --add https://nixos.org/channels/nixos-25.11 nixos
  nix-channel --update
  touch /var/lib/updated
'';
""",
        beside="""\
services.cron.enable = true;
services.cron.systemCronJobs = [ "@daily root nix-channel --update nixos" ];
""",
        left=(
            activation("nix-channel --list"),
            'environment.shellAliases.up = "nix-channel --update";\n',
            'environment.etc."notes".text = "nix-channel --update";\n',
        ),
    ),
    Cases(
        row="imp-rebuild-cron",
        file="/configuration.nix",
        longer=Edit(
            """\
services.cron.systemCronJobs = [
  "*/5 * * * * root /srv/watch.sh"
  "0 5 * * 6 root nix-channel --update && nixos-rebuild switch"
];
""",
            """\
services.cron.systemCronJobs = [
  "*/5 * * * * root /srv/watch.sh"
];
system.autoUpgrade = {
  enable = true;
  dates = "Sat *-*-* 05:00:00";
};
""",
        ),
        beside=Edit(
            """\
system.autoUpgrade.channel = "https://nixos.org/channels/nixos-25.11";
systemd.services.rebuild = {
  startAt = "04:40";
  script = ''
    nixos-rebuild boot --upgrade
  '';
};
""",
            """\
system.autoUpgrade.channel = "https://nixos.org/channels/nixos-25.11";
system.autoUpgrade.enable = true;
system.autoUpgrade.dates = "04:40";
system.autoUpgrade.operation = "boot";
""",
        ),
        left=(
            'systemd.services.rebuild.script = "nixos-rebuild switch --upgrade";\n',
            'services.cron.systemCronJobs = [ "@daily root nixos-rebuild build" ];\n',
            'services.cron.systemCronJobs = [ "@daily root nixos-rebuild switch --target-host nas" ];\n',
            'environment.shellAliases.nrs = "nixos-rebuild switch --upgrade";\n',
        ),
    ),
    Cases(
        row="imp-gc-script",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.weekly = {
  startAt = "weekly";
  script = ''
    echo "collecting garbage"
    nix-collect-garbage --delete-older-than 30d
    df -h /nix
  '';
};
""",
            """\
systemd.services.weekly = {
  startAt = "weekly";
  script = ''
    echo "collecting garbage"
    df -h /nix
  '';
};
nix.gc = {
  automatic = true;
  dates = "weekly";
  options = "--delete-older-than 30d";
};
""",
        ),
        beside=Edit(
            """\
nix.gc.persistent = true;
services.cron.systemCronJobs = [
  "15 3 * * 1 root /run/current-system/sw/bin/nix-collect-garbage --delete-older-than 7d"
];
""",
            """\
nix.gc.persistent = true;
nix.gc.automatic = true;
nix.gc.dates = "Mon *-*-* 03:15:00";
nix.gc.options = "--delete-older-than 7d";
""",
        ),
        left=(
            'environment.shellAliases.gc = "nix-collect-garbage -d";\n',
            'nix.enable = false; systemd.services.gc = { startAt = "weekly"; script = "nix-collect-garbage"; };\n',
            'programs.nh.clean.enable = true; services.cron.systemCronJobs = [ "@weekly root nix-collect-garbage" ];\n',
            'systemd.services.gc = { startAt = "weekly"; script = "if [ -e /x ]; then nix-collect-garbage; fi"; };\n',
        ),
    ),
    Cases(
        row="imp-store-optimise",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.tidy = {
  startAt = "Sun 04:00";
  script = ''
    nix-store --optimise
    echo "done: $(date)"
  '';
};
""",
            """\
systemd.services.tidy = {
  startAt = "Sun 04:00";
  script = ''
    echo "done: $(date)"
  '';
};
nix.optimise = {
  automatic = true;
  dates = [ "Sun 04:00" ];
};
""",
        ),
        beside=Edit(
            """\
nix.optimise.persistent = false;
services.cron.systemCronJobs = [ "@daily root nix-store --optimise" ];
""",
            """\
nix.optimise.persistent = false;
nix.optimise.automatic = true;
nix.optimise.dates = [ "daily" ];
""",
        ),
        left=(
            activation("nix-store --query --roots /srv/x"),
            'environment.shellAliases.opt = "nix-store --optimise";\n',
            'services.cron.systemCronJobs = [ "@daily root nix-store --verify" ];\n',
            'services.cron.systemCronJobs = [ "@daily root test -e /x && nix-store --optimise" ];\n',
        ),
    ),
    Cases(
        row="imp-delete-generations",
        file="/configuration.nix",
        longer="""\
systemd.services.clean = {
  startAt = "weekly";
  script = ''
    nix-env --profile /nix/var/nix/profiles/system --delete-generations +5
    echo "kept five"
  '';
};
""",
        beside="""\
boot.loader.systemd-boot.enable = true;
system.activationScripts.setup = ''
  nix-env -p /nix/var/nix/profiles/system --delete-generations 30d
'';
""",
        left=(
            activation("nix-env --list-generations"),
            activation("nix-env -p /nix/var/nix/profiles/system --rollback"),
            'environment.shellAliases.old = "nix-env -p /nix/var/nix/profiles/system --delete-generations old";\n',
        ),
    ),
    Cases(
        row="imp-allow-unfree-env",
        file="/home.nix",
        longer=Edit(
            """\
programs.bash.initExtra = ''
  # for nix-shell
  export NIXPKGS_ALLOW_UNFREE=1
  PS1='\\u \\w '
'';
""",
            """\
programs.bash.initExtra = ''
  # for nix-shell
  PS1='\\u \\w '
'';
nixpkgs.config.allowUnfree = true;
""",
        ),
        beside=Edit(
            """\
nixpkgs.config.permittedInsecurePackages = [ "openssl-1.1.1w" ];
home.sessionVariables = {
  EDITOR = "vi";
  NIXPKGS_ALLOW_UNFREE = "1";
};
""",
            """\
nixpkgs.config.permittedInsecurePackages = [ "openssl-1.1.1w" ];
nixpkgs.config.allowUnfree = true;
home.sessionVariables = {
  EDITOR = "vi";
};
""",
        ),
        left=(
            'home.sessionVariables.NIXPKGS_ALLOW_UNFREE = "0";\n',
            'home.sessionVariables.NIXPKGS_ALLOW_BROKEN = "1";\n',
            'programs.bash.initExtra = "if [ -n \\"$X\\" ]; then export NIXPKGS_ALLOW_UNFREE=1; fi";\n',
            'programs.bash.initExtra = "NIXPKGS_ALLOW_UNFREE=1 nix-shell -p steam";\n',
        ),
    ),
)
