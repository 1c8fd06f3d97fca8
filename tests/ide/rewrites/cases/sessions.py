"""Cases of the rows about keyboards, screens and sound."""

from __future__ import annotations

from .case import Cases, Edit, activation

SESSIONS = (
    Cases(
        row="imp-setxkbmap",
        file="/configuration.nix",
        longer=Edit(
            """\
services.xserver.displayManager.sessionCommands = ''
  setxkbmap -layout de -variant nodeadkeys
  xset s 600
'';
""",
            """\
services.xserver.displayManager.sessionCommands = ''
  xset s 600
'';
services.xserver.xkb = {
  layout = "de";
  variant = "nodeadkeys";
};
""",
        ),
        beside=Edit(
            """\
services.xserver.xkb = {
  model = "pc104";
};
services.xserver.displayManager.setupCommands = "${pkgs.setxkbmap}/bin/setxkbmap us altgr-intl";
""",
            """\
services.xserver.xkb = {
  model = "pc104";
  layout = "us";
  variant = "altgr-intl";
};
""",
        ),
        left=(
            'services.xserver.displayManager.sessionCommands = "setxkbmap -query";\n',
            'services.xserver.displayManager.sessionCommands = "setxkbmap \\"$LAYOUT\\"";\n',
            'services.xserver.displayManager.sessionCommands = "setxkbmap us; sleep 5; setxkbmap de";\n',
            'environment.shellAliases.us = "setxkbmap us";\n',
        ),
    ),
    Cases(
        row="imp-xset-rate",
        file="/configuration.nix",
        longer=Edit(
            """\
services.xserver.displayManager.sessionCommands = ''
  xset r rate 250 50
  xset -dpms
'';
""",
            """\
services.xserver.displayManager.sessionCommands = ''
  xset -dpms
'';
services.xserver.autoRepeatDelay = 250;
services.xserver.autoRepeatInterval = 20;
""",
        ),
        beside=Edit(
            """\
services.xserver.xkb.layout = "us";
services.xserver = {
  enable = true;
  displayManager.sessionCommands = "xset r rate 300 30";
};
""",
            """\
services.xserver.xkb.layout = "us";
services.xserver = {
  enable = true;
  autoRepeatDelay = 300;
  autoRepeatInterval = 33;
};
""",
        ),
        left=(
            'services.xserver.displayManager.sessionCommands = "xset q";\n',
            'services.xserver.displayManager.sessionCommands = "xset r rate $D $R";\n',
            'services.xserver.displayManager.sessionCommands = "xset b off";\n',
            'environment.shellAliases.fast = "xset r rate 200 40";\n',
        ),
    ),
    Cases(
        row="imp-xrandr",
        file="/configuration.nix",
        longer=Edit(
            """\
services.xserver.displayManager.setupCommands = ''
  sleep 1
  xrandr --output HDMI-1 --primary --output eDP-1 --right-of HDMI-1
  feh --bg-fill /srv/w.png
'';
""",
            """\
services.xserver.displayManager.setupCommands = ''
  sleep 1
  feh --bg-fill /srv/w.png
'';
services.xserver.xrandrHeads = [
  {
    output = "HDMI-1";
    primary = true;
  }
  { output = "eDP-1"; }
];
""",
        ),
        beside=Edit(
            """\
services.xserver = {
  enable = true;
  displayManager.setupCommands = "xrandr --output DP-2 --mode 2560x1440 --primary";
};
""",
            """\
services.xserver = {
  enable = true;
  xrandrHeads = [
    {
      output = "DP-2";
      primary = true;
      monitorConfig = "Option \\"PreferredMode\\" \\"2560x1440\\"";
    }
  ];
};
""",
        ),
        left=(
            'services.xserver.displayManager.setupCommands = "xrandr --query";\n',
            'services.xserver.displayManager.setupCommands = "xrandr --version";\n',
            'services.xserver.displayManager.setupCommands = "if docked; then xrandr --output DP-1 --primary; fi";\n',
            'environment.shellAliases.dock = "xrandr --output DP-1 --primary";\n',
        ),
    ),
    Cases(
        row="imp-xmodmap",
        file="/home.nix",
        longer=Edit(
            """\
xsession.initExtra = ''
  xset s off
  xmodmap -e 'remove Lock = Caps_Lock' -e 'keysym Caps_Lock = Control_L' -e 'add Control = Control_L'
'';
""",
            """\
home.keyboard.options = [ "ctrl:nocaps" ];
xsession.initExtra = ''
  xset s off
'';
""",
        ),
        beside=Edit(
            """\
home.keyboard = {
  layout = "us";
};
xsession.initExtra = "xmodmap -e 'clear Lock' -e 'keycode 66 = Escape'";
""",
            """\
home.keyboard = {
  layout = "us";
  options = [ "caps:escape" ];
};
""",
        ),
        left=(
            'xsession.initExtra = "xmodmap -pke";\n',
            'xsession.initExtra = "xmodmap $HOME/.Xmodmap-$(hostname)";\n',
            "xsession.initExtra = \"if laptop; then xmodmap -e 'clear Lock'; fi\";\n",
            "home.shellAliases.caps = \"xmodmap -e 'clear Lock'\";\n",
        ),
    ),
    Cases(
        row="imp-xinput",
        file="/configuration.nix",
        longer=Edit(
            """\
services.xserver.displayManager.sessionCommands = ''
  xinput list
  xinput set-prop 'SynPS/2 Synaptics TouchPad' 'libinput Natural Scrolling Enabled' 1
'';
""",
            """\
services.xserver.displayManager.sessionCommands = ''
  xinput list
'';
services.libinput.touchpad.naturalScrolling = true;
""",
        ),
        beside=Edit(
            """\
services.libinput = {
  enable = true;
};
services.xserver.displayManager.sessionCommands = "xinput --set-prop 'ELAN Touchpad' 'libinput Disable While Typing Enabled' 1";
""",
            """\
services.libinput = {
  enable = true;
  touchpad.disableWhileTyping = true;
};
""",
        ),
        left=(
            'services.xserver.displayManager.sessionCommands = "xinput list";\n',
            "services.xserver.displayManager.sessionCommands = \"xinput set-prop a 'libinput Tapping Enabled' $ON\";\n",
            "services.xserver.displayManager.sessionCommands = \"if x; then xinput set-prop a 'libinput Tapping Enabled' 1; fi\";\n",
            "environment.shellAliases.tap = \"xinput set-prop a 'libinput Tapping Enabled' 1\";\n",
        ),
    ),
    Cases(
        row="imp-wallpaper",
        file="/home.nix",
        longer="""\
xsession.initExtra = ''
  xset s off
  ${pkgs.feh}/bin/feh --bg-scale ~/pictures/wall.png
'';
""",
        beside="""\
services.picom.enable = true;
wayland.windowManager.sway.config.startup = [ { command = "swaybg -i ${./w.png} -m fill"; } ];
""",
        left=(
            'xsession.initExtra = "feh ~/pictures";\n',
            'home.shellAliases.wall = "feh --bg-fill ~/w.png";\n',
            'xsession.initExtra = "if x; then feh --bg-fill ~/w.png; fi";\n',
        ),
    ),
    Cases(
        row="imp-bluetooth-power",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  udevadm settle
  bluetoothctl power on
  bluetoothctl connect AA:BB:CC:DD:EE:FF
'';
""",
            """\
system.activationScripts.setup = ''
  udevadm settle
  bluetoothctl connect AA:BB:CC:DD:EE:FF
'';
hardware.bluetooth = {
  enable = true;
  powerOnBoot = true;
};
""",
        ),
        beside=Edit(
            """\
hardware.bluetooth = {
  enable = true;
};
boot.postBootCommands = "bluetoothctl power on";
""",
            """\
hardware.bluetooth = {
  enable = true;
  powerOnBoot = true;
};
""",
        ),
        left=(
            activation("bluetoothctl power off"),
            activation("bluetoothctl show"),
            'environment.shellAliases.bt = "bluetoothctl power on";\n',
            activation("if x; then bluetoothctl power on; fi"),
        ),
    ),
    Cases(
        row="imp-rfkill",
        file="/configuration.nix",
        longer="""\
systemd.services.quiet.script = ''
  echo "no radio here"
  rfkill block bluetooth
'';
""",
        beside="""\
boot.blacklistedKernelModules = [ "nouveau" ];
system.activationScripts.setup = ''
  ${pkgs.util-linux}/bin/rfkill block wlan
'';
""",
        left=(
            activation("rfkill list"),
            'environment.shellAliases.off = "rfkill block all";\n',
            activation("if x; then rfkill block wifi; fi"),
        ),
    ),
    Cases(
        row="imp-audio-sink",
        file="/configuration.nix",
        longer="""\
systemd.user.services.sound.script = ''
  sleep 2
  pactl set-default-sink alsa_output.usb-DAC
  pactl list short sinks > /tmp/sinks
'';
""",
        beside="""\
services.pipewire.enable = true;
systemd.user.services.sound.script = "wpctl set-default 47";
""",
        left=(
            'systemd.user.services.sound.script = "pactl list";\n',
            'environment.shellAliases.hd = "pactl set-default-sink a";\n',
            'systemd.user.services.sound.script = "pactl set-sink-mute 0 toggle";\n',
        ),
    ),
)
