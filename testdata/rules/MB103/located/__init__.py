"""A stand-in for the parts of the service, which are put together when it starts; type checkers are told what it stands for."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .parts import Parts


class StandIn:
    def __init__(self) -> None:
        object.__setattr__(self, "_parts", None)

    def put(self, parts: Parts) -> None:
        object.__setattr__(self, "_parts", parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "_parts"), name)


if TYPE_CHECKING:
    service: Parts
else:
    service = StandIn()
