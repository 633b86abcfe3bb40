"""What the service is made of, declared in one place and filled in another."""
from .shelf import Shelf


class Parts:
    SHELF: Shelf


def put_together() -> Parts:
    parts = Parts()
    parts.SHELF = Shelf("postgresql+asyncpg://localhost/seeds")
    return parts
