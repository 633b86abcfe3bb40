"""Entries that are taken out, and flags that are raised because something failed: twice is as good as once."""
import time

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Feed:
    down = False
    fetching = False


lines: dict[str, "Line"] = {}
rates: dict[str, tuple[float, float]] = {}
codes: dict[str, str] = {}


async def fetch(path: str) -> float:
    async with httpx.AsyncClient() as client:
        answer = await client.get("https://feed.example/" + path)
        return float(answer.text)


@app.get("/feed/{name}")
async def feed(name: str):
    if Feed.down:
        raise HTTPException(503)
    try:
        return await fetch(name)
    except httpx.HTTPError:
        Feed.down = True  # each of the two has seen it fail
        raise HTTPException(503)


@app.post("/feed/{name}")
async def refresh(name: str):
    if Feed.fetching:  # step MB401 check
        raise HTTPException(409)
    value = await fetch(name)
    Feed.fetching = True  # want MB401 "fetching"
    return value


class Line:
    def __init__(self, host: str) -> None:
        self.host = host

    async def open(self) -> None:
        await fetch("lines/" + self.host)


@app.post("/lines/{host}")
async def line_to(host: str):
    if host in lines:
        return {"known": True}
    lines[host] = Line(host)
    try:
        await lines[host].open()
    except httpx.HTTPError:
        lines.pop(host, None)  # its own, where there was none
        raise
    return {"known": False}


def known_rate(name: str) -> float | None:
    entry = rates.get(name)
    if entry is not None:
        if entry[1] > time.time():
            return entry[0]
        rates.pop(name)
    return None


@app.get("/rates/{name}")
async def rate(name: str, least: float):
    known = known_rate(name)
    if known is not None and known < least:
        raise HTTPException(422)
    await fetch(name + "/warm")
    return known_rate(name)  # looks anew before it takes anything out


@app.post("/codes/{phone}")
async def use_code(phone: str, code: str):
    if codes.get(phone) != code:  # step MB401 check
        raise HTTPException(403)
    await fetch("grants/" + phone)
    codes.pop(phone, None)  # want MB401 "codes"


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
