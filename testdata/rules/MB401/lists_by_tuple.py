"""Lists that are kept under what two values name together are one list for each pair of them."""
import asyncio

from fastapi import FastAPI, HTTPException

app = FastAPI()
sauna: dict[tuple[str, int], list[str]] = {}
pool: dict[tuple[str, int], list[str]] = {}


async def heat():
    await asyncio.sleep(1)


@app.post("/sauna")
async def enter_sauna(day: str, hour: int, guest: str):
    booked = sauna.setdefault((day, hour), [])
    if len(booked) >= 6:  # want MB401 "sauna"
        raise HTTPException(409)
    await heat()
    booked.append(guest)


@app.post("/pool")
async def enter_pool(day: str, hour: int, guest: str):
    booked = pool.setdefault((day, hour), [])
    if len(booked) >= 6:
        raise HTTPException(409)
    booked.append(guest)
    await heat()
