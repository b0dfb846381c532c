"""The sources, one module each, found by themselves: a module here with a `SOURCE` is a source."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from assets.sources.contract import Source


@cache
def find_sources() -> tuple[Source, ...]:
    """All sources, in the order of their module names."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return tuple(module.SOURCE for module in modules if hasattr(module, "SOURCE"))
