"""Text and trees: documents, positions, tree-sitter, node views. Never raises on bad Nix; knows nothing above it."""
