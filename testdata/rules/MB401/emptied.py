"""A rival that only takes something out: it turns no decision that nothing is there, and every decision that something is."""
import asyncio
import time

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
kitchen = httpx.AsyncClient(base_url="https://kitchen.example")
laying = asyncio.Lock()
tables: dict[str, str] = {}
benches: dict[str, str] = {}
parked: dict[str, dict] = {}
wines: dict[str, int] = {"red": 3}


@app.post("/tables/{number}/lay")
async def lay(number: str, guest: str):
    async with laying:
        if number in tables:
            raise HTTPException(409, "laid")
        await kitchen.post("/plates", json={"for": guest})
        tables[number] = guest


@app.post("/tables/{number}/clear")
async def clear(number: str):
    return {"was": tables.pop(number, None)}  # whoever lays the table came after that


@app.post("/benches/{number}/lay")
async def lay_bench(number: str, guest: str):
    if number in benches:  # step MB401 check
        raise HTTPException(409, "laid")
    await kitchen.post("/plates", json={"for": guest})
    benches[number] = guest  # want MB401 "benches"


@app.post("/benches/{number}/clear")
async def clear_bench(number: str):
    benches.pop(number, None)
    return {}


@app.post("/cars/{plate}/park")
async def park(plate: str, row: str):
    async with laying:
        if len(parked) >= 40:
            raise HTTPException(409, "full")
        await kitchen.post("/wheels", json={"plate": plate})
        parked[plate] = {"row": row, "since": time.time()}


@app.post("/cars/{plate}/fetch")
async def fetch(plate: str):
    parked.pop(plate, None)
    return {}


@app.post("/wines/{sort}/pour")
async def pour(sort: str):
    async with laying:
        if wines.get(sort, 0) < 1:  # step MB401 check
            raise HTTPException(409)
        await kitchen.post("/glasses", json={"sort": sort})
        wines[sort] -= 1  # want MB401 "wines"


@app.post("/wines/{sort}/lock-away")
async def lock_away(sort: str):
    wines.pop(sort, None)  # what is poured was in the cellar no more
    return {}


if __name__ == "__main__":
    uvicorn.run(app)
