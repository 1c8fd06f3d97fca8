"""Options that a project's inputs declare, read from their sources where those are on this machine. Nothing of them is run."""
