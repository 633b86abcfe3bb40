"""A semaphore that lets several in is no lock; one that lets one in is."""
import asyncio
import os

import anyio
import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
few = asyncio.Semaphore(5)
sized = asyncio.Semaphore(int(os.environ["AT_ONCE"]))
one = asyncio.Semaphore(1)
default = asyncio.Semaphore()
limiter = anyio.CapacityLimiter(10)
tables: dict[str, str] = {}
boats: dict[str, str] = {}
bikes: dict[str, str] = {}
sleds: dict[str, str] = {}
huts: dict[str, str] = {}


async def name_of(guest: str) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"https://guests.example/{guest}")).text


@app.post("/tables/{table}")
async def table(table: str, guest: str):
    async with few:
        if table in tables:  # step MB401 check
            raise HTTPException(409)
        tables[table] = await name_of(guest)  # want MB401 "tables"


@app.post("/huts/{hut}")
async def hut(hut: str, guest: str):
    async with limiter:
        if hut in huts:  # step MB401 check
            raise HTTPException(409)
        huts[hut] = await name_of(guest)  # want MB401 "huts"


@app.post("/sleds/{sled}")
async def sled(sled: str, guest: str):
    async with sized:
        if sled in sleds:  # step MB401 check
            raise HTTPException(409)
        sleds[sled] = await name_of(guest)  # want MB401 "sleds"


@app.post("/boats/{boat}")
async def boat(boat: str, guest: str):
    async with one:
        if boat in boats:
            raise HTTPException(409)
        boats[boat] = await name_of(guest)


@app.post("/bikes/{bike}")
async def bike(bike: str, guest: str):
    async with default:
        if bike in bikes:
            raise HTTPException(409)
        bikes[bike] = await name_of(guest)
