"""How much each of four processes has in hand: so much it may take upon itself. One at a time, or so many for somebody, is said of the service."""
import asyncio

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
MOST = 20
lock = asyncio.Lock()


class Gate:
    def __init__(self, most: int = 10):
        self.inside = 0
        self.most = most

    async def run(self, url: str) -> dict:
        if self.inside >= self.most:
            raise HTTPException(503)
        self.inside += 1
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(url)).json()
        finally:
            self.inside -= 1


gate = Gate()
printing = 0
seated: dict[str, int] = {}
sold = 0


@app.get("/weather")
async def weather():
    return await gate.run("https://weather.example/today")


@app.post("/print")
async def print_one(text: str):
    global printing
    if printing >= 1:  # step MB405 check
        raise HTTPException(409)
    printing += 1  # want MB405 "printing"
    try:
        await asyncio.sleep(5)
    finally:
        printing -= 1
    return {"text": text}


@app.post("/tables/{name}")
async def sit(name: str):
    async with lock:
        if seated.get(name, 0) >= MOST:  # want MB405 "seated"
            raise HTTPException(409)
        seated[name] = seated.get(name, 0) + 1
    await asyncio.sleep(60)
    async with lock:
        seated[name] = seated.get(name, 0) - 1
    return {}


@app.post("/tickets")
async def buy():
    global sold
    if sold >= MOST:  # step MB405 check
        raise HTTPException(409)
    sold += 1  # want MB405 "sold"
    return {"number": sold}


if __name__ == "__main__":
    uvicorn.run("in_hand:app", workers=4)
