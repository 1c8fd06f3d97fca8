"""Meaning: scopes, the file graph, pins, module lanes, option paths, static values. Pure functions over documents."""
