"""One asyncio.Lock over check and act; or the act before the wait."""
import asyncio
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
lock = asyncio.Lock()
tables: dict[int, str] = {}
sending: set[int] = set()


@asynccontextmanager
async def only_one():
    async with lock:
        yield


async def call(path: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://kitchen.example" + path)


@app.post("/tables/{table}")
async def seat(table: int, name: str):
    async with only_one():
        if table in tables:
            raise HTTPException(409)
        await call(f"/tables/{table}")
        tables[table] = name


@app.post("/orders/{order_id}/send")
async def send(order_id: int):
    if order_id in sending:
        raise HTTPException(409)
    sending.add(order_id)
    try:
        await call(f"/orders/{order_id}")
    finally:
        sending.discard(order_id)


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
