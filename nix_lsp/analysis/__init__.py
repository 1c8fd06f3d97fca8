"""Meaning: scopes, the file graph, pins, module lanes, option paths. Pure functions over documents."""
