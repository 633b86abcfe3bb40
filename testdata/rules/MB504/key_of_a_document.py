"""The key is that of a document: looked up, and stored after the transfer or before it."""
from typing import Annotated

import httpx
from fastapi import FastAPI, Header, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import DuplicateKeyError

db = AsyncIOMotorClient("mongodb://localhost").transfers
bank = httpx.AsyncClient(base_url="http://bank")
app = FastAPI()
Key = Annotated[str, Header(alias="idempotency-key")]


async def transfer(cents: int) -> dict:
    return (await bank.post("/transfers", json={"cents": cents})).json()


@app.post("/transfers")
async def create(cents: int, key: Key):
    done = await db.keys.find_one({"_id": key})
    if done:  # want MB504 "keys"
        return done["result"]
    result = await transfer(cents)
    await db.keys.insert_one({"_id": key, "result": result})
    return result


@app.post("/v2/transfers")
async def create_once(cents: int, key: Key):
    try:
        await db.keys.insert_one({"_id": key, "result": None})
    except DuplicateKeyError:
        raise HTTPException(409)
    result = await transfer(cents)
    await db.keys.update_one({"_id": key}, {"$set": {"result": result}})
    return result
