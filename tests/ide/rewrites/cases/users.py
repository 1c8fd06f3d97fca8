"""Cases of the rows about users, groups and rights."""

from __future__ import annotations

from .case import Cases, Edit, activation

USERS = (
    Cases(
        row="imp-useradd",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  getent group media >/dev/null
  useradd --system --home-dir=/var/lib/app --shell=/sbin/nologin app || true
  # its data
  chmod 750 /var/lib/app/*
'';
""",
            """\
system.activationScripts.setup = ''
  getent group media >/dev/null
  # its data
  chmod 750 /var/lib/app/*
'';
users.users.app = {
  isSystemUser = true;
  group = "app";
  home = "/var/lib/app";
};
users.groups.app = { };
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
users.users = {
  alice.isNormalUser = true;
};
system.activationScripts.setup = ''
  sudo useradd -m -u 1003 -G wheel,video -c "Bob B" bob
'';
""",
            """\
users.users = {
  alice.isNormalUser = true;
  bob = {
    isNormalUser = true;
    uid = 1003;
    description = "Bob B";
    extraGroups = [
      "wheel"
      "video"
    ];
  };
};
""",
        ),
        left=(
            activation("id app || useradd app"),
            activation('useradd "$NAME"'),
            activation("useradd -R /mnt app"),
            activation("for u in a b; do useradd $u; done"),
        ),
    ),
    Cases(
        row="imp-usermod-group",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  echo "groups"
  ${pkgs.shadow}/bin/usermod --append --groups video,render alice
  sg video -c id
'';
users.users.alice.isNormalUser = true;
""",
            """\
system.activationScripts.setup = ''
  echo "groups"
  sg video -c id
'';
users.users.alice.isNormalUser = true;
users.users.alice.extraGroups = [
  "video"
  "render"
];
""",
        ),
        beside=Edit(
            """\
users.users.alice = {
  isNormalUser = true;
  extraGroups = [
    "wheel"
  ];
};
system.activationScripts.setup = ''
  gpasswd -a alice docker
'';
""",
            """\
users.users.alice = {
  isNormalUser = true;
  extraGroups = [
    "wheel"
    "docker"
  ];
};
""",
        ),
        left=(
            activation("usermod -G video alice"),
            activation('usermod -aG video "$USER"'),
            activation("usermod -L alice"),
            activation("if getent group x; then usermod -aG x alice; fi"),
        ),
    ),
    Cases(
        row="imp-groupadd",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  umask 027
  groupadd --system --gid 990 media || true
  chgrp media /srv/films/*
'';
""",
            """\
system.activationScripts.setup = ''
  umask 027
  chgrp media /srv/films/*
'';
users.groups.media.gid = 990;
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
users.groups = {
  video.gid = 44;
};
system.activationScripts.setup = ''
  groupadd -g 991 sound
'';
""",
            """\
users.groups = {
  video.gid = 44;
  sound.gid = 991;
};
""",
        ),
        left=(
            activation("getent group media || groupadd media"),
            activation('groupadd "$G"'),
            activation("groupdel media"),
            activation("groupadd -R /mnt media"),
        ),
    ),
    Cases(
        row="imp-chsh",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  echo "zsh for alice"
  chsh --shell /run/current-system/sw/bin/zsh alice
  touch /home/alice/.zshrc-$(date +%F)
'';
users.users.alice.isNormalUser = true;
""",
            """\
system.activationScripts.setup = ''
  echo "zsh for alice"
  touch /home/alice/.zshrc-$(date +%F)
'';
programs.zsh.enable = true;
users.users.alice.isNormalUser = true;
users.users.alice.shell = pkgs.zsh;
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
users.users.alice = {
  isNormalUser = true;
};
programs.fish.enable = true;
system.activationScripts.setup = ''
  usermod -s ${pkgs.fish}/bin/fish alice
'';
""",
            """\
users.users.alice = {
  isNormalUser = true;
  shell = pkgs.fish;
};
programs.fish.enable = true;
""",
        ),
        left=(
            activation("chsh -l"),
            activation('chsh -s /run/current-system/sw/bin/zsh "$USER"'),
            activation("chsh -s /opt/own/shell alice"),
            activation("if x; then chsh -s /run/current-system/sw/bin/zsh alice; fi"),
        ),
    ),
    Cases(
        row="imp-passwd",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  echo "accounts"
  echo 'alice:correct-horse' | ${pkgs.shadow}/bin/chpasswd
  faillock --user alice --reset
'';
""",
            """\
system.activationScripts.setup = ''
  echo "accounts"
  faillock --user alice --reset
'';
users.users.alice.hashedPasswordFile = "/etc/nixos/passwords/alice";
""",
        ),
        beside=Edit(
            """\
users.users.alice = {
  isNormalUser = true;
};
system.activationScripts.setup = ''
  usermod --password 'correct-horse' alice
'';
""",
            """\
users.users.alice = {
  isNormalUser = true;
  hashedPasswordFile = "/etc/nixos/passwords/alice";
};
""",
        ),
        left=(
            activation('echo "alice:$(cat /run/secrets/alice)" | chpasswd'),
            activation("chpasswd < /run/secrets/all"),
            activation("passwd -l alice"),
            activation('echo "$USER:x" | chpasswd'),
        ),
    ),
    Cases(
        row="imp-setcap-setuid",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /run/caps/$(date +%s)
  setcap cap_net_bind_service=+ep ${pkgs.caddy}/bin/caddy
  getcap /run/wrappers/bin/ping
'';
""",
            """\
system.activationScripts.setup = ''
  mkdir -p /run/caps/$(date +%s)
  getcap /run/wrappers/bin/ping
'';
security.wrappers.caddy = {
  source = "${pkgs.caddy}/bin/caddy";
  capabilities = "cap_net_bind_service=+ep";
  owner = "root";
  group = "root";
};
""",
        ),
        beside=Edit(
            """\
security.wrappers = {
  ping = {
    source = "${pkgs.iputils}/bin/ping";
    owner = "root";
    group = "root";
  };
};
system.activationScripts.setup = ''
  chmod u+s ${pkgs.hello}/bin/hello
'';
""",
            """\
security.wrappers = {
  ping = {
    source = "${pkgs.iputils}/bin/ping";
    owner = "root";
    group = "root";
  };
  hello = {
    source = "${pkgs.hello}/bin/hello";
    setuid = true;
    owner = "root";
    group = "root";
  };
};
""",
        ),
        left=(
            activation("setcap cap_net_raw+ep /opt/x"),
            activation("setcap -r ${pkgs.hello}/bin/hello"),
            activation("chmod u+x /srv/run"),
            activation('chmod u+s "$BIN"'),
        ),
    ),
    Cases(
        row="imp-sudoers-file",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /var/lib/app/$(uname -r)
  echo 'alice ALL=(ALL) NOPASSWD: /run/current-system/sw/bin/systemctl' > /etc/sudoers.d/alice
  visudo -c
'';
""",
            """\
system.activationScripts.setup = ''
  mkdir -p /var/lib/app/$(uname -r)
  visudo -c
'';
security.sudo.extraRules = [
  {
    users = [ "alice" ];
    commands = [
      {
        command = "/run/current-system/sw/bin/systemctl";
        options = [ "NOPASSWD" ];
      }
    ];
  }
];
""",
        ),
        beside=Edit(
            """\
security.sudo.extraRules = [
  {
    users = [ "bob" ];
    commands = [ "ALL" ];
  }
];
environment.etc."sudoers.d/alice".text = "alice ALL=(ALL) NOPASSWD: /bin/a";
""",
            """\
security.sudo.extraRules = [
  {
    users = [ "bob" ];
    commands = [ "ALL" ];
  }
  { users = [ "alice" ]; commands = [ { command = "/bin/a"; options = [ "NOPASSWD" ]; } ]; }
];
""",
        ),
        left=(
            'environment.etc."sudo.conf".text = "Set disable_coredump false";\n',
            activation("visudo -c"),
            activation('echo "$USER ALL=(ALL) ALL" > /etc/sudoers.d/me'),
            activation("cat /etc/sudoers.d/alice"),
        ),
    ),
    Cases(
        row="imp-sudo-in-root",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.import.script = ''
  set -e
  sudo ${pkgs.ethtool}/bin/ethtool -s eth0 wol g
  for pool in a b; do zpool import $pool; done
'';
""",
            """\
systemd.services.import.script = ''
  set -e
  ${pkgs.ethtool}/bin/ethtool -s eth0 wol g
  for pool in a b; do zpool import $pool; done
'';
""",
        ),
        beside=Edit(
            """\
systemd.services.import = {
  wantedBy = [ "multi-user.target" ];
  serviceConfig = {
    Type = "oneshot";
    ExecStart = "/run/wrappers/bin/sudo ${pkgs.zfs}/bin/zpool import -a";
  };
};
""",
            """\
systemd.services.import = {
  wantedBy = [ "multi-user.target" ];
  serviceConfig = {
    Type = "oneshot";
    ExecStart = "${pkgs.zfs}/bin/zpool import -a";
  };
};
""",
        ),
        left=(
            activation("sudo -u alice touch /home/alice/x"),
            'systemd.services.a = { serviceConfig.User = "alice"; script = "sudo ls"; };\n',
            'environment.shellAliases.ll = "sudo ls -l";\n',
            activation("sudo -i"),
        ),
    ),
    Cases(
        row="imp-authorized-keys",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /home/alice/.ssh/$(date +%Y)
  echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExample a@b' >> /home/alice/.ssh/authorized_keys
  restorecon /home/alice/.ssh
'';
users.users.alice.isNormalUser = true;
""",
            """\
system.activationScripts.setup = ''
  mkdir -p /home/alice/.ssh/$(date +%Y)
  restorecon /home/alice/.ssh
'';
users.users.alice.isNormalUser = true;
users.users.alice.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExample a@b" ];
""",
        ),
        beside=Edit(
            """\
users.users.alice = {
  isNormalUser = true;
  openssh.authorizedKeys.keys = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirst first"
  ];
};
system.activationScripts.setup = ''
  echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAISecond second' >> /home/alice/.ssh/authorized_keys
'';
""",
            """\
users.users.alice = {
  isNormalUser = true;
  openssh.authorizedKeys.keys = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirst first"
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAISecond second"
  ];
};
""",
        ),
        left=(
            activation("curl https://github.com/alice.keys > /home/alice/.ssh/authorized_keys"),
            activation('echo "$KEY" >> /home/alice/.ssh/authorized_keys'),
            activation("echo hello > /home/alice/.ssh/authorized_keys"),
            activation("chmod 600 /home/alice/.ssh/authorized_keys"),
        ),
    ),
)
