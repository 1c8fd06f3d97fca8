"""Shell text inside Nix strings: what commands it runs, in which structure, and where their bytes stand. Nothing is executed."""
