"""Cases of the rows about Macs."""

from __future__ import annotations

from .case import Cases, Edit, mac

MACS = (
    Cases(
        row="imp-defaults-write",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "settings"
  defaults write com.apple.finder ShowPathbar -bool true
  defaults read com.apple.finder > /tmp/finder.txt
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "settings"
  defaults read com.apple.finder > /tmp/finder.txt
'';
system.defaults.finder.ShowPathbar = true;
""",
        ),
        beside=Edit(
            """\
system.defaults.dock = {
  autohide = true;
};
system.activationScripts.postActivation.text = ''
  defaults write com.apple.dock tilesize -int 48
'';
""",
            """\
system.defaults.dock = {
  autohide = true;
  tilesize = 48;
};
""",
        ),
        left=(
            mac("defaults read com.apple.dock"),
            mac("defaults delete com.apple.dock tilesize"),
            mac('defaults write com.apple.dock tilesize -int "$N"'),
            mac("defaults write com.example.app list -array-add x"),
        ),
    ),
    Cases(
        row="imp-killall-dock",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.defaults.dock.tilesize = 48;
system.activationScripts.postActivation.text = ''
  echo "settings"
  killall Dock
  open -a Finder
'';
""",
            """\
system.defaults.dock.tilesize = 48;
system.activationScripts.postActivation.text = ''
  echo "settings"
  open -a Finder
'';
""",
        ),
        beside=Edit(
            """\
system.defaults = {
  dock.autohide = true;
  finder.ShowPathbar = true;
};
system.activationScripts.postActivation.text = ''
  killall Dock || true
'';
""",
            """\
system.defaults = {
  dock.autohide = true;
  finder.ShowPathbar = true;
};
""",
        ),
        left=(
            mac("killall Dock"),
            'system.defaults.dock.autohide = true; system.activationScripts.postActivation.text = "killall Mail";\n',
            'system.defaults.dock.autohide = true; system.activationScripts.postActivation.text = "killall \\"$APP\\"";\n',
            'system.defaults.dock.autohide = true; system.activationScripts.postActivation.text = "if x; then killall Dock; fi";\n',
        ),
    ),
    Cases(
        row="imp-dockutil",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "dock"
  dockutil --no-restart --add /Applications/Firefox.app
  dockutil --list > /tmp/dock
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "dock"
  dockutil --list > /tmp/dock
'';
system.defaults.dock.persistent-apps = [ { app = "/Applications/Firefox.app"; } ];
""",
        ),
        beside=Edit(
            """\
system.defaults.dock = {
  autohide = true;
};
system.activationScripts.postActivation.text = ''
  ${pkgs.dockutil}/bin/dockutil --add /Applications/Safari.app --no-restart
'';
""",
            """\
system.defaults.dock = {
  autohide = true;
  persistent-apps = [ { app = "/Applications/Safari.app"; } ];
};
""",
        ),
        left=(
            mac("dockutil --list"),
            mac("dockutil --remove all"),
            mac('dockutil --add "$APP"'),
            mac("if x; then dockutil --add /Applications/Safari.app; fi"),
        ),
    ),
    Cases(
        row="imp-pmset",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "power"
  pmset -a displaysleep 15 disksleep 10
  pmset -g > /tmp/power
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "power"
  pmset -g > /tmp/power
'';
power.sleep = {
  display = 15;
  harddisk = 10;
};
""",
        ),
        beside=Edit(
            """\
power = {
  restartAfterPowerFailure = true;
};
system.activationScripts.postActivation.text = ''
  sudo pmset -a sleep 0
'';
""",
            """\
power = {
  restartAfterPowerFailure = true;
  sleep.computer = "never";
};
""",
        ),
        left=(
            mac("pmset -g"),
            mac("pmset -b displaysleep 5"),
            mac("pmset -a hibernatemode 0"),
            mac('pmset -a sleep "$N"'),
        ),
    ),
    Cases(
        row="imp-nvram-chime",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "quiet"
  nvram StartupMute=%01
  nvram -p > /tmp/nvram
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "quiet"
  nvram -p > /tmp/nvram
'';
system.startup.chime = false;
""",
        ),
        beside=Edit(
            """\
system.startup = { };
launchd.daemons.quiet.script = "nvram SystemAudioVolume=%80";
""",
            """\
system.startup = {
  chime = false;
};
""",
            is_for_review=True,
        ),
        left=(
            mac("nvram -p"),
            mac('nvram boot-args="$ARGS"'),
            mac("nvram -d StartupMute"),
        ),
    ),
    Cases(
        row="imp-launchctl",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
environment.userLaunchAgents."org.example.sync.plist" = {
  enable = true;
  text = ''
    <plist version="1.0"><dict>
      <key>Label</key><string>org.example.sync</string>
      <key>ProgramArguments</key><array><string>/usr/bin/true</string></array>
      <key>StartInterval</key><integer>600</integer>
    </dict></plist>
  '';
};
""",
            """\
launchd.user.agents.sync.serviceConfig = {
  Label = "org.example.sync";
  ProgramArguments = [ "/usr/bin/true" ];
  StartInterval = 600;
};
""",
        ),
        beside=Edit(
            """\
launchd.daemons.other.serviceConfig.RunAtLoad = true;
environment.launchDaemons."org.example.a.plist".text = ''
  <plist version="1.0"><dict><key>Label</key><string>org.example.a</string><key>RunAtLoad</key><true/></dict></plist>
'';
""",
            """\
launchd.daemons.other.serviceConfig.RunAtLoad = true;
launchd.daemons.a.serviceConfig = {
  Label = "org.example.a";
  RunAtLoad = true;
};
""",
        ),
        left=(
            mac("launchctl list"),
            mac("launchctl unload -w /System/Library/LaunchDaemons/com.apple.metadata.mds.plist"),
            'environment.userLaunchAgents."a.plist".text = "<plist><dict><key>Label</key>";\n',
        ),
    ),
    Cases(
        row="imp-scutil-systemsetup",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "remote"
  systemsetup -setremotelogin on
  systemsetup -getremotelogin > /tmp/remote
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "remote"
  systemsetup -getremotelogin > /tmp/remote
'';
services.openssh.enable = true;
""",
        ),
        beside=Edit(
            """\
networking.wakeOnLan = { };
launchd.daemons.setup.script = "systemsetup -setrestartfreeze on";
""",
            """\
networking.wakeOnLan = { };
power.restartAfterFreeze = true;
""",
        ),
        left=(
            mac("systemsetup -gettimezone"),
            mac('systemsetup -settimezone "$TZ"'),
            mac("systemsetup -setsleep Never"),
            mac("scutil --get ComputerName"),
        ),
    ),
    Cases(
        row="imp-socketfilterfw",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "wall"
  /usr/libexec/ApplicationFirewall/socketfilterfw --setglobalstate on
  /usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate > /tmp/wall
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "wall"
  /usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate > /tmp/wall
'';
networking.applicationFirewall.enable = true;
""",
        ),
        beside=Edit(
            """\
networking.applicationFirewall = {
  allowSigned = true;
};
system.activationScripts.postActivation.text = ''
  /usr/libexec/ApplicationFirewall/socketfilterfw --setblockall on
'';
""",
            """\
networking.applicationFirewall = {
  allowSigned = true;
  blockAllIncoming = true;
};
""",
        ),
        left=(
            mac("/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate"),
            mac('/usr/libexec/ApplicationFirewall/socketfilterfw --add "$APP"'),
            mac('/usr/libexec/ApplicationFirewall/socketfilterfw --setglobalstate "$X"'),
        ),
    ),
    Cases(
        row="imp-touchid",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
environment.etc."pam.d/sudo_local" = {
  enable = true;
  text = ''
    # Touch ID
    auth       sufficient     pam_tid.so
  '';
};
""",
            "security.pam.services.sudo_local.touchIdAuth = true;\n",
        ),
        beside=Edit(
            """\
security.pam.services.sudo_local = {
  watchIdAuth = true;
};
environment.etc."pam.d/sudo_local".text = "auth optional ${pkgs.pam-reattach}/lib/pam/pam_reattach.so\\nauth sufficient pam_tid.so\\n";
""",
            """\
security.pam.services.sudo_local = {
  watchIdAuth = true;
  touchIdAuth = true;
  reattach = true;
};
""",
        ),
        left=(
            'environment.etc."pam.d/sudo_local".text = "auth sufficient pam_own.so";\n',
            'environment.etc."pam.d/screensaver".text = "auth sufficient pam_tid.so";\n',
            'environment.etc."pam.d/sudo_local".text = "# auth sufficient pam_tid.so";\n',
        ),
    ),
    Cases(
        row="imp-hidutil",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "keys"
  hidutil property --set '{"UserKeyMapping":[{"HIDKeyboardModifierMappingSrc":0x700000039,"HIDKeyboardModifierMappingDst":0x7000000E0}]}'
  hidutil property --get UserKeyMapping > /tmp/keys
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "keys"
  hidutil property --get UserKeyMapping > /tmp/keys
'';
system.keyboard = {
  enableKeyMapping = true;
  remapCapsLockToControl = true;
};
""",
        ),
        beside=Edit(
            """\
system.keyboard = {
  nonUS.remapTilde = true;
};
system.activationScripts.postActivation.text = ''
  hidutil property --set '{"UserKeyMapping":[{"HIDKeyboardModifierMappingSrc":0x700000039,"HIDKeyboardModifierMappingDst":0x700000029}]}'
'';
""",
            """\
system.keyboard = {
  nonUS.remapTilde = true;
  enableKeyMapping = true;
  remapCapsLockToEscape = true;
};
""",
        ),
        left=(
            mac("hidutil list"),
            mac('hidutil property --set "$MAP"'),
            mac("hidutil property --get UserKeyMapping"),
            mac("hidutil property --set '{\"UserKeyMapping\":'"),
        ),
    ),
    Cases(
        row="imp-dscl-user",
        file="/darwin-configuration.nix",
        longer=Edit(
            """\
system.activationScripts.postActivation.text = ''
  echo "shell"
  dscl . -create /Users/alice UserShell /run/current-system/sw/bin/zsh
  dscl . -read /Users/alice UserShell > /tmp/shell
'';
""",
            """\
system.activationScripts.postActivation.text = ''
  echo "shell"
  dscl . -read /Users/alice UserShell > /tmp/shell
'';
users.knownUsers = [ "alice" ];
programs.zsh.enable = true;
users.users.alice = {
  uid = 501;
  shell = pkgs.zsh;
};
""",
        ),
        beside=Edit(
            """\
users.users.alice = {
  home = "/Users/alice";
  uid = 501;
};
system.activationScripts.postActivation.text = ''
  dscl . -create /Users/alice UserShell ${pkgs.fish}/bin/fish
'';
""",
            """\
users.users.alice = {
  home = "/Users/alice";
  uid = 501;
  shell = pkgs.fish;
};
users.knownUsers = [ "alice" ];
programs.fish.enable = true;
""",
        ),
        left=(
            mac("dscl . -read /Users/alice"),
            mac('dscl . -create "/Users/$U" UserShell /bin/zsh'),
            mac("dscl . -list /Users"),
        ),
    ),
    Cases(
        row="imp-darwin-no-option",
        file="/darwin-configuration.nix",
        longer="""\
system.activationScripts.postActivation.text = ''
  echo "rosetta"
  softwareupdate --install-rosetta --agree-to-license
  echo done
'';
""",
        beside="""\
system.defaults.dock.autohide = true;
system.activationScripts.postActivation.text = ''
  chflags nohidden ~/Library
'';
""",
        left=(
            mac("softwareupdate --list"),
            mac("chflags hidden /srv"),
            mac("brew list"),
        ),
    ),
)
