"""What ends the watching for a request that turns back does not end it for the one that goes on."""
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException
from redis.exceptions import WatchError

client = redis.from_url("redis://localhost", decode_responses=True)
app = FastAPI()


async def berths(pipe, harbour: str) -> dict:
    await pipe.watch(f"berths:{harbour}")
    found = await pipe.hgetall(f"berths:{harbour}")
    if not found:
        await pipe.unwatch()
        raise HTTPException(404)
    return found


@app.post("/harbours/{harbour}/take")
async def take(harbour: str):
    for _ in range(5):
        async with client.pipeline(transaction=True) as pipe:
            try:
                found = await berths(pipe, harbour)
                if int(found["closed"]):
                    pipe.multi()
                    pipe.incr("refused")
                    await pipe.execute()
                    return {"taken": False}
                pipe.multi()
                pipe.hset(f"berths:{harbour}", mapping={"free": int(found["free"]) - 1})
                await pipe.execute()
                return {"taken": True}
            except WatchError:
                continue
    raise HTTPException(409)


@app.post("/v2/harbours/{harbour}/take")
async def take_unwatched(harbour: str):
    async with client.pipeline(transaction=True) as pipe:
        await pipe.watch(f"piers:{harbour}")
        found = await pipe.hgetall(f"piers:{harbour}")
        await pipe.unwatch()
        pipe.hset(f"piers:{harbour}", mapping={"free": int(found["free"]) - 1})  # want MB804 "piers"
        await pipe.execute()
    return {"taken": True}
