"""Scores of a sorted set are read, reckoned with and put back."""
from fastapi import FastAPI
from redis.asyncio import Redis
from redis.exceptions import WatchError

app = FastAPI()
redis = Redis()


@app.post("/duels")
async def duel(winner: str, loser: str):
    high = await redis.zscore("ladder", winner) or 1000.0  # step MB804 read
    low = await redis.zscore("ladder", loser) or 1000.0
    stake = round(low * 0.05)
    pipe = redis.pipeline()
    pipe.zadd("ladder", {winner: high + stake})  # want MB804 "ladder"
    pipe.zadd("ladder", {loser: low - stake})  # want MB804 "ladder"
    await pipe.execute()


@app.post("/v2/duels")
async def duel_watched(winner: str, loser: str):
    async with redis.pipeline() as pipe:
        while True:
            try:
                await pipe.watch("ladder")
                high = await pipe.zscore("ladder", winner) or 1000.0
                low = await pipe.zscore("ladder", loser) or 1000.0
                stake = round(low * 0.05)
                pipe.multi()
                pipe.zadd("ladder", {winner: high + stake})
                pipe.zadd("ladder", {loser: low - stake})
                await pipe.execute()
                return
            except WatchError:
                continue
