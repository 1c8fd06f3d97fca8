"""`imp-docker-run`."""

from __future__ import annotations

import pytest

from .bench import check_rewrite, findings


def test_what_an_activation_script_starts_is_declared():
    check_rewrite(
        "imp-docker-run",
        preferred=False,
        before="""\
{
  system.activationScripts.web.text = ''
    echo a
    docker run -d --name web --restart=unless-stopped -p 8080:80 -v /srv:/data -e TZ=UTC --network host --init nginx:1.27 a "b c"
  '';
}
""",
        after="""\
{
  system.activationScripts.web.text = ''
    echo a
  '';
  virtualisation.oci-containers = {
    backend = "docker";
    containers.web = {
      image = "nginx:1.27";
      environment.TZ = "UTC";
      ports = [ "8080:80" ];
      volumes = [ "/srv:/data" ];
      cmd = [
        "a"
        "b c"
      ];
      extraOptions = [
        "--network=host"
        "--init"
      ];
    };
  };
}
""",
    )


@pytest.mark.parametrize(
    "rest",
    [
        "",
        'serviceConfig.Restart = "always";',
        'after = [ "network.target" "docker.service" ];\n    requires = [ "docker.service" ];',
        'serviceConfig.Type = "simple";',
    ],
)
def test_a_service_that_runs_a_container_goes(rest: str):
    check_rewrite(
        "imp-docker-run",
        preferred=False,
        before=f"""\
{{ pkgs, ... }}:
{{
  virtualisation.oci-containers.backend = "docker";
  systemd.services.web = {{
    wantedBy = [ "multi-user.target" ];
    {rest}
    serviceConfig.ExecStart = "${{pkgs.docker}}/bin/docker run --rm -u 1000 --env-file /run/env nginx";
  }};
}}
""",
        after="""\
{ pkgs, ... }:
{
  virtualisation.oci-containers.backend = "docker";
  virtualisation.oci-containers.containers.web = {
    image = "nginx";
    environmentFiles = [ "/run/env" ];
    user = "1000";
  };
}
""",
    )


def test_a_container_joins_those_that_are_declared():
    check_rewrite(
        "imp-docker-run",
        preferred=False,
        before="""\
{
  virtualisation.oci-containers = {
    backend = "podman";
    containers.a.image = "a";
  };
  system.activationScripts.web.text = "podman run -d --name web -w /a -l b=c d";
}
""",
        after="""\
{
  virtualisation.oci-containers = {
    backend = "podman";
    containers.a.image = "a";
    containers.web = {
      image = "d";
      workdir = "/a";
      labels.b = "c";
    };
  };
}
""",
    )


@pytest.mark.parametrize(
    "line",
    [
        "docker run --name web nginx",
        "docker run -d nginx",
        "docker run -it --name web nginx",
        "docker run -d --name web",
        "docker run -d --name web --no-such x nginx",
        "docker run -d --name web --restart no nginx",
        "docker run -d --name web -e TZ nginx",
        "docker run -d --name web -e DB_PASSWORD=hunter22 nginx",
        "docker run -d --name web -v $HOME:/a nginx",
        "docker run -d --name web $IMAGE",
        "docker run -d --name $NAME nginx",
        "docker rm -f web || true\ndocker run -d --name web nginx",
        "if a; then docker run -d --name web nginx; fi",
        "for i in a b; do docker run -d --name web nginx; done",
        "docker ps | grep -q web || docker run -d --name web nginx",
        "sudo -u alice podman run -d --name web nginx",
        "docker exec web a",
        "docker ps",
        "echo docker run -d --name web nginx",
    ],
)
def test_other_commands_stay(line: str):
    script = f"{{ system.activationScripts.x.text = ''\n{line}\n''; }}"
    assert not [each for each in findings(script) if each.rule == "imp-docker-run"]


@pytest.mark.parametrize(
    "rest",
    [
        'serviceConfig.Type = "oneshot"; wantedBy = [ "multi-user.target" ];',
        'startAt = "daily"; wantedBy = [ "multi-user.target" ];',
        "",
        'serviceConfig.User = "alice"; wantedBy = [ "multi-user.target" ];',
        'wantedBy = [ "multi-user.target" ]; preStart = "docker stop web";',
    ],
)
def test_jobs_and_services_of_others_stay(rest: str):
    service = f'{{ systemd.services.web = {{ script = "docker run --rm nginx"; {rest} }}; }}'
    assert not [each for each in findings(service) if each.rule == "imp-docker-run"]


def test_what_systemd_fills_in_stays():
    line = "docker run --rm -v /srv/%n:/a nginx"
    service = (
        f'{{ systemd.services.web = {{ serviceConfig.ExecStart = "{line}"; wantedBy = [ "multi-user.target" ]; }}; }}'
    )
    assert not [each for each in findings(service) if each.rule == "imp-docker-run"]
