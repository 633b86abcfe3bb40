"""What is free stands in a list or set: who looks at the first, and then takes it out by its value, has looked where others look."""
import redis.asyncio as aioredis
from fastapi import FastAPI, HTTPException

app = FastAPI()
r = aioredis.from_url("redis://localhost", decode_responses=True)


@app.post("/lockers/rent")
async def rent(guest: str):
    locker = await r.lindex("lockers:free", 0)
    if locker is None:  # step MB801 check
        raise HTTPException(410)
    await r.lrem("lockers:free", 1, locker)  # want MB801 "lockers:free"
    await r.hset("lockers:guest", locker, guest)
    return {"locker": locker}


# Who took nothing out got nothing.
@app.post("/cabins/rent")
async def rent_cabin(guest: str):
    cabin = await r.lindex("cabins:free", 0)
    if cabin is None:
        raise HTTPException(410)
    if await r.lrem("cabins:free", 1, cabin) == 0:
        raise HTTPException(409)
    await r.hset("cabins:guest", cabin, guest)
    return {"cabin": cabin}


@app.post("/sheds/rent")
async def rent_shed(guest: str):
    shed = await r.lpop("sheds:free")
    if shed is None:
        raise HTTPException(410)
    await r.hset("sheds:guest", shed, guest)
    return {"shed": shed}


# To leave twice is to leave.
@app.post("/guests/{guest}/leave")
async def leave(guest: str):
    if not await r.sismember("guests:here", guest):
        raise HTTPException(404)
    await r.srem("guests:here", guest)
