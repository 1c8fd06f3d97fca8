"""The language server: the only place that knows pygls, lsprotocol, JSON-RPC, position encodings and client quirks."""
