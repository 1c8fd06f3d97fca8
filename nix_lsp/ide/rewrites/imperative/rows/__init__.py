"""The catalogue's rows, one module per subject."""
