"""A row that was found by its name is made into an object, and what the object holds is stored where that name is: it is the same row."""
from dataclasses import dataclass
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool("postgresql://localhost/lighthouse")


@dataclass
class Lamp:
    name: str
    state: str
    keeper: str | None


class Lamps:
    def __init__(self, request: Request) -> None:
        self.pool: asyncpg.Pool = request.app.state.pool

    async def named(self, name: str) -> Lamp | None:
        row = await self.pool.fetchrow("SELECT name, state, keeper FROM lamps WHERE name = $1", name)
        return Lamp(**row) if row else None

    async def save(self, lamp: Lamp) -> None:
        await self.pool.execute("UPDATE lamps SET state = $2, keeper = $3 WHERE name = $1", lamp.name, lamp.state, lamp.keeper)

    async def save_if(self, lamp: Lamp, state: str) -> bool:
        done = await self.pool.execute(
            "UPDATE lamps SET state = $2, keeper = $3 WHERE name = $1 AND state = $4", lamp.name, lamp.state, lamp.keeper, state
        )
        return done == "UPDATE 1"


Store = Annotated[Lamps, Depends()]


@app.post("/lamps/{name}/light")
async def light(name: str, keeper: str, lamps: Store):
    lamp = await lamps.named(name)
    if lamp is None or lamp.state != "out":  # want MB107 "lamps.state"
        raise HTTPException(409)
    lamp.state = "lit"
    lamp.keeper = keeper
    await lamps.save(lamp)


@app.post("/v2/lamps/{name}/light")
async def light_if_it_is_out(name: str, keeper: str, lamps: Store):
    lamp = await lamps.named(name)
    if lamp is None or lamp.state != "out":
        raise HTTPException(409)
    lamp.state = "lit"
    lamp.keeper = keeper
    if not await lamps.save_if(lamp, "out"):
        raise HTTPException(409)
