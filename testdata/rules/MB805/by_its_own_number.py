"""A document that is changed by the number that was read from it, found by that number or by something else."""
import httpx
from bson import ObjectId
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

store = AsyncIOMotorClient("mongodb://store.example").depot
pallets = store.pallets
gate = httpx.AsyncClient(base_url="https://gate.example")
app = FastAPI()


@app.post("/pallets/{pallet_id}/release")
async def release(pallet_id: str):
    pallet = await pallets.find_one({"_id": ObjectId(pallet_id)})
    if pallet is None or pallet["state"] != "held":  # step MB805 check
        raise HTTPException(409)
    await pallets.update_one({"_id": pallet["_id"]}, {"$set": {"state": "released"}})  # want MB805 "pallets"
    await gate.post("/open", json={"dock": pallet["dock"]})


@app.post("/labels/{label}/release")
async def release_by_label(label: str):
    pallet = await pallets.find_one({"label": label})
    if pallet is None or pallet["state"] != "held":  # step MB805 check
        raise HTTPException(409)
    await pallets.update_one({"_id": pallet["_id"]}, {"$set": {"state": "released"}})  # want MB805 "pallets"
    await gate.post("/open", json={"dock": pallet["dock"]})


@app.post("/labels/{label}/take")
async def take(label: str):
    pallet = await pallets.find_one({"label": label})
    if pallet is None:
        raise HTTPException(404)
    done = await pallets.update_one({"_id": pallet["_id"], "state": "held"}, {"$set": {"state": "released"}})
    if done.modified_count == 0:
        raise HTTPException(409)
    await gate.post("/open", json={"dock": pallet["dock"]})
