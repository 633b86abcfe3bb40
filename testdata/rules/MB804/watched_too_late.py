"""WATCH speaks of what is written after it: a value that was read before it may be old by then, and nobody notices."""
from fastapi import FastAPI, HTTPException
from redis.asyncio import Redis
from redis.exceptions import WatchError

redis = Redis(decode_responses=True)
app = FastAPI()


@app.post("/tanks/{name}/draw")
async def draw(name: str, litres: int):
    key = f"tank:{name}"
    while True:
        async with redis.pipeline() as pipe:
            try:
                left = int(await redis.hget(key, "litres") or 0)  # step MB804|MB801 read
                if left < litres:  # step MB804|MB801 check
                    raise HTTPException(409)
                await pipe.watch(key)
                pipe.multi()
                pipe.hset(key, "litres", left - litres)  # want MB804|MB801 "tank"
                await pipe.execute()
            except WatchError:
                continue
            return {"left": left - litres}


@app.post("/barrels/{name}/draw")
async def draw_watched_ok(name: str, litres: int):
    key = f"barrel:{name}"
    price = int(await redis.get("price") or 0)
    while True:
        async with redis.pipeline() as pipe:
            try:
                await pipe.watch(key)
                left = int(await pipe.hget(key, "litres") or 0)
                if left < litres:
                    raise HTTPException(409)
                pipe.multi()
                pipe.hset(key, "litres", left - litres)
                await pipe.execute()
            except WatchError:
                continue
            return {"left": left - litres, "price": price}
