"""Cases of the rows about databases, certificates and keys."""

from __future__ import annotations

from .case import Cases, Edit, activation

SERVICES = (
    Cases(
        row="imp-psql-create",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.db.script = ''
  pg_isready
  psql -c 'CREATE DATABASE app'
  psql -d app -f ${./schema.sql}
'';
""",
            """\
systemd.services.db.script = ''
  pg_isready
  psql -d app -f ${./schema.sql}
'';
services.postgresql.ensureDatabases = [ "app" ];
""",
        ),
        beside=Edit(
            """\
services.postgresql = {
  enable = true;
  ensureDatabases = [ "first" ];
};
systemd.services.db.script = "sudo -u postgres createdb app";
""",
            """\
services.postgresql = {
  enable = true;
  ensureDatabases = [ "first" "app" ];
};
""",
        ),
        left=(
            "systemd.services.db.script = \"psql -c 'SELECT 1'\";\n",
            'systemd.services.db.script = "createdb \\"$DB\\"";\n',
            'systemd.services.db.script = "psql -l || createdb app";\n',
            'systemd.services.db.script = "psql -c \\"CREATE DATABASE app TEMPLATE template0 LC_COLLATE \'C\'\\"";\n',
        ),
    ),
    Cases(
        row="imp-pg-extension",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.db.script = ''
  pg_isready
  psql -d app -c 'CREATE EXTENSION IF NOT EXISTS postgis'
  psql -d app -f ${./schema.sql}
'';
""",
            """\
systemd.services.db.script = ''
  pg_isready
  psql -d app -c 'CREATE EXTENSION IF NOT EXISTS postgis'
  psql -d app -f ${./schema.sql}
'';
services.postgresql.extensions = ps: [ ps.postgis ];
""",
        ),
        beside=Edit(
            """\
services.postgresql = {
  enable = true;
  extensions = ps: [ ps.pgvector ];
};
systemd.services.db.script = "psql -c 'CREATE EXTENSION timescaledb;'";
""",
            """\
services.postgresql = {
  enable = true;
  extensions = ps: [ ps.pgvector ps.timescaledb ];
};
systemd.services.db.script = "psql -c 'CREATE EXTENSION timescaledb;'";
""",
        ),
        left=(
            "systemd.services.db.script = \"psql -c 'CREATE EXTENSION pgcrypto'\";\n",
            "systemd.services.db.script = \"psql -c 'DROP EXTENSION vector'\";\n",
            'systemd.services.db.script = "psql -c \\"CREATE EXTENSION $E\\"";\n',
            "services.postgresql.extensions = ps: [ ps.pgvector ]; systemd.services.db.script = \"psql -c 'CREATE EXTENSION vector'\";\n",
        ),
    ),
    Cases(
        row="imp-mysql-create",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.db.script = ''
  mysqladmin ping
  mysql -e 'CREATE DATABASE IF NOT EXISTS shop'
  mysql shop < ${./schema.sql}
'';
""",
            """\
systemd.services.db.script = ''
  mysqladmin ping
  mysql shop < ${./schema.sql}
'';
services.mysql.ensureDatabases = [ "shop" ];
""",
        ),
        beside=Edit(
            """\
services.mysql = {
  enable = true;
  ensureDatabases = [ "first" ];
};
systemd.services.db.script = "mariadb -e 'CREATE DATABASE second'";
""",
            """\
services.mysql = {
  enable = true;
  ensureDatabases = [ "first" "second" ];
};
""",
        ),
        left=(
            "systemd.services.db.script = \"mysql -e 'SHOW DATABASES'\";\n",
            'systemd.services.db.script = "mysql -e \\"CREATE DATABASE $DB\\"";\n',
            "systemd.services.db.script = \"mysql -e 'DROP DATABASE a'\";\n",
            "systemd.services.db.script = \"mysql -e 'USE a' || mysql -e 'CREATE DATABASE a'\";\n",
        ),
    ),
    Cases(
        row="imp-smbpasswd",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  echo "shares"
  printf 'x\\nx\\n' | smbpasswd -s -a alice
  testparm -s > /run/smb
'';
""",
        beside="""\
services.samba.enable = true;
system.activationScripts.setup = ''
  ${pkgs.samba}/bin/smbpasswd -a bob
'';
""",
        left=(
            activation("smbpasswd -x alice"),
            activation("smbpasswd alice"),
            'environment.shellAliases.smb = "smbpasswd -a alice";\n',
        ),
    ),
    Cases(
        row="imp-htpasswd",
        file="/configuration.nix",
        longer=Edit(
            """\
services.nginx.virtualHosts."x.example.org".root = "/srv";
system.activationScripts.setup = ''
  mkdir -p /etc/nginx/$(hostname)
  htpasswd -b -c /etc/nginx/users alice correct-horse
  nginx -t
'';
""",
            """\
services.nginx.virtualHosts."x.example.org".root = "/srv";
services.nginx.virtualHosts."x.example.org".basicAuthFile = "/etc/nginx/users";
system.activationScripts.setup = ''
  mkdir -p /etc/nginx/$(hostname)
  nginx -t
'';
""",
        ),
        beside=Edit(
            """\
services.nginx = {
  enable = true;
  virtualHosts = {
    "y.example.org" = {
      root = "/srv/y";
    };
  };
};
system.activationScripts.setup = ''
  htpasswd -bcB /etc/nginx/users alice correct-horse
'';
""",
            """\
services.nginx = {
  enable = true;
  virtualHosts = {
    "y.example.org" = {
      root = "/srv/y";
      basicAuthFile = "/etc/nginx/users";
    };
  };
};
""",
        ),
        left=(
            activation("htpasswd -nb alice x"),
            activation("htpasswd -v /etc/nginx/users alice"),
            activation('htpasswd -bc "$F" alice x'),
        ),
    ),
    Cases(
        row="imp-certbot",
        file="/configuration.nix",
        longer=Edit(
            """\
services.nginx.virtualHosts."x.example.org".root = "/srv";
systemd.services.cert.script = ''
  sleep 5
  certbot --nginx --non-interactive --agree-tos --email admin@example.org --domain x.example.org
  certbot certificates > /run/certs
'';
""",
            """\
services.nginx.virtualHosts."x.example.org".root = "/srv";
services.nginx.virtualHosts."x.example.org".enableACME = true;
services.nginx.virtualHosts."x.example.org".forceSSL = true;
systemd.services.cert.script = ''
  sleep 5
  certbot certificates > /run/certs
'';
security.acme = {
  acceptTerms = true;
  defaults.email = "admin@example.org";
};
""",
        ),
        beside=Edit(
            """\
security.acme = {
  acceptTerms = true;
  defaults.email = "admin@example.org";
};
services.nginx.virtualHosts."x.example.org" = {
  root = "/srv";
};
system.activationScripts.setup = ''
  certbot --nginx -n --agree-tos -m admin@example.org -d x.example.org
'';
""",
            """\
security.acme = {
  acceptTerms = true;
  defaults.email = "admin@example.org";
};
services.nginx.virtualHosts."x.example.org" = {
  root = "/srv";
  enableACME = true;
  forceSSL = true;
};
""",
        ),
        left=(
            activation("certbot certificates"),
            activation("certbot delete --cert-name x"),
            activation('certbot --nginx -n --agree-tos -m a@b.c -d "$D"'),
        ),
    ),
    Cases(
        row="imp-openssl-selfsigned",
        file="/configuration.nix",
        longer="""\
systemd.services.tls.script = ''
  umask 077
  openssl req -x509 -newkey ed25519 -nodes -keyout /var/lib/k.pem -out /var/lib/c.pem -subj /CN=box
  openssl x509 -in /var/lib/c.pem -text > /var/lib/c.txt
'';
""",
        beside="""\
security.acme.acceptTerms = true;
system.activationScripts.setup = ''
  ${pkgs.openssl}/bin/openssl req -new -x509 -nodes -key /var/lib/k.pem -out /var/lib/c.pem -subj /CN=x
'';
""",
        left=(
            activation("openssl rand -hex 32 > /var/lib/key"),
            activation("openssl x509 -in /c.pem"),
            activation("test -e /k || openssl req -x509 -newkey rsa:4096 -keyout /k -out /c"),
        ),
    ),
    Cases(
        row="imp-ssh-hostkey",
        file="/configuration.nix",
        longer=Edit(
            """\
services.openssh.enable = true;
system.activationScripts.setup = ''
  mkdir -p /etc/ssh/$(hostname)
  ssh-keygen -A
  ls /etc/ssh > /run/keys
'';
""",
            """\
services.openssh.enable = true;
system.activationScripts.setup = ''
  mkdir -p /etc/ssh/$(hostname)
  ls /etc/ssh > /run/keys
'';
""",
        ),
        beside=Edit(
            """\
services.openssh = {
  enable = true;
  ports = [ 2222 ];
};
systemd.services.keys.script = "${pkgs.openssh}/bin/ssh-keygen -A || true";
""",
            """\
services.openssh = {
  enable = true;
  ports = [ 2222 ];
};
""",
        ),
        left=(
            activation("ssh-keygen -R github.com"),
            'services.openssh.enable = true; system.activationScripts.a = "ssh-keygen -t ed25519 -f /root/.ssh/id -N x";\n',
            'services.openssh.enable = true; system.activationScripts.a = "ssh-keygen -l -f /etc/ssh/k.pub";\n',
            'services.openssh.enable = true; system.activationScripts.a = "[ -e /x ] || ssh-keygen -A";\n',
        ),
    ),
    Cases(
        row="imp-known-hosts",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mkdir -p /root/.ssh/$(hostname)
  ssh-keyscan -t ed25519 gitlab.com >> /root/.ssh/known_hosts
  ssh -T git@gitlab.com
'';
""",
            """\
system.activationScripts.setup = ''
  mkdir -p /root/.ssh/$(hostname)
  ssh -T git@gitlab.com
'';
programs.ssh.knownHosts."gitlab.com".publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf";
""",
        ),
        beside=Edit(
            """\
programs.ssh.knownHosts = {
  "nas.lan".publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINas";
};
system.activationScripts.setup = ''
  ssh-keyscan codeberg.org >> /etc/ssh/ssh_known_hosts
'';
""",
            """\
programs.ssh.knownHosts = {
  "nas.lan".publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINas";
  "codeberg.org".publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVIC02vnjFyL+I4RHfvIGNtOgJMe769VTF1VR4EB3ZB";
};
""",
        ),
        left=(
            activation('ssh-keyscan "$HOST" >> /root/.ssh/known_hosts'),
            activation("ssh-keyscan github.com > /tmp/keys"),
            activation("grep -q github /root/.ssh/known_hosts || ssh-keyscan github.com >> /root/.ssh/known_hosts"),
            activation("ssh-keygen -R github.com"),
        ),
    ),
    Cases(
        row="imp-backup-script",
        file="/configuration.nix",
        longer=Edit(
            """\
services.cron.systemCronJobs = [
  "*/5 * * * * root /srv/watch.sh"
  "30 1 * * * root restic -r sftp:nas:/backup --password-file /run/secrets/restic backup /srv /home"
];
""",
            """\
services.cron.systemCronJobs = [
  "*/5 * * * * root /srv/watch.sh"
];
services.restic.backups.srv = {
  repository = "sftp:nas:/backup";
  paths = [
    "/srv"
    "/home"
  ];
  passwordFile = "/run/secrets/restic";
  timerConfig.OnCalendar = "*-*-* 01:30:00";
};
""",
        ),
        beside=Edit(
            """\
services.restic.backups.etc = {
  repository = "/mnt/repo";
  paths = [ "/etc" ];
};
systemd.services.nightly-backup = {
  startAt = "02:00";
  script = "restic -r /mnt/repo backup /var/lib";
};
""",
            """\
services.restic.backups.etc = {
  repository = "/mnt/repo";
  paths = [ "/etc" ];
};
services.restic.backups.lib = {
  repository = "/mnt/repo";
  paths = [ "/var/lib" ];
  passwordFile = "/run/secrets/restic";
  timerConfig.OnCalendar = "02:00";
};
""",
        ),
        left=(
            'systemd.services.backup.script = "restic -r /mnt/repo backup /home";\n',
            'systemd.services.backup = { startAt = "daily"; script = "restic -r \\"$REPO\\" backup /home"; };\n',
            'systemd.services.backup = { startAt = "daily"; script = "restic -r /mnt/repo check"; };\n',
            'systemd.services.backup = { startAt = "daily"; script = "mount /mnt/repo; restic -r /mnt/repo backup /home; umount /mnt/repo"; };\n',
        ),
    ),
)
