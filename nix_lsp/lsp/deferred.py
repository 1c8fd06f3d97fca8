"""Importing lsprotocol without building its 554 classes: each is built when it is first used.

`attrs.define` compiles an `__init__`, `__repr__` and `__eq__` for every class, 0.38 ms each: two thirds of a pygls server's
start-up (microsoft/lsprotocol#441). Here `attrs.define` only notes its arguments while `lsprotocol.types` is imported; the
first instantiation or look at a class's fields does the work. `NIX_LSP_EAGER=1` switches this off; it can go once the issue
above is closed. Structuring and unstructuring are tested to be the same either way.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any

_NOTED = "__noted_define_arguments__"


class _Fields:
    """Stands for `__attrs_attrs__` until somebody looks."""

    def __get__(self, _instance: object, owner: type[Any]) -> Any:
        _build(owner)
        return owner.__attrs_attrs__


_FIELDS = _Fields()


def import_lsprotocol() -> None:
    """Import `lsprotocol.types` with deferred classes. Without effect if it has been imported already, or where switched off."""
    if "lsprotocol.types" in sys.modules or os.environ.get("NIX_LSP_EAGER") == "1":
        return
    import attrs

    define: Any = attrs.define
    attrs.define = _noted_define
    try:
        import lsprotocol.types  # pyright: ignore[reportUnusedImport]
    finally:
        attrs.define = define
    import lsprotocol._hooks

    # lsprotocol would resolve the annotations of all classes at once: `_build` does it class by class. Its flag is private.
    lsprotocol._hooks._resolved_forward_references = True  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _noted_define(cls: Any = None, **arguments: Any) -> Any:
    """Stand in for `attrs.define`: note the arguments on the class."""
    if cls is None:
        return partial(_noted_define, **arguments)
    setattr(cls, _NOTED, arguments)
    cls.__attrs_attrs__ = _FIELDS
    if "__init__" not in cls.__dict__:
        cls.__init__ = _build_and_init
    return cls


def _build_and_init(self: object, *arguments: Any, **keywords: Any) -> None:
    """Stand for `__init__` of a class until its first instance."""
    cls: Any = self.__class__
    _build(cls)
    cls.__init__(self, *arguments, **keywords)


def _build(cls: type[Any]) -> None:
    """Build a class and those it inherits from."""
    import attrs
    from lsprotocol import types

    for base in reversed(cls.__mro__):
        if _NOTED not in base.__dict__:
            continue
        arguments = base.__dict__[_NOTED]
        delattr(base, _NOTED)
        del base.__attrs_attrs__
        if base.__dict__.get("__init__") is _build_and_init:
            del base.__init__
        # With slots attrs would make another class than the one that annotations name.
        attrs.define(base, slots=False, **arguments)
        attrs.resolve_types(base, types.ALL_TYPES_MAP, {})
