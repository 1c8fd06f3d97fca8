"""Features: each a module with one public function over a project snapshot, a document and byte offsets. Knows no protocol."""
