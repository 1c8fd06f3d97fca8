"""Cases of the rows about containers and virtual machines."""

from __future__ import annotations

from .case import Cases, Edit, activation

CONTAINERS = (
    Cases(
        row="imp-docker-run",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.web = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    docker run -d --name web --restart unless-stopped -p 80:80 nginx:1.27
    logger "web is up"
  '';
};
""",
            """\
systemd.services.web = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    logger "web is up"
  '';
};
virtualisation.oci-containers = {
  backend = "docker";
  containers.web = {
    image = "nginx:1.27";
    ports = [ "80:80" ];
  };
};
""",
        ),
        beside=Edit(
            """\
virtualisation.oci-containers = {
  backend = "podman";
  containers.db.image = "postgres:16";
};
system.activationScripts.setup = ''
  podman run -d --name cache -e TZ=UTC redis:7
'';
""",
            """\
virtualisation.oci-containers = {
  backend = "podman";
  containers.db.image = "postgres:16";
  containers.cache = {
    image = "redis:7";
    environment.TZ = "UTC";
  };
};
""",
        ),
        left=(
            activation("docker run --rm -it alpine sh"),
            activation('docker run -d "$IMAGE"'),
            activation("docker ps || docker run -d --name a nginx"),
            'environment.shellAliases.web = "docker run -d --name web nginx";\n',
        ),
    ),
    Cases(
        row="imp-docker-network",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  systemctl start docker
  docker network create --driver bridge web || true
  docker ps
'';
""",
        beside="""\
virtualisation.docker.enable = true;
system.activationScripts.setup = ''
  podman network create db
'';
""",
        left=(
            activation("docker network ls"),
            activation("docker network rm web"),
            'environment.shellAliases.net = "docker network create web";\n',
        ),
    ),
    Cases(
        row="imp-docker-compose",
        file="/configuration.nix",
        longer="""\
systemd.services.app = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    cd /srv/app
    docker-compose up -d
  '';
};
""",
        beside="""\
virtualisation.docker.enable = true;
systemd.services.app.serviceConfig.ExecStart = "${pkgs.docker-compose}/bin/docker-compose -f /srv/app.yml up";
""",
        left=(
            'systemd.services.app.script = "docker compose ps";\n',
            'systemd.services.app.script = "docker compose logs -f";\n',
            'environment.shellAliases.up = "docker compose up -d";\n',
        ),
    ),
    Cases(
        row="imp-docker-prune",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.tidy = {
  startAt = "Sun 04:00";
  script = ''
    docker system prune --force
    df -h /var/lib/docker
  '';
};
""",
            """\
systemd.services.tidy = {
  startAt = "Sun 04:00";
  script = ''
    df -h /var/lib/docker
  '';
};
virtualisation.docker.autoPrune = {
  enable = true;
  dates = "Sun 04:00";
};
""",
        ),
        beside=Edit(
            """\
virtualisation.podman.enable = true;
virtualisation.podman.autoPrune.flags = [ "--all" ];
systemd.services.tidy = {
  startAt = "weekly";
  script = "podman system prune -f";
};
""",
            """\
virtualisation.podman.enable = true;
virtualisation.podman.autoPrune.flags = [ "--all" ];
virtualisation.podman.autoPrune.enable = true;
virtualisation.podman.autoPrune.dates = "weekly";
""",
        ),
        left=(
            'systemd.services.tidy.script = "docker system prune -f";\n',
            'systemd.services.tidy = { startAt = "weekly"; script = "docker image ls"; };\n',
            'systemd.services.tidy = { startAt = "weekly"; script = "docker system prune -f --filter \\"$F\\""; };\n',
            'environment.shellAliases.dp = "docker system prune -af";\n',
        ),
    ),
    Cases(
        row="imp-docker-pull",
        file="/configuration.nix",
        longer=Edit(
            """\
virtualisation.oci-containers.containers.web = {
  image = "ghcr.io/a/web:1";
};
systemd.services.podman-web.preStart = ''
  podman pull ghcr.io/a/web:1
  podman image prune -f
'';
""",
            """\
virtualisation.oci-containers.containers.web = {
  image = "ghcr.io/a/web:1";
  pull = "newer";
};
systemd.services.podman-web.preStart = ''
  podman image prune -f
'';
""",
        ),
        beside=Edit(
            """\
virtualisation.oci-containers.backend = "docker";
virtualisation.oci-containers.containers = {
  web = {
    image = "nginx:1.27";
    ports = [ "80:80" ];
  };
};
systemd.services.docker-web.preStart = "docker pull nginx:1.27 || true";
""",
            """\
virtualisation.oci-containers.backend = "docker";
virtualisation.oci-containers.containers = {
  web = {
    image = "nginx:1.27";
    ports = [ "80:80" ];
    pull = "always";
  };
};
""",
        ),
        left=(
            'systemd.services.podman-web.preStart = "podman pull nginx";\n',
            activation("docker pull nginx"),
            'virtualisation.oci-containers.containers.web.image = "web"; systemd.services.podman-web.preStart = "podman pull other";\n',
            'systemd.services.podman-web.preStart = "podman images";\n',
        ),
    ),
    Cases(
        row="imp-virsh-define",
        file="/configuration.nix",
        longer="""\
system.activationScripts.setup = ''
  systemctl start libvirtd
  virsh net-define ${./net.xml}
  virsh list --all
'';
""",
        beside="""\
virtualisation.libvirtd.enable = true;
system.activationScripts.setup = ''
  ${pkgs.libvirt}/bin/virsh define ${./vm.xml}
'';
""",
        left=(
            activation("virsh list"),
            activation("virsh shutdown vm"),
            'environment.shellAliases.vm = "virsh define vm.xml";\n',
        ),
    ),
)
