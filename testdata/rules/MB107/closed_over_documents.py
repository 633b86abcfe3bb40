"""Documents that belong to another one are added while that one is summed up and closed; what is kept in the document itself is not."""
from bson import ObjectId
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

db = AsyncIOMotorClient("mongodb://localhost").atelier
app = FastAPI()


@app.post("/commissions/{commission_id}/hours")
async def add_hours(commission_id: str, hours: float):
    commission = await db.commissions.find_one({"_id": ObjectId(commission_id)})
    if commission is None or commission["state"] != "open":  # want MB107 "what one adds is not among what the other has looked at"
        raise HTTPException(409)
    await db.hours.insert_one({"commission": ObjectId(commission_id), "hours": hours})


@app.post("/commissions/{commission_id}/bill")
async def bill(commission_id: str):
    total = 0
    async for entry in db.hours.find({"commission": ObjectId(commission_id)}):
        total += entry["hours"] * 80
    done = await db.commissions.update_one(
        {"_id": ObjectId(commission_id), "state": "open"}, {"$set": {"state": "billed", "total": total}}
    )
    if done.modified_count != 1:
        raise HTTPException(409)


@app.post("/frames/{frame_id}/pieces")
async def add_piece(frame_id: str, length: float):
    done = await db.frames.update_one({"_id": ObjectId(frame_id), "state": "open"}, {"$push": {"pieces": length}, "$inc": {"length": length}})
    if done.modified_count != 1:
        raise HTTPException(409)


@app.post("/frames/{frame_id}/cut")
async def cut(frame_id: str):
    done = await db.frames.update_one({"_id": ObjectId(frame_id), "state": "open"}, {"$set": {"state": "cut"}})
    if done.modified_count != 1:
        raise HTTPException(409)
