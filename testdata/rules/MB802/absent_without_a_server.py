"""The store is opened in a try block and left away where that fails: it is None, or it is there and asked twice."""
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException


class Seats:
    _instance = None
    _client: redis.Redis | None = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __init__(self):
        if self._client is None:
            self._open()

    def _open(self):
        try:
            pool = redis.ConnectionPool(host="seats")
            self._client = redis.Redis(connection_pool=pool)
        except redis.RedisError:
            self._client = None

    async def holder(self, seat: int):
        if not self._client:
            return None
        return await self._client.get(f"seat:{seat}")

    async def hold(self, seat: int, guest: str):
        if self._client:
            await self._client.set(f"seat:{seat}", guest)  # want MB802 "seat"

    async def hold_first(self, seat: int, guest: str):
        if not self._client:
            return False
        return await self._client.set(f"row:{seat}", guest, nx=True)


seats = Seats()
app = FastAPI()


@app.post("/seats/{seat}")
async def take(seat: int, guest: str):
    if await seats.holder(seat):  # step MB802 check
        raise HTTPException(409)
    await seats.hold(seat, guest)


@app.post("/rows/{seat}")
async def take_first(seat: int, guest: str):
    if not await seats.hold_first(seat, guest):
        raise HTTPException(409)
