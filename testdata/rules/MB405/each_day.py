"""A number for each day: the time is part of the key, and no age."""
import asyncio
import datetime

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
lock = asyncio.Lock()
calls: dict[tuple[str, datetime.date], int] = {}
last: dict[str, float] = {}


async def count(key: str) -> bool:
    entry = (key, datetime.date.today())
    async with lock:
        if calls.get(entry, 0) >= 100:  # want MB405 "calls"
            return False
        calls[entry] = calls.get(entry, 0) + 1
        return True


@app.get("/weather")
async def weather(key: str):
    if not await count(key):
        raise HTTPException(429)
    return {"sun": True}


if __name__ == "__main__":
    uvicorn.run("each_day:app", workers=4)
