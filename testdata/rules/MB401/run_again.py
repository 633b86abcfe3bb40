"""A test and what follows it run without a wait between, twice in one request: the second run tests anew."""
import time

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Meter:
    def __init__(self):
        self.calls = {}
        self.most = 200

    def admit(self, account: int):
        now = time.time()
        if account not in self.calls:
            self.calls[account] = []
        self.calls[account] = [t for t in self.calls[account] if t > now - 3600]
        if len(self.calls[account]) >= self.most:
            raise HTTPException(429, "too many")
        self.calls[account].append(now)

    async def ask(self, account: int, what: str):
        self.admit(account)
        async with httpx.AsyncClient() as client:
            return await client.get("https://upstream.example/" + what)


class Desk:
    def __init__(self):
        self.guests = {}

    def enter(self, room: str, guest: str):
        if room in self.guests:
            raise HTTPException(409)
        self.guests[room] = guest

    async def enter_slowly(self, room: str, guest: str):
        if room in self.guests:  # want MB401 "slow_desk"
            raise HTTPException(409)
        async with httpx.AsyncClient() as client:
            await client.get("https://upstream.example/" + room)
        self.guests[room] = guest


meter = Meter()
desk = Desk()
slow_desk = Desk()


@app.get("/accounts/{account}/debug")
async def debug(account: int):
    me = await meter.ask(account, "me")
    if me.status_code == 200:
        pages = await meter.ask(account, "pages")
        return {"me": me.json(), "pages": pages.json()}
    raise HTTPException(502)


@app.post("/rooms/{first}/and/{second}")
async def enter_both(first: str, second: str, guest: str):
    desk.enter(first, guest)
    async with httpx.AsyncClient() as client:
        await client.get("https://upstream.example/" + first)
    desk.enter(second, guest)


@app.post("/slow/{first}/and/{second}")
async def enter_both_slowly(first: str, second: str, guest: str):
    await slow_desk.enter_slowly(first, guest)
    await slow_desk.enter_slowly(second, guest)
