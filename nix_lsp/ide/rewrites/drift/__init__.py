"""Moves that are more than a new name: rows that say how the old value becomes the new one.

The index says that an option moved, and when; a row adds only the converter.
"""
