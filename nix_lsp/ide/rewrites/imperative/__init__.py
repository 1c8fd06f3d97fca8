"""Imperative habits become declarative options.

`find_imperative` reads the shell scripts that a module holds (`places`), and those that a file makes for the modules of others (`lent`),
matches their commands against the catalogue (`table`, `rows`) and plans the edits (`plan`). A new rewrite is a row in a module of `rows`
and a line in `table`.
"""
