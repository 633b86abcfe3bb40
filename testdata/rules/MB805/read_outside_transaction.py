# A transaction compares what was read in it, and nothing that was read before it or without its session.

from fastapi import FastAPI, HTTPException
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

client = AsyncMongoClient("mongodb://db")
lots = client["market"]["lots"]
app = FastAPI()


@app.post("/lots/{lot_id}/buy")
async def buy(lot_id: str, buyer: str):
    lot = await lots.find_one({"_id": lot_id})
    if not lot or lot["state"] != "open":
        raise HTTPException(409)
    async with client.start_session() as session:
        async with await session.start_transaction():
            await lots.update_one({"_id": lot_id}, {"$set": {"state": "sold", "buyer": buyer}}, session=session)  # want MB805 "lots"


@app.post("/lots/{lot_id}/reserve")
async def reserve(lot_id: str, buyer: str):
    async with client.start_session() as session:
        async with await session.start_transaction():
            lot = await lots.find_one({"_id": lot_id})
            if not lot or lot["state"] != "open":
                raise HTTPException(409)
            await lots.update_one({"_id": lot_id}, {"$set": {"state": "held", "buyer": buyer}}, session=session)  # want MB805 "lots"


@app.post("/lots/{lot_id}/withdraw")
async def withdraw_ok(lot_id: str):
    async with client.start_session() as session:
        try:
            async with await session.start_transaction():
                lot = await lots.find_one({"_id": lot_id}, session=session)
                if not lot or lot["state"] != "open":
                    raise HTTPException(409)
                await lots.update_one({"_id": lot_id}, {"$set": {"state": "withdrawn"}}, session=session)
        except OperationFailure:
            raise HTTPException(409) from None
