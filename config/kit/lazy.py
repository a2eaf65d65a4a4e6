"""Libraries that few processes need: loaded when something of them is first used."""

import importlib.util
import sys
from types import ModuleType


def lazy_module(name: str) -> ModuleType:
    """The module, loaded at the first look at one of its names (``importlib.util.LazyLoader``).

    For a library that takes longer to load than most processes take for everything else. Type
    checkers want the plain import beside it, under ``TYPE_CHECKING``.

    :raises ModuleNotFoundError: it is not installed; said at once, not at the first use.
    """
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name=name)
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module
