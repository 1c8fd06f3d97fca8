"""Cases of the rows about units, timers and cron jobs."""

from __future__ import annotations

from .case import Cases, Edit, activation, switch

UNITS = (
    Cases(
        row="imp-systemctl-enable",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  set -e
  systemctl enable --now docker.service
  install -m 600 /dev/null /srv/token
  systemctl status docker || true
'';
""",
            """\
system.activationScripts.setup = ''
  set -e
  install -m 600 /dev/null /srv/token
  systemctl status docker || true
'';
virtualisation.docker.enable = true;
""",
        ),
        beside=Edit(
            """\
services.openssh = {
  ports = [ 2222 ];
};
system.activationScripts.setup = ''
  systemctl enable sshd
'';
""",
            """\
services.openssh = {
  ports = [ 2222 ];
  enable = true;
};
""",
        ),
        left=(
            activation("systemctl is-enabled sshd"),
            activation("systemctl --user enable pipewire"),
            activation('systemctl enable "wg-quick@$IF"'),
            activation("if systemctl cat sshd; then systemctl enable sshd; fi"),
            'environment.shellAliases.s = "systemctl enable --now sshd";\n',
        ),
    ),
    Cases(
        row="imp-systemctl-disable",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.quiet = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    echo "nobody prints here"
    systemctl disable --now cups.service
    touch /run/quiet
  '';
};
""",
            """\
systemd.services.quiet = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    echo "nobody prints here"
    touch /run/quiet
  '';
};
systemd.services.cups.wantedBy = lib.mkForce [ ];
""",
        ),
        beside=Edit(
            """\
services.printing.enable = true;
system.activationScripts.quiet = "systemctl mask cups.service";
""",
            """\
services.printing.enable = true;
systemd.services.cups.enable = false;
""",
        ),
        left=(
            activation("systemctl stop cups"),
            activation("systemctl is-enabled cups"),
            activation('systemctl disable "$UNIT"'),
            activation("[ -e /etc/quiet ] && systemctl disable cups"),
        ),
    ),
    Cases(
        row="imp-systemctl-restart",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  install -m 600 ${./x.conf} /var/lib/x.conf
  systemctl restart nginx.service
  echo restarted
'';
""",
        beside="""\
services.nginx.enable = true;
system.activationScripts.setup = ''
  ${pkgs.systemd}/bin/systemctl reload nginx || true
'';
""",
        left=(
            activation("systemctl status nginx"),
            'environment.shellAliases.rn = "systemctl restart nginx";\n',
            'systemd.services.a.script = "systemctl restart nginx";\n',
            activation("if [ -e /run/x ]; then systemctl restart nginx; fi"),
        ),
    ),
    Cases(
        row="imp-daemon-reload",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  # units may have changed
  systemctl daemon-reload
  logger "switched"
'';
""",
            """\
system.activationScripts.setup = ''
  # units may have changed
  logger "switched"
'';
""",
        ),
        beside=Edit(
            """\
systemd.services.web.wantedBy = [ "multi-user.target" ];
system.activationScripts.reload.text = "${pkgs.systemd}/bin/systemctl daemon-reload || true";
""",
            'systemd.services.web.wantedBy = [ "multi-user.target" ];\n',
        ),
        left=(
            activation("cp ${./x.service} /run/systemd/system/x.service"),
            activation("systemctl daemon-reexec"),
            activation("[ -e /x ] && systemctl daemon-reload"),
            'environment.shellAliases.dr = "systemctl daemon-reload";\n',
        ),
    ),
    Cases(
        row="imp-linger",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /srv/pods
  loginctl enable-linger alice 2>/dev/null
  chown alice /srv/pods/*
'';
""",
            """\
system.activationScripts.setup = ''
  mkdir -p /srv/pods
  chown alice /srv/pods/*
'';
users.users.alice.linger = true;
""",
        ),
        beside=Edit(
            """\
users.users.alice = {
  isNormalUser = true;
  extraGroups = [ "wheel" ];
};
systemd.services.linger = {
  wantedBy = [ "multi-user.target" ];
  script = "loginctl enable-linger alice";
};
""",
            """\
users.users.alice = {
  isNormalUser = true;
  extraGroups = [ "wheel" ];
  linger = true;
};
""",
        ),
        left=(
            activation("loginctl enable-linger"),
            activation('loginctl enable-linger "$USER"'),
            activation("loginctl disable-linger alice"),
            activation("for u in alice bob; do loginctl enable-linger $u; done"),
        ),
    ),
    Cases(
        row="imp-cron-job",
        file="/configuration.nix",
        longer=Edit(
            """\
services.cron = {
  enable = true;
  systemCronJobs = [
    "0 * * * * root /srv/hourly.sh $(hostname)"
    "15 2 * * 1-5 alice ${pkgs.rsync}/bin/rsync -a /srv/a /srv/b"
  ];
};
""",
            """\
services.cron = {
  enable = true;
  systemCronJobs = [
    "15 2 * * 1-5 alice ${pkgs.rsync}/bin/rsync -a /srv/a /srv/b"
  ];
};
systemd.services.hourly = {
  startAt = "*-*-* *:00:00";
  script = "/srv/hourly.sh $(hostname)";
};
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
systemd.services = {
  sshd.restartIfChanged = false;
};
services.cron.systemCronJobs = [
  "*/15 * * * * root /srv/report --short"
];
""",
            """\
systemd.services = {
  sshd.restartIfChanged = false;
  report = {
    startAt = "*-*-* *:0/15:00";
    script = "/srv/report --short";
  };
};
""",
            is_for_review=True,
        ),
        left=(
            'services.cron.systemCronJobs = [ "0 4 1 * 1 root /srv/a.sh" ];\n',
            'services.cron.systemCronJobs = [ "MAILTO=me" "0 4 * * * root /srv/a.sh" ];\n',
            'services.cron.systemCronJobs = [ "0 4 * * * root date +%F > /srv/day" ];\n',
            'services.cron.systemCronJobs = [ "61 4 * * * root /srv/a.sh" ];\n',
        ),
    ),
    Cases(
        row="imp-cron-reboot",
        file="/configuration.nix",
        longer=Edit(
            """\
services.cron.systemCronJobs = [
  "MAILTO=root"
  "@reboot root /srv/start.sh --all"
];
""",
            """\
services.cron.systemCronJobs = [
  "MAILTO=root"
];
systemd.services.start = {
  wantedBy = [ "multi-user.target" ];
  serviceConfig.Type = "oneshot";
  script = "/srv/start.sh --all";
};
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
services.cron.systemCronJobs = [
  "@reboot alice /srv/agent -d"
  "0 4 * * * root date +%F"
];
systemd.services.report.path = [ pkgs.git ];
""",
            """\
services.cron.systemCronJobs = [
  "0 4 * * * root date +%F"
];
systemd.services.report.path = [ pkgs.git ];
systemd.services.agent = {
  wantedBy = [ "multi-user.target" ];
  serviceConfig.Type = "oneshot";
  serviceConfig.User = "alice";
  script = "/srv/agent -d";
};
""",
            is_for_review=True,
        ),
        left=(
            'services.cron.systemCronJobs = [ "@reboot $USER /srv/a" ];\n',
            'services.cron.systemCronJobs = [ "@reboot root" ];\n',
            'services.cron.systemCronJobs = [ "# @reboot root /srv/a" ];\n',
            'environment.etc."crontab.txt".text = "@reboot root /srv/a";\n',
        ),
    ),
    Cases(
        row="imp-sleep-loop-nohup",
        file="/configuration.nix",
        longer="""\
systemd.services.watch = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    while true; do
      /srv/poll || logger "no answer"
      sleep 300
    done
  '';
};
""",
        beside="""\
programs.bash.enable = true;
programs.bash.interactiveShellInit = "nohup syncthing >/dev/null 2>&1 &";
""",
        left=(
            'systemd.services.a.script = "while ! ping -c1 gw; do sleep 1; done";\n',
            'systemd.services.a.script = "sleep 5; /srv/a";\n',
            'environment.shellAliases.bg = "nohup my-daemon &";\n',
            'systemd.services.a.script = "for i in 1 2 3; do try && break; sleep 1; done";\n',
        ),
    ),
    Cases(
        row="imp-home-manager-timer",
        file="/home.nix",
        longer=Edit(
            """\
home.activation.jobs = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  mkdir -p "$HOME/log/$(date +%Y)"
  (crontab -l; echo '*/20 * * * * ${pkgs.rsync}/bin/rsync -a /srv/a /srv/b') | crontab -
'';
""",
            """\
home.activation.jobs = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
  mkdir -p "$HOME/log/$(date +%Y)"
'';
systemd.user = {
  timers.rsync = {
    Timer.OnCalendar = "*-*-* *:0/20:00";
    Install.WantedBy = [ "timers.target" ];
  };
  services.rsync.Service.ExecStart = "${pkgs.rsync}/bin/rsync -a /srv/a /srv/b";
};
""",
            is_for_review=True,
        ),
        beside=Edit(
            """\
systemd.user.startServices = "sd-switch";
systemd.user.timers.other.Timer.OnCalendar = "daily";
home.activation.jobs = lib.hm.dag.entryAfter [ "writeBoundary" ] "(crontab -l; echo '@daily ${pkgs.isync}/bin/mbsync -a') | crontab -";
""",
            """\
systemd.user.startServices = "sd-switch";
systemd.user.timers.other.Timer.OnCalendar = "daily";
systemd.user.timers.mbsync = {
  Timer.OnCalendar = "daily";
  Install.WantedBy = [ "timers.target" ];
};
systemd.user.services.mbsync.Service.ExecStart = "${pkgs.isync}/bin/mbsync -a";
""",
            is_for_review=True,
        ),
        left=(
            switch("crontab -l > ~/.crontab"),
            switch("crontab ~/.crontab"),
            switch('(crontab -l; echo "0 4 * * * $JOB") | crontab -'),
            switch("crontab -r"),
        ),
    ),
)
