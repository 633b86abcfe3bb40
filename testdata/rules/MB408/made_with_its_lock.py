"""An object that is kept because there was none brings its lock with it: whoever gets at the one gets at the other. One that nobody keeps excludes nobody."""
import asyncio
from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI

app = FastAPI()
depot = httpx.AsyncClient(base_url="https://depot.example")


@dataclass
class Tram:
    line: str
    driver: str | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Guard:
    def __init__(self):
        self.lock = asyncio.Lock()


class Fleet:
    def __init__(self):
        self._trams: dict[str, Tram] = {}
        self.inspector: str | None = None

    def tram(self, line: str) -> Tram:
        tram = self._trams.get(line)
        if tram is None:
            tram = Tram(line=line)
            self._trams[line] = tram
        return tram


fleet = Fleet()


@app.post("/trams/{line}/driver")
async def man(line: str, name: str):
    tram = fleet.tram(line)
    async with tram.lock:
        if tram.driver is not None:
            return {"driver": tram.driver}
        await depot.get("/drivers/" + name)
        tram.driver = name
    return {"driver": name}


@app.post("/inspector")
async def inspect(name: str):
    guard = Guard()
    async with guard.lock:
        if fleet.inspector is not None:
            return {"inspector": fleet.inspector}
        await depot.get("/inspectors/" + name)
        fleet.inspector = name  # want MB408 "inspector"
    return {"inspector": name}
