"""Cases of the rows about files of the system."""

from __future__ import annotations

from .case import Cases, Edit, activation

FILES = (
    Cases(
        row="imp-mkdir-chown",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  set -eu
  # shared films
  mkdir -p /srv/films
  chown root:media /srv/films
  chmod 2775 /srv/films
  # and for those who listen
  install -d -m 755 /srv/music
'';
""",
            """\
# shared films
# and for those who listen
systemd.tmpfiles.settings."10-setup" = {
  "/srv/films".d = {
    user = "root";
    group = "media";
    mode = "2775";
  };
  "/srv/music".d.mode = "0755";
};
""",
        ),
        beside=Edit(
            """\
systemd.tmpfiles.settings."10-setup"."/srv/a".d.mode = "0700";
system.activationScripts.setup = ''
  install -d -m 750 -o alice -g users /srv/b
'';
""",
            """\
systemd.tmpfiles.settings."10-setup"."/srv/a".d.mode = "0700";
systemd.tmpfiles.settings."10-setup"."/srv/b".d = {
  user = "alice";
  group = "users";
  mode = "0750";
};
""",
        ),
        left=(
            activation('mkdir -p "$DIR"'),
            activation("for d in a b; do mkdir -p /srv/$d; done"),
            activation("[ -d /srv/a ] || mkdir /srv/a"),
            activation("chmod 600 /srv/*.key"),
        ),
    ),
    Cases(
        row="imp-prestart-mkdir",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.app = {
  serviceConfig.User = "app";
  preStart = ''
    mkdir -p /var/cache/app
    ./migrate --to latest
  '';
};
""",
            """\
systemd.services.app = {
  serviceConfig.User = "app";
  serviceConfig.CacheDirectory = "app";
  preStart = ''
    ./migrate --to latest
  '';
};
""",
        ),
        beside=Edit(
            """\
systemd.services.app = {
  serviceConfig = {
    User = "app";
    StateDirectory = "app";
  };
  preStart = "mkdir -p /var/log/app && chmod 750 /var/log/app";
};
""",
            """\
systemd.services.app = {
  serviceConfig = {
    User = "app";
    StateDirectory = "app";
    LogsDirectory = "app";
    LogsDirectoryMode = "0750";
  };
};
""",
        ),
        left=(
            'systemd.services.app.preStart = "mkdir -p /srv/app";\n',
            'systemd.services.app.preStart = "mkdir -p /var/lib/$NAME";\n',
            'systemd.services.app.preStart = "if [ -e /x ]; then mkdir -p /var/lib/app; fi";\n',
            'systemd.services.app.preStart = "mkdir -p /var/lib/app; chown other /var/lib/app";\n',
        ),
    ),
    Cases(
        row="imp-chown-recursive",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  rsync -a /srv/in/ /srv/out/
  chown -R media:media /srv/out
  echo done
'';
""",
        beside="""\
systemd.tmpfiles.rules = [ "d /data 0755 alice users -" ];
system.activationScripts.setup = ''
  chown --recursive alice:users /data || true
'';
""",
        left=(
            activation("chown alice /data"),
            activation('chown -R "$U" /data'),
            activation("for d in /a /b; do chown -R alice $d; done"),
            'environment.shellAliases.own = "chown -R alice /data";\n',
        ),
    ),
    Cases(
        row="imp-ln-activation",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  echo "links"
  ln -sfn /srv/current /opt/app
  readlink -f /opt/app > /run/app
'';
""",
            """\
system.activationScripts.setup = ''
  echo "links"
  readlink -f /opt/app > /run/app
'';
systemd.tmpfiles.settings."10-setup"."/opt/app"."L+".argument = "/srv/current";
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
systemd.tmpfiles.settings = {
  "10-setup"."/opt/a"."L+".argument = "/srv/a";
};
system.activationScripts.setup = ''
  ln -sf /srv/b /opt/b
'';
""",
            """\
systemd.tmpfiles.settings = {
  "10-setup"."/opt/a"."L+".argument = "/srv/a";
  "10-setup"."/opt/b"."L+".argument = "/srv/b";
};
""",
            is_for_review=True,
        ),
        left=(
            activation('ln -sfn "$TARGET" /opt/app'),
            activation("ln /srv/a /opt/hard"),
            activation("[ -e /opt/a ] || ln -s /srv/a /opt/a"),
            activation("for f in /srv/*; do ln -sf $f /opt/; done"),
        ),
    ),
    Cases(
        row="imp-ln-bin",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /bin "$EXTRA"
  ln -sfn ${pkgs.bash}/bin/bash /bin/bash
  ls -l /bin > /run/bin
'';
""",
            """\
system.activationScripts.setup = ''
  mkdir -p /bin "$EXTRA"
  ls -l /bin > /run/bin
'';
systemd.tmpfiles.settings."10-setup"."/bin/bash"."L+".argument = "${pkgs.bash}/bin/bash";
""",
        ),
        beside=Edit(
            """\
systemd.tmpfiles.settings."10-setup"."/bin/zsh"."L+".argument = "${pkgs.zsh}/bin/zsh";
system.activationScripts.setup = ''
  ln -sf ${pkgs.perl}/bin/perl /usr/bin/perl
'';
""",
            """\
systemd.tmpfiles.settings."10-setup"."/bin/zsh"."L+".argument = "${pkgs.zsh}/bin/zsh";
systemd.tmpfiles.settings."10-setup"."/usr/bin/perl"."L+".argument = "${pkgs.perl}/bin/perl";
""",
        ),
        left=(
            activation('ln -sf "$SHELL" /bin/shell'),
            activation("[ -e /bin/bash ] || ln -s ${pkgs.bash}/bin/bash /bin/bash"),
            activation("rm -f /bin/bash"),
            'services.envfs.enable = true; system.activationScripts.a = "ls -l /bin/bash";\n',
        ),
    ),
    Cases(
        row="imp-echo-etc",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /etc/app
  cat > /etc/app/app.conf <<'END'
  [main]
  level = 3
  END
  app --check-config
'';
""",
            """\
system.activationScripts.setup = ''
  app --check-config
'';
environment.etc."app/app.conf".text = ''
  [main]
  level = 3
'';
""",
        ),
        beside=Edit(
            """\
environment.etc = {
  "issue.net".text = "box";
};
system.activationScripts.setup = ''
  echo "level = 3" > /etc/app.conf
'';
""",
            """\
environment.etc = {
  "issue.net".text = "box";
  "app.conf".text = "level = 3\\n";
};
""",
        ),
        left=(
            activation('echo "$LEVEL" > /etc/app.conf'),
            activation("echo x | app --config /etc/app.conf"),
            activation("[ -e /etc/app.conf ] || echo x > /etc/app.conf"),
            activation("echo x > /var/lib/app.conf"),
        ),
    ),
    Cases(
        row="imp-cp-etc",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  rm -f /etc/app.lock
  install -m 640 ${./app.conf} /etc/app.conf
  app --reload
'';
""",
            """\
system.activationScripts.setup = ''
  rm -f /etc/app.lock
  app --reload
'';
environment.etc."app.conf" = {
  source = ./app.conf;
  mode = "0640";
};
""",
        ),
        beside=Edit(
            """\
environment.etc."other.conf".source = ./other.conf;
system.activationScripts.setup = ''
  cp ${./app.conf} /etc/app.conf
'';
""",
            """\
environment.etc."other.conf".source = ./other.conf;
environment.etc."app.conf".source = ./app.conf;
""",
        ),
        left=(
            activation("cp /srv/app.conf /etc/app.conf"),
            activation('cp ${./a} "$ETC/app.conf"'),
            activation("cp -n ${./a} /etc/app.conf"),
            activation("[ -e /etc/a ] || cp ${./a} /etc/a"),
        ),
    ),
    Cases(
        row="imp-ca-cert",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /etc/ssl/certs "$MORE"
  cp ${./ca.crt} /usr/local/share/ca-certificates/own.crt
  update-ca-certificates
  openssl verify /srv/x.pem
'';
""",
            """\
system.activationScripts.setup = ''
  mkdir -p /etc/ssl/certs "$MORE"
  openssl verify /srv/x.pem
'';
security.pki.certificateFiles = [ ./ca.crt ];
""",
        ),
        beside=Edit(
            """\
security.pki.certificateFiles = [
  ./first.crt
];
system.activationScripts.setup = ''
  cp ${./second.crt} /etc/ssl/certs/second.crt
'';
""",
            """\
security.pki.certificateFiles = [
  ./first.crt
  ./second.crt
];
""",
        ),
        left=(
            activation("cp /srv/ca.crt /etc/ssl/certs/ca.crt"),
            activation("curl -o /etc/ssl/certs/ca.crt https://ca.example.org/ca.crt"),
            activation("cp ${./ca.crt} /srv/ca.crt"),
            activation("ls /etc/ssl/certs"),
        ),
    ),
    Cases(
        row="imp-motd",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  figlet box > /run/banner
  printf 'hello\\nfrom the box\\n' > /etc/motd
  wall "up"
'';
""",
            """\
system.activationScripts.setup = ''
  figlet box > /run/banner
  wall "up"
'';
users.motd = ''
  hello
  from the box
'';
""",
        ),
        beside=Edit(
            """\
users.mutableUsers = false;
environment.etc.motd.text = "mind the gap";
""",
            """\
users.mutableUsers = false;
users.motd = "mind the gap";
""",
        ),
        left=(
            activation("date > /etc/motd"),
            activation('echo "up since $(uptime -s)" > /etc/motd'),
            activation("cat /etc/motd"),
            'users.motd = "a";\n',
        ),
    ),
    Cases(
        row="imp-nix-conf",
        file="/configuration.nix",
        longer=Edit(
            """\
nix.extraOptions = ''
  # flakes
  experimental-features = nix-command flakes
  !include /run/secrets/nix-tokens
  keep-outputs = true
'';
""",
            """\
nix.extraOptions = ''
  # flakes
  !include /run/secrets/nix-tokens
'';
nix.settings = {
  experimental-features = [
    "nix-command"
    "flakes"
  ];
  keep-outputs = true;
};
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
nix.settings = {
  auto-optimise-store = true;
  trusted-users = [ "alice" ];
};
nix.extraOptions = "min-free = 1073741824";
""",
            """\
nix.settings = {
  auto-optimise-store = true;
  trusted-users = [ "alice" ];
  min-free = 1073741824;
};
""",
        ),
        left=(
            'nix.extraOptions = "!include /run/secrets/tokens";\n',
            'nix.extraOptions = "# keep-outputs = true";\n',
            'nix.enable = false; nix.extraOptions = "keep-outputs = true";\n',
            activation("cat /etc/nix/nix.conf"),
        ),
    ),
    Cases(
        row="imp-logrotate",
        file="/configuration.nix",
        longer=Edit(
            """\
environment.etc."logrotate.d/app" = {
  mode = "0644";
  text = ''
    /var/log/app/*.log {
      daily
      rotate 7
      compress
      missingok
    }
  '';
};
""",
            """\
services.logrotate.settings."/var/log/app/*.log" = {
  frequency = "daily";
  rotate = 7;
  compress = true;
  missingok = true;
};
""",
        ),
        beside=Edit(
            """\
services.logrotate.settings = {
  "/var/log/a.log".frequency = "weekly";
};
environment.etc."logrotate.d/b".text = "/var/log/b.log { monthly }";
""",
            """\
services.logrotate.settings = {
  "/var/log/a.log".frequency = "weekly";
  "/var/log/b.log".frequency = "monthly";
};
""",
        ),
        left=(
            activation("logrotate -f /etc/logrotate.conf"),
            activation("cat /etc/logrotate.d/app"),
            'environment.etc."logrotate.d/a".text = "/var/log/a.log { unclosed";\n',
            'environment.etc."logrotate.conf".text = "weekly";\n',
        ),
    ),
)
