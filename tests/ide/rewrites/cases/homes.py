"""Cases of the rows about files and settings of a home."""

from __future__ import annotations

from .case import Cases, Edit, activation, switch

HOMES = (
    Cases(
        row="imp-ln-home",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  run mkdir -p "$HOME/$(uname -n)"
  ln -sfn ${./nvim} $HOME/.config/nvim
  # the rest
  run chmod -R u+w "$HOME/src"
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  run mkdir -p "$HOME/$(uname -n)"
  # the rest
  run chmod -R u+w "$HOME/src"
'';
xdg.configFile.nvim.source = ./nvim;
""",
        ),
        beside=Edit(
            """\
xdg.configFile = {
  "a/b".text = "c";
};
home.activation.links = lib.hm.dag.entryAfter [ "writeBoundary" ] "ln -sf /mnt/data/notes ~/notes";
""",
            """\
xdg.configFile = {
  "a/b".text = "c";
};
home.file.notes.source = config.lib.file.mkOutOfStoreSymlink "/mnt/data/notes";
""",
        ),
        left=(
            switch('ln -sfn "$SRC" ~/notes'),
            switch("[ -e ~/notes ] || ln -s /mnt/notes ~/notes"),
            switch("ln /mnt/a ~/a"),
            switch("for f in ~/dots/*; do ln -sf $f ~/; done"),
        ),
    ),
    Cases(
        row="imp-cat-home",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "settings"
  echo 'color = true' > ~/.config/app/app.conf
  run app --import ~/old
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "settings"
  run app --import ~/old
'';
xdg.configFile."app/app.conf".text = "color = true\\n";
""",
        ),
        beside=Edit(
            """\
xdg.configFile."other/x".text = "y";
home.activation.cfg = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  cat > $HOME/.config/tool/rc << 'EOF'
  a = 1
  EOF
'';
""",
            """\
xdg.configFile."other/x".text = "y";
xdg.configFile."tool/rc".text = "a = 1\\n";
""",
        ),
        left=(
            switch('echo "$X" > ~/.rc'),
            switch("[ -f ~/.rc ] || echo a > ~/.rc"),
            switch("echo a >> ~/.rc"),
            switch("date > ~/.last"),
        ),
    ),
    Cases(
        row="imp-mkdir-home",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  run mkdir -p "$HOME/$(date +%Y)"
  mkdir -p ~/.cache/less ~/.local/state/bash
  verboseEcho done
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  run mkdir -p "$HOME/$(date +%Y)"
  verboseEcho done
'';
systemd.user.tmpfiles.rules = [
  "d %h/.cache/less - - - -"
  "d %h/.local/state/bash - - - -"
];
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
systemd.user.tmpfiles.rules = [
  "d %h/Downloads - - - 7d"
];
home.activation.dirs = lib.hm.dag.entryAfter [ "writeBoundary" ] "mkdir -m 700 -p ~/.gnupg-work";
""",
            """\
systemd.user.tmpfiles.rules = [
  "d %h/Downloads - - - 7d"
  "d %h/.gnupg-work 0700 - - -"
];
""",
            is_for_review=True,
        ),
        left=(
            switch('mkdir -p "$DIR"'),
            switch("mkdir -p /srv/x"),
            switch("[ -d ~/a ] || mkdir ~/a"),
            switch("for d in a b; do mkdir -p ~/$d; done"),
        ),
    ),
    Cases(
        row="imp-home-from-system",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  echo "alice's desktop"
  mkdir -p /home/alice/.config/sway && ln -sf ${./sway} /home/alice/.config/sway/config
  pkill -HUP sway
'';
""",
            """\
system.activationScripts.setup = ''
  echo "alice's desktop"
  pkill -HUP sway
'';
systemd.user.tmpfiles.users.alice.rules = [
  "d %h/.config/sway - - - -"
  "L+ %h/.config/sway/config - - - - ${./sway}"
];
""",
        ),
        beside=Edit(
            """\
systemd.user.tmpfiles.users.alice.rules = [
  "d %h/src - - - -"
];
system.activationScripts.setup = ''
  mkdir -p /home/alice/.cache/app
'';
""",
            """\
systemd.user.tmpfiles.users.alice.rules = [
  "d %h/src - - - -"
  "d %h/.cache/app - - - -"
];
""",
        ),
        left=(
            activation('mkdir -p "/home/$U/.config"'),
            activation("for u in alice bob; do mkdir -p /home/$u/x; done"),
            activation("ls /home/alice"),
            activation("[ -d /home/alice/x ] || mkdir /home/alice/x"),
        ),
    ),
    Cases(
        row="imp-git-clone-activation",
        file="/home.nix",
        longer="""\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  cd ~/.config/$(hostname)
  git clone --depth 1 https://github.com/alice/nvim ~/.config/nvim || true
  verboseEcho cloned
'';
""",
        beside="""\
xdg.configFile."nvim/after".source = ./after;
home.activation.doom = lib.hm.dag.entryAfter [ "writeBoundary" ] "git clone https://github.com/doomemacs/doomemacs ~/.config/emacs";
""",
        left=(
            switch("git -C ~/src pull"),
            switch('git clone "$URL" ~/x'),
            'programs.bash.shellAliases.gc = "git clone https://github.com/a/b";\n',
            switch("git status"),
        ),
    ),
    Cases(
        row="imp-gsettings",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "desktop"
  gsettings set org.gnome.desktop.interface gtk-theme Adwaita-dark
  gsettings list-recursively > "$HOME/.cache/settings"
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "desktop"
  gsettings list-recursively > "$HOME/.cache/settings"
'';
dconf.settings."org/gnome/desktop/interface".gtk-theme = "Adwaita-dark";
""",
        ),
        beside=Edit(
            """\
dconf.settings = {
  "org/gnome/shell".favorite-apps = [ "firefox.desktop" ];
};
home.activation.keys = lib.hm.dag.entryAfter [ "writeBoundary" ] "gsettings set org.gnome.desktop.peripherals.keyboard delay 'uint32 200'";
""",
            """\
dconf.settings = {
  "org/gnome/shell".favorite-apps = [ "firefox.desktop" ];
  "org/gnome/desktop/peripherals/keyboard".delay = lib.hm.gvariant.mkUint32 200;
};
""",
        ),
        left=(
            switch("gsettings get org.gnome.desktop.interface gtk-theme"),
            switch('gsettings set org.gnome.desktop.interface gtk-theme "$THEME"'),
            switch("if dark; then gsettings set org.gnome.desktop.interface color-scheme prefer-dark; fi"),
            'programs.bash.shellAliases.dark = "gsettings set org.gnome.desktop.interface color-scheme prefer-dark";\n',
        ),
    ),
    Cases(
        row="imp-dconf-load",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "settings"
  dconf load /org/gnome/terminal/ <<'END'
  [legacy]
  default-show-menubar=false
  END
  dconf update
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "settings"
  dconf update
'';
dconf.settings."org/gnome/terminal/legacy".default-show-menubar = false;
""",
        ),
        beside=Edit(
            """\
dconf.settings."org/gnome/shell".disable-user-extensions = false;
home.activation.d = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  dconf load / <<'EOF'
  [org/gnome/desktop/wm/preferences]
  num-workspaces=4
  EOF
'';
""",
            """\
dconf.settings."org/gnome/shell".disable-user-extensions = false;
dconf.settings."org/gnome/desktop/wm/preferences".num-workspaces = 4;
""",
        ),
        left=(
            switch("dconf dump / > ~/dconf.ini"),
            switch("dconf read /org/gnome/x"),
            switch("dconf reset -f /org/gnome/"),
        ),
    ),
    Cases(
        row="imp-xrdb",
        file="/home.nix",
        longer=Edit(
            """\
xsession.initExtra = ''
  xset s off
  echo 'Xcursor.size: 48' | xrdb -merge
'';
""",
            """\
xsession.initExtra = ''
  xset s off
'';
xresources.properties."Xcursor.size" = 48;
""",
        ),
        beside=Edit(
            """\
xresources.properties = {
  "Xft.antialias" = 1;
};
xsession.initExtra = "echo 'Xft.dpi: 144' | ${pkgs.xrdb}/bin/xrdb -merge -";
""",
            """\
xresources.properties = {
  "Xft.antialias" = 1;
  "Xft.dpi" = 144;
};
""",
        ),
        left=(
            'xsession.initExtra = "xrdb -merge ~/.Xresources";\n',
            'xsession.initExtra = "xrdb -query";\n',
            'xsession.initExtra = "echo \\"Xft.dpi: $DPI\\" | xrdb -merge";\n',
            "xsession.initExtra = \"hidpi && echo 'Xft.dpi: 144' | xrdb -merge\";\n",
        ),
    ),
    Cases(
        row="imp-git-config-global",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "git"
  git config --global pull.rebase true
  git config --global --add safe.directory "$PWD"
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "git"
  git config --global --add safe.directory "$PWD"
'';
programs.git = {
  enable = true;
  settings.pull.rebase = true;
};
""",
        ),
        beside=Edit(
            """\
programs.git = {
  enable = true;
  settings.user.name = "Alice";
};
home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] "git config --global user.email alice@example.org";
""",
            """\
programs.git = {
  enable = true;
  settings.user.name = "Alice";
  settings.user.email = "alice@example.org";
};
""",
        ),
        left=(
            switch("git config --global --get user.name"),
            switch("git config user.name Alice"),
            switch('git config --global user.name "$NAME"'),
            switch("git config --global --unset user.name"),
        ),
    ),
    Cases(
        row="imp-xdg-mime",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "defaults"
  xdg-mime default firefox.desktop text/html x-scheme-handler/https
  update-desktop-database ~/.local/share/applications-$(uname -m)
'';
""",
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  verboseEcho "defaults"
  update-desktop-database ~/.local/share/applications-$(uname -m)
'';
xdg.mimeApps = {
  enable = true;
  defaultApplications = {
    "text/html" = "firefox.desktop";
    "x-scheme-handler/https" = "firefox.desktop";
  };
};
""",
        ),
        beside=Edit(
            """\
xdg.mimeApps.defaultApplications = {
  "image/png" = "imv.desktop";
};
home.activation.pdf = lib.hm.dag.entryAfter [ "writeBoundary" ] "xdg-mime default zathura.desktop application/pdf";
""",
            """\
xdg.mimeApps.defaultApplications = {
  "image/png" = "imv.desktop";
  "application/pdf" = "zathura.desktop";
};
xdg.mimeApps.enable = true;
""",
        ),
        left=(
            switch("xdg-mime query default text/html"),
            switch('xdg-mime default "$APP" text/html'),
            switch("xdg-mime install ./x.xml"),
            switch("if gui; then xdg-mime default a.desktop text/html; fi"),
        ),
    ),
    Cases(
        row="imp-fc-cache",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.setup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  # fonts that came with this switch
  set -eu
  run ${pkgs.fontconfig}/bin/fc-cache -f
  # done
'';
""",
            """\
# fonts that came with this switch
# done
fonts.fontconfig.enable = true;
""",
        ),
        beside=Edit(
            """\
fonts.fontconfig.defaultFonts.monospace = [ "Hack" ];
home.activation.fonts = lib.hm.dag.entryAfter [ "writeBoundary" ] "fc-cache -fv || true";
""",
            """\
fonts.fontconfig.defaultFonts.monospace = [ "Hack" ];
fonts.fontconfig.enable = true;
""",
        ),
        left=(
            switch("fc-list"),
            switch('fc-cache "$DIR"'),
            switch("cp ~/x.ttf ~/.local/share/fonts/; fc-cache -f"),
            switch("if changed; then fc-cache -f; fi"),
            'programs.bash.shellAliases.fc = "fc-cache -f";\n',
        ),
    ),
)
