"""Importing what other systems read: a set-up script, a Brewfile, an fstab … as options of a module.

One reader a kind of file (`readers/`), one table of them (`kinds.py`), and one way to write what they found into a module (`write.py`).
"""
