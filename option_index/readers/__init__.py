"""Readers: one published format each, giving the same records. Wrong shapes raise `FormatError` with the place, never anything else."""
