"""Sums over a wait: attributes of shared objects, module names, entries, and the ways to write them right."""
import asyncio
from typing import Annotated

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Request

app = FastAPI()
app.state.seconds = 0.0
total_cents = 0
per_team: dict[str, int] = {}
refunded = 0
lock = asyncio.Lock()


class Ledger:
    balance = 0

    def __init__(self) -> None:
        self.sum = 0
        self.count = 0

    async def charge(self, sku: str) -> None:
        self.sum = self.sum + await price(sku)  # want MB402 "sum"

    async def charge_right(self, sku: str) -> None:
        cents = await price(sku)
        self.count += cents

    @classmethod
    async def settle(cls, sku: str) -> None:
        cls.balance -= await price(sku)  # want MB402 "balance"


ledger = Ledger()


def get_ledger() -> Ledger:
    return ledger


async def price(sku: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"https://prices.example/{sku}")).json()["cents"]


async def flat(sku: str) -> int:
    return len(sku)


@app.post("/buy/{sku}")
async def buy(sku: str):
    global total_cents
    total_cents += await price(sku)  # want MB402 "total_cents"


@app.post("/refund/{sku}")
async def refund(sku: str):
    global refunded
    async with lock:
        refunded += await price(sku)


@app.post("/flat/{sku}")
async def buy_flat(sku: str):
    global total_flat
    total_flat = total_flat + await flat(sku)


total_flat = 0


@app.post("/ledger/{sku}")
async def book(sku: str, book: Annotated[Ledger, Depends(get_ledger)]):
    await book.charge(sku)
    await book.charge_right(sku)


@app.post("/settle/{sku}")
async def settle(sku: str):
    await Ledger.settle(sku)


@app.post("/teams/{team}/{sku}")
async def for_team(team: str, sku: str):
    spent = per_team.get(team, 0)
    cents = await price(sku)
    per_team[team] = spent + cents  # want MB402 "per_team"


@app.post("/seconds/{sku}")
async def seconds(sku: str, request: Request):
    state = request.app.state
    state.seconds += await price(sku)  # want MB402 "seconds"


@app.post("/local/{sku}")
async def local(sku: str, times: int):
    cents = 0
    for _ in range(times):
        cents += await price(sku)
    return cents


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
