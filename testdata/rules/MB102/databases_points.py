"""The `databases` library with SQL strings."""
from contextlib import asynccontextmanager

from databases import Database
from fastapi import FastAPI, HTTPException

database = Database("postgresql://localhost/club")


@asynccontextmanager
async def lifespan(app: FastAPI):
    await database.connect()
    yield
    await database.disconnect()


app = FastAPI(lifespan=lifespan)


@app.post("/members/{member_id}/spend")
async def spend(member_id: int, points: int):
    row = await database.fetch_one(  # step MB102 read
        query="SELECT points FROM members WHERE id = :id", values={"id": member_id}
    )
    if row is None or row["points"] < points:  # step MB102 check
        raise HTTPException(409)
    await database.execute(  # want MB102 "points"
        query="UPDATE members SET points = points - :p WHERE id = :id", values={"p": points, "id": member_id}
    )


@app.post("/v2/members/{member_id}/spend")
async def spend_guarded(member_id: int, points: int):
    left = await database.fetch_val(
        query="UPDATE members SET points = points - :p WHERE id = :id AND points >= :p RETURNING points",
        values={"p": points, "id": member_id},
    )
    if left is None:
        raise HTTPException(409)


@app.post("/v3/members/{member_id}/spend")
async def spend_locked(member_id: int, points: int):
    async with database.transaction():
        row = await database.fetch_one(
            query="SELECT points FROM members WHERE id = :id FOR UPDATE", values={"id": member_id}
        )
        if row is None or row["points"] < points:
            raise HTTPException(409)
        await database.execute(
            query="UPDATE members SET points = points - :p WHERE id = :id", values={"p": points, "id": member_id}
        )
