"""Semantic tokens: what each name of a file is, beyond what a grammar of colours can tell. See `reader`."""
