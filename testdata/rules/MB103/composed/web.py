"""The factory: every part can be handed in, and what is not is made up."""
from typing import Optional

from fastapi import FastAPI, HTTPException

from .ports import Berths, BerthsInMemory


def create_app(*, berths: Optional[Berths] = None) -> FastAPI:
    app = FastAPI()
    if berths is None:
        berths = BerthsInMemory()

    @app.post("/harbours/{harbour}/ships/{ship}")
    async def moor(harbour: int, ship: str):
        if await berths.of(harbour, ship):  # step MB103 check
            raise HTTPException(409)
        return await berths.moor(harbour, ship)

    @app.put("/harbours/{harbour}/ships/{ship}/name")
    async def rename(harbour: int, ship: str, name: str):
        # what is asked is whether there is a berth, and not what its row says: the last name counts
        if await berths.of(harbour, ship) is None:
            raise HTTPException(404)
        await berths.rename(harbour, ship, name)

    return app
