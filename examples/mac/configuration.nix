{ pkgs, ... }:
{
  environment.systemPackages = [ pkgs.ripgrep ];

  # nix-darwin manages the daemon itself since 25.05.
  services.nix-daemon.enable = true;
  security.pam.enableSudoTouchIdAuth = true;

  # Valid on NixOS; nix-darwin has nix.gc.interval.
  nix.gc = {
    automatic = true;
    dates = "weekly";
  };

  system.activationScripts.postActivation.text = ''
    defaults write com.apple.dock autohide -bool true
    defaults write com.example.editor fontSize -int 14
  '';

  system.primaryUser = "alice";
  system.stateVersion = 5;
}
