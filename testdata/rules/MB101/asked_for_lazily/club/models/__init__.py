"""Names that the package has only when somebody asks for them."""
from club.models.base import Base

__all__ = ["Base"]


def __getattr__(name: str):
    import importlib

    registry = importlib.import_module("club.models.registry")
    if hasattr(registry, name):
        return getattr(registry, name)
    raise AttributeError(name)
