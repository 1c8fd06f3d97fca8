"""Which revisions a project is locked to: one reader per way of writing that down, and a table of them (`table`)."""
