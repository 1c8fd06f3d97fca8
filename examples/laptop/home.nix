{ lib, pkgs, ... }:
{
  home.stateVersion = "24.05";

  # Renamed in home-manager 25.11.
  programs.git = {
    enable = true;
    userName = "Alice";
    userEmail = "alice@example.org";
  };

  programs.bash = {
    enable = true;
    initExtra = ''
      alias ll='ls -l'
      export PS1='\w \$ '
    '';
  };

  home.activation.gitSetup = lib.hm.dag.entryAfter [ "writeBoundary" ] ''
    git config --global init.defaultBranch main
  '';

  home.packages = [ pkgs.htop ];
}
