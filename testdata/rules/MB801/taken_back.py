"""A mark that what the caller shows was taken back: all look for it, few put it there, and to put it there twice is to put it there."""
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from redis.asyncio import Redis

store = Redis()
app = FastAPI()


async def ticket_of(authorization: Annotated[str, Header()]) -> str:
    number = jwt.decode(authorization, "key", algorithms=["HS256"])["jti"]
    if await store.exists(f"void:{number}"):
        raise HTTPException(401)
    return number


Ticket = Annotated[str, Depends(ticket_of)]


@app.get("/stands")
async def stands(ticket: Ticket):
    return {"ticket": ticket}


@app.get("/seats")
async def seats(ticket: Ticket):
    return {"ticket": ticket}


@app.get("/programme")
async def programme(ticket: Ticket):
    return {"ticket": ticket}


@app.post("/leave")
async def leave(ticket: Ticket):
    await store.set(f"void:{ticket}", "1", ex=3600)


@app.post("/exchange")
async def exchange(ticket: Ticket):
    await store.set(f"void:{ticket}", "1", ex=3600)  # want MB802|MB801 "void"
    return {"ticket": jwt.encode({"jti": "another"}, "key", algorithm="HS256")}


async def first_scan(scan: Annotated[str, Header()]) -> str:
    if await store.exists(f"scan:{scan}"):
        raise HTTPException(409)
    await store.set(f"scan:{scan}", "1", ex=60)  # want MB802|MB801 "scan"
    return scan


@app.post("/gates/{gate}")
async def gate(gate: str, scan: Annotated[str, Depends(first_scan)]):
    return {"gate": gate, "scan": scan}
