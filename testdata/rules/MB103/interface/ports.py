from abc import ABC, abstractmethod
from typing import Protocol


class Kennels(ABC):
    @abstractmethod
    async def by_tag(self, tag: str) -> object | None: ...

    @abstractmethod
    async def admit(self, tag: str) -> int:
        """Returns the number of the dog."""
        raise NotImplementedError

    @abstractmethod
    async def release(self, tag: str) -> bool: ...


class Strays(Protocol):
    async def note(self, chip: str) -> None: ...


class Ledger(ABC):
    @abstractmethod
    async def total(self, donor: str) -> int | None: ...

    @abstractmethod
    async def add(self, donor: str, cents: int) -> None: ...
