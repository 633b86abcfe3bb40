"""State of the request itself: locals, request.state, objects made for each request, context variables."""
import asyncio
from contextvars import ContextVar

import httpx
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()
current: ContextVar[str] = ContextVar("current")
LIMITS = {"free": 3, "paid": 30}


class Basket:
    def __init__(self) -> None:
        self.items: list[str] = []

    async def add(self, sku: str) -> None:
        if sku in self.items:
            raise HTTPException(409)
        await asyncio.sleep(0)
        self.items.append(sku)


@app.post("/basket")
async def fill(skus: list[str], basket: Basket = Depends()):
    for sku in skus:
        await basket.add(sku)
    return basket.items


@app.post("/sum")
async def total(skus: list[str], request: Request):
    request.state.total = 0
    seen: set[str] = set()
    async with httpx.AsyncClient() as client:
        for sku in skus:
            if sku in seen:
                continue
            answer = await client.get(f"https://prices.example/{sku}")
            seen.add(sku)
            request.state.total += answer.json()["cents"]
    return request.state.total


@app.get("/limit/{plan}")
async def limit(plan: str):
    if plan not in LIMITS:
        raise HTTPException(404)
    current.set(plan)
    await asyncio.sleep(0)
    return LIMITS[current.get()]


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
