"""Memory of a coroutine's object that two of its methods change, and one that others call for it."""
import asyncio

from fastapi import FastAPI

app = FastAPI()


class Channels:
    def __init__(self, client):
        self.client = client
        self._open: set[str] = set()

    async def subscribe(self, channel: str) -> None:
        if channel in self._open:
            return
        await self.client.subscribe(channel)
        self._open.add(channel)

    async def unsubscribe(self, channel: str) -> None:
        if channel not in self._open:
            return
        await self.client.unsubscribe(channel)
        self._open.discard(channel)


class Client:
    async def subscribe(self, channel: str) -> None:
        await asyncio.sleep(0.1)

    async def unsubscribe(self, channel: str) -> None:
        await asyncio.sleep(0.1)


channels = Channels(Client())


@app.post("/channels/{channel}")
async def listen(channel: str):
    await channels.subscribe(channel)


@app.delete("/channels/{channel}")
async def leave(channel: str):
    await channels.unsubscribe(channel)


class Desk:
    def __init__(self):
        self.left = 3
        self.taken = []

    def take(self, who: str) -> bool:
        if self.left < 1:
            return False
        self.left -= 1
        self.note(who)
        return True

    def give(self) -> None:
        self.left += 1

    def note(self, who: str) -> None:
        if who in self.taken:
            self.give()  # holds the lock already
        self.taken.append(who)


desk = Desk()


@app.post("/desks")
def take_desk(who: str):
    return {"ok": desk.take(who)}


@app.delete("/desks")
def give_desk():
    desk.give()


token = {"value": None}


class Pool:
    def acquire(self):
        return self

    async def __aenter__(self):
        await asyncio.sleep(0.1)
        return self

    async def __aexit__(self, *exc):
        pass


pool = Pool()


@app.get("/token")
async def get_token():
    if token["value"]:
        return token["value"]
    async with pool.acquire() as connection:  # no lock
        token["value"] = str(connection)
    return token["value"]
