"""A context manager is a decorator as well: every call of the function runs inside it."""
from contextlib import asynccontextmanager

from databases import Database
from fastapi import FastAPI, HTTPException

database = Database("postgresql+asyncpg://orchard@db/orchard")
app = FastAPI(on_startup=[database.connect])


@asynccontextmanager
async def alone():
    async with database.transaction():
        await database.execute("SELECT pg_advisory_xact_lock(77)")
        yield


@database.transaction()
async def pick(tree: int) -> bool:
    row = await database.fetch_one("SELECT picker FROM trees WHERE id = :id FOR UPDATE", {"id": tree})
    if row is None or row["picker"] is not None:
        return False
    await database.execute("UPDATE trees SET picker = 'us' WHERE id = :id", {"id": tree})
    return True


@alone()
async def plant(row: int) -> bool:
    n = await database.fetch_val("SELECT count(*) FROM saplings WHERE row_no = :row", {"row": row})
    if n >= 12:
        return False
    await database.execute("INSERT INTO saplings (row_no) VALUES (:row)", {"row": row})
    return True


async def prune(tree: int) -> bool:
    row = await database.fetch_one("SELECT pruner FROM hedges WHERE id = :id FOR UPDATE", {"id": tree})
    if row is None or row["pruner"] is not None:
        return False
    await database.execute("UPDATE hedges SET pruner = 'us' WHERE id = :id", {"id": tree})  # want MB110 "hedges"
    return True


@app.post("/trees/{tree}/pick")
async def pick_tree(tree: int):
    if not await pick(tree):
        raise HTTPException(409)


@app.post("/rows/{row}/saplings")
async def plant_sapling(row: int):
    if not await plant(row):
        raise HTTPException(409)


@app.post("/hedges/{tree}/prune")
async def prune_hedge(tree: int):
    if not await prune(tree):
        raise HTTPException(409)
