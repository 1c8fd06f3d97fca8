"""Names and where they lead: definition, references, rename, symbols, calls."""
