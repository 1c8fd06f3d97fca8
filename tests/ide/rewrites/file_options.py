"""Options for files, homes and sessions, as the release notes and the modules of nixpkgs and home-manager have them."""

SYSTEM_FILES: dict[str, str] = {
    "environment.binsh": "absolute path",
    "environment.etc.<name>.group": "string",
    "environment.etc.<name>.mode": "string",
    "environment.etc.<name>.source": "absolute path",
    "environment.etc.<name>.text": 'null or strings concatenated with "\\n"',
    "environment.etc.<name>.user": "string",
    "nix.settings": "open submodule of attribute set of (Nix config atom or list of Nix config atom)",
    "services.logrotate.settings": "attribute set of (open submodule of attribute set of anything)",
    "programs.dconf.enable": "boolean",
    "programs.dconf.profiles": "attribute set of ((submodule))",
    "systemd.user.tmpfiles.rules": "list of string",
    "systemd.user.tmpfiles.users.<name>.rules": "list of string",
    "programs.nix-ld.enable": "boolean",
    "security.pki.certificateFiles": "list of absolute path",
    "users.motd": 'null or strings concatenated with "\\n"',
    "users.motdFile": "null or absolute path",
}
DARWIN_FILES: dict[str, str] = {
    "nix.settings": "open submodule of attribute set of (Nix config atom or list of Nix config atom)",
    "environment.etc.<name>.text": 'strings concatenated with "\\n"',
    "security.pki.certificateFiles": "list of absolute path",
}
HOME_FILES: dict[str, str] = {
    "dconf.settings": "attribute set of attribute set of (GVariant value)",
    "xresources.extraConfig": 'strings concatenated with "\\n"',
    "xresources.properties": "null or (attribute set of (string or boolean or signed integer or list of string))",
    "home.file.<name>.executable": "null or boolean",
    "home.file.<name>.source": "absolute path",
    "home.file.<name>.text": 'null or strings concatenated with "\\n"',
    "xdg.configFile.<name>.executable": "null or boolean",
    "xdg.configFile.<name>.source": "absolute path",
    "xdg.configFile.<name>.text": 'null or strings concatenated with "\\n"',
    "xdg.dataFile.<name>.executable": "null or boolean",
    "xdg.dataFile.<name>.source": "absolute path",
    "xdg.dataFile.<name>.text": 'null or strings concatenated with "\\n"',
    "systemd.user.tmpfiles.rules": "list of string",
    "nix.settings": "open submodule of attribute set of (Nix config atom or list of Nix config atom)",
}
