"""The document that was found by its key is written by the key that it holds."""
from bson import ObjectId
from fastapi import FastAPI, HTTPException
from pymongo import AsyncMongoClient

db = AsyncMongoClient("mongodb://mongo").harbour
app = FastAPI()


@app.post("/berths/{berth_id}/moor")
async def moor(berth_id: str, boat: str):
    berth = await db.berths.find_one({"_id": ObjectId(berth_id)})
    if not berth or berth["boat"] is not None:  # step MB805 check
        raise HTTPException(409)
    await db.berths.update_one({"_id": berth["_id"]}, {"$set": {"boat": boat}})  # want MB805 "berths"


@app.post("/buoys/{buoy_id}/moor")
async def moor_at_buoy(buoy_id: str, boat: str):
    buoy = await db.buoys.find_one({"_id": ObjectId(buoy_id)})
    if not buoy:
        raise HTTPException(404)
    done = await db.buoys.update_one({"_id": buoy["_id"], "boat": None}, {"$set": {"boat": boat}})
    if done.modified_count == 0:
        raise HTTPException(409)
