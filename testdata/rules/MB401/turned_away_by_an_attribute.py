"""Who finds something in an attribute of an entry and is turned away by it does not use it: it is taken, and not made on first use."""
from dataclasses import dataclass

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
names = httpx.AsyncClient(base_url="https://names.example")


@dataclass
class Cabin:
    number: int
    guest: str | None = None


cabins = {number: Cabin(number) for number in range(40)}
lockers = {number: Cabin(number) for number in range(40)}


@app.put("/cabins/{number}")
async def take(number: int, guest: str):
    cabin = cabins[number]
    if cabin.guest is not None:  # want MB401 "guest"
        raise HTTPException(409)
    known = (await names.get(f"/{guest}")).json()
    cabin.guest = known["name"]


@app.put("/lockers/{number}")
async def take_afterwards_ok(number: int, guest: str):
    known = (await names.get(f"/{guest}")).json()
    locker = lockers[number]
    if locker.guest is not None:
        raise HTTPException(409)
    locker.guest = known["name"]
