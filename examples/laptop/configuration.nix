{
  config,
  lib,
  pkgs,
  ...
}:
{
  imports = [ ./hardware-configuration.nix ];

  # Renamed in 24.11; the comment moves along.
  hardware.opengl = {
    enable = true;
    driSupport32Bit = true; # for Steam
  };

  # Removed in 24.11.
  sound.enable = true;

  # Renamed between 25.05 and 25.11.
  services.xserver = {
    enable = true;
    desktopManager.gnome.enable = true;
    displayManager.gdm.enable = true;
  };

  services.openssh = {
    enable = true;
    settings.PermitRootLogin = "no";
    # A slip of the finger.
    openFirewal = true;
  };

  # It exists, but only from 26.05 on.
  services.resolved.settings.Resolve.DNSSEC = "true";

  # Imperative habits.
  system.activationScripts.users = ''
    # the build user
    useradd -r -s /sbin/nologin -d /var/lib/build build
    timedatectl set-timezone Europe/Berlin
  '';
  networking.firewall.extraCommands = "iptables -A INPUT -p tcp --dport 8080 -j ACCEPT";
  networking.firewall.allowedTCPPorts = [ 22 ];

  environment.systemPackages = with pkgs; [
    git
    ripgrep
  ];

  system.stateVersion = "24.05";
}
