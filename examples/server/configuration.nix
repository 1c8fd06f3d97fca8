{ config, pkgs, ... }:
{
  boot.loader.grub.device = "/dev/vda";
  fileSystems."/" = {
    device = "/dev/vda1";
    fsType = "ext4";
  };

  services.nginx = {
    enable = true;
    virtualHosts."example.org" = {
      enableACME = true;
      forceSSL = true;
      root = "/srv/www";
    };
  };
  security.acme = {
    acceptTerms = true;
    defaults.email = "admin@example.org";
  };

  # Renamed: the watchdog's settings became systemd's own names in 25.11, jellyseerr became seerr in 26.05.
  services.jellyseerr.enable = true;
  services.logind.lidSwitch = "ignore";

  system.activationScripts.www = "mkdir -p /srv/www && chown nginx:nginx /srv/www && chmod 0755 /srv/www";
  systemd.services.tuning = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.Type = "oneshot";
    script = ''
      sysctl -w net.core.somaxconn=4096
      sysctl -w vm.swappiness=10
    '';
  };

  system.activationScripts.tools = "nix-env -iA nixos.htop nixos.tmux";

  system.stateVersion = "25.11";
}
