"""A store that is known by its interface, with a client that a decorator of the project keeps."""
import functools
import importlib
import json
import os
from abc import ABC, abstractmethod

from fastapi import FastAPI, HTTPException
from redis.asyncio import Redis

app = FastAPI()
clients: dict[tuple, Redis] = {}


def kept(fn):
    @functools.wraps(fn)
    def get(*args, **kwargs) -> Redis:
        if args not in clients:
            clients[args] = fn(*args, **kwargs)
        return clients[args]

    return get


@kept
def client(url: str) -> Redis:
    return Redis.from_url(url)


class Tickets(ABC):
    @abstractmethod
    async def show(self, ticket_id: str) -> dict | None: ...

    @abstractmethod
    async def renew(self, ticket_id: str, until: float) -> None: ...

    @abstractmethod
    async def tear_up(self, ticket_id: str) -> None: ...


class RedisTickets(Tickets):
    def __init__(self, redis: Redis | None = None):
        self.redis = redis or client(os.environ["REDIS"])

    async def show(self, ticket_id: str) -> dict | None:
        text = await self.redis.get(f"ticket:{ticket_id}")
        return None if text is None else json.loads(text)

    async def renew(self, ticket_id: str, until: float) -> None:
        text = await self.redis.get(f"ticket:{ticket_id}")
        if text is None:  # step MB804 check
            return
        ticket = json.loads(text)
        ticket["until"] = until
        pipe = self.redis.pipeline()
        pipe.set(f"ticket:{ticket_id}", json.dumps(ticket))  # want MB804 "ticket"
        pipe.zadd("tickets", {ticket_id: until})
        await pipe.execute()

    async def tear_up(self, ticket_id: str) -> None:
        await self.redis.delete(f"ticket:{ticket_id}")


class PaperTickets(Tickets):
    drawer: dict[str, dict] = {}

    async def show(self, ticket_id: str) -> dict | None:
        return self.drawer.get(ticket_id)

    async def renew(self, ticket_id: str, until: float) -> None:
        if ticket_id in self.drawer:
            self.drawer[ticket_id]["until"] = until

    async def tear_up(self, ticket_id: str) -> None:
        self.drawer.pop(ticket_id, None)


def tickets() -> Tickets:
    return importlib.import_module(os.environ["TICKETS"]).Store()


@app.post("/tickets/{ticket_id}/renew")
async def renew(ticket_id: str, until: float):
    await tickets().renew(ticket_id, until)


@app.delete("/tickets/{ticket_id}")
async def tear_up(ticket_id: str):
    await tickets().tear_up(ticket_id)


@app.get("/tickets/{ticket_id}")
async def show(ticket_id: str):
    ticket = await tickets().show(ticket_id)
    if ticket is None:
        raise HTTPException(404)
    return ticket
