"""A guard that the lifespan gives to the state of each request: the tries are asked for and raised in two steps, and in one."""
from contextlib import asynccontextmanager

import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException, Request


class Guard:
    def __init__(self, store: redis.Redis) -> None:
        self.store = store

    async def enter(self, gate: int) -> None:
        tries = await self.store.get(f"tries:{gate}")
        if tries and int(tries) >= 3:  # step MB305 check
            raise HTTPException(429)

    async def failed(self, gate: int) -> None:
        await self.store.incr(f"tries:{gate}")  # want MB305 "tries"

    async def try_once(self, gate: int) -> None:
        pipe = self.store.pipeline()
        pipe.incr(f"turn:{gate}")
        pipe.expire(f"turn:{gate}", 60)
        tries, _ = await pipe.execute()
        if tries > 3:
            raise HTTPException(429)


@asynccontextmanager
async def lifespan(app: FastAPI):
    store = redis.from_url("redis://counts.example", decode_responses=True)
    yield {"guard": Guard(store)}
    await store.aclose()


app = FastAPI(lifespan=lifespan)


def guard_of(request: Request) -> Guard:
    return request.state.guard


@app.post("/gates/{gate}")
async def open_gate(gate: int, pin: str, guard: Guard = Depends(guard_of)):
    await guard.enter(gate)
    if pin != "0000":
        await guard.failed(gate)
        raise HTTPException(401)


@app.post("/turnstiles/{gate}")
async def open_turnstile(gate: int, pin: str, guard: Guard = Depends(guard_of)):
    await guard.try_once(gate)
    if pin != "0000":
        raise HTTPException(401)
