"""Sets, dictionaries and flags of one process, with and without a suspension in between."""
import asyncio

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException, Request

app = FastAPI()
app.state.exporting = False
running: dict[str, str] = {}
seats: dict[int, str] = {}


class Board:
    topics: set[str] = set()


async def fetch(url: str) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).text


async def label(name: str) -> str:
    return name.strip().lower()


@app.post("/jobs/{name}")
async def start(name: str):
    if name in running:  # step MB401 check
        raise HTTPException(409)
    plan = await fetch(f"https://plans.example/{name}")
    running[name] = plan  # want MB401 "running"


@app.post("/export")
async def export(request: Request):
    if request.app.state.exporting:  # step MB401 check
        raise HTTPException(409)
    await asyncio.sleep(0.1)
    request.app.state.exporting = True  # want MB401 "exporting"


@app.post("/topics/{topic}")
async def add_topic(topic: str):
    if topic not in Board.topics:  # step MB401 check
        await fetch("https://moderation.example/" + topic)
        Board.topics.add(topic)  # want MB401 "topics"


@app.post("/seats/{number}")
async def take_seat(number: int, name: str):
    if number in seats:
        raise HTTPException(409)
    seats[number] = await label(name)


@app.post("/seats/{number}/default")
async def take_seat_at_once(number: int, name: str):
    text = await fetch("https://names.example/" + name)
    if seats.setdefault(number, text) is not text:
        raise HTTPException(409)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", workers=1)
