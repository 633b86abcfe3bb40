"""Objects and dictionaries that lie in dictionaries of the process: what is found under one key is one place for all requests."""
import asyncio
import uuid
from collections import defaultdict
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request

app = FastAPI()
bells = httpx.AsyncClient(base_url="https://bells.example")


@dataclass
class Stall:
    number: int
    price: int = 0
    holder: str | None = None
    queue: set[str] = field(default_factory=set)


class Boat:
    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.aboard: list[str] = []
        self.boarding = asyncio.Lock()

    async def board(self, name: str) -> None:
        if len(self.aboard) >= self.seats:  # step MB401 check
            raise HTTPException(409)
        await bells.post("/boarding", json={"name": name})
        self.aboard.append(name)  # want MB401 "aboard"


class Ferry(Boat):
    async def board(self, name: str) -> None:
        async with self.boarding:
            if len(self.aboard) >= self.seats:
                raise HTTPException(409)
            await bells.post("/boarding", json={"name": name})
            self.aboard.append(name)


stalls = {n: Stall(n) for n in range(1, 40)}
corners: dict[int, Stall] = {}
boats: dict[str, Boat] = {}
ferries: dict[str, Ferry] = {}
coupons: dict[str, dict] = {}
trips: dict[str, dict] = {}


def stall_of(number: int) -> Stall:
    try:
        return stalls[number]
    except KeyError:
        raise HTTPException(404)


@app.post("/stalls/{number}/offer")
async def offer(price: int, name: str, stall: Stall = Depends(stall_of)):
    if price <= stall.price:  # step MB401 check
        raise HTTPException(409, "too low")
    await bells.post("/offers", json={"stall": stall.number, "before": stall.holder})
    stall.price = price  # want MB401 "price"


@app.post("/stalls/{number}/fair-offer")
async def fair_offer(price: int, name: str, stall: Stall = Depends(stall_of)):
    if price <= stall.price:
        raise HTTPException(409, "too low")
    stall.price = price
    await bells.post("/offers", json={"stall": stall.number})


@app.put("/corners/{number}")
async def open_corner(number: int):
    corners[number] = Stall(number)


@app.post("/corners/{number}/queue")
async def join_queue(number: int, name: str):
    corner = corners.get(number)
    if corner is None:
        raise HTTPException(404)
    if name in corner.queue:  # step MB401 check
        raise HTTPException(409)
    await bells.post("/queue")
    corner.queue.add(name)  # want MB401 "queue"


@app.put("/boats/{name}")
async def launch(name: str, seats: int):
    boats[name] = Boat(seats)
    ferries[name] = Ferry(seats)


@app.post("/boats/{boat}/board")
async def board(boat: str, name: str):
    if boat not in boats:
        raise HTTPException(404)
    await boats[boat].board(name)


@app.post("/ferries/{boat}/board")
async def board_ferry(boat: str, name: str):
    if boat not in ferries:
        raise HTTPException(404)
    await ferries[boat].board(name)


@app.put("/coupons/{code}")
async def print_coupon(code: str):
    coupons[code] = {"left": 5}


@app.post("/coupons/{code}/use")
async def use(code: str):
    coupon = coupons.get(code)
    if coupon is None:
        raise HTTPException(404)
    if coupon["left"] < 1:  # step MB401 check
        raise HTTPException(409)
    await bells.post("/coupons")
    coupon["left"] -= 1  # want MB401 "left"


async def travel(trip: str) -> None:
    if trips[trip]["state"] == "waiting":
        await bells.get("/road")
        trips[trip]["state"] = "done"


@app.post("/trips")
async def plan(background: BackgroundTasks):
    trip = uuid.uuid4().hex
    trips[trip] = {"state": "waiting"}
    background.add_task(travel, trip)
    return trip


if __name__ == "__main__":
    uvicorn.run("entries:app", workers=1)
