"""What the routes ask for, and the stand-in that the factory takes where nobody gives it anything."""
from typing import Optional, Protocol


class Berths(Protocol):
    async def of(self, harbour: int, ship: str) -> Optional[dict]: ...

    async def moor(self, harbour: int, ship: str) -> dict: ...

    async def rename(self, harbour: int, ship: str, name: str) -> None: ...


class BerthsInMemory:
    def __init__(self):
        self.rows = []

    async def of(self, harbour, ship):
        return next((r for r in self.rows if r["harbour"] == harbour and r["ship"] == ship), None)

    async def moor(self, harbour, ship):
        row = {"harbour": harbour, "ship": ship}
        self.rows.append(row)
        return row

    async def rename(self, harbour, ship, name):
        for row in self.rows:
            row["name"] = name
