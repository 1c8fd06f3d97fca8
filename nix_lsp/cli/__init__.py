"""The command line: argument parsing and printing. Each command is a module with `run(argv) -> exit code`."""
