"""Attempts that a document counts: the field that is compared and written is called so."""
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

db = AsyncIOMotorClient("mongodb://localhost").alarm
app = FastAPI()


@app.post("/a/panels/{panel}")
async def counted_here(panel: str, code: str):
    found = await db.panels.find_one({"panel": panel})
    if found is None or found["attempts"] >= 5:  # want MB305 "panels"
        raise HTTPException(429)
    await db.panels.update_one({"panel": panel}, {"$set": {"attempts": found["attempts"] + 1}})
    return {"open": found["code"] == code}


@app.post("/b/panels/{panel}")
async def counted_by_the_store_ok(panel: str, code: str):
    found = await db.doors.find_one_and_update({"panel": panel, "attempts": {"$lt": 5}}, {"$inc": {"attempts": 1}})
    if found is None:
        raise HTTPException(429)
    return {"open": found["code"] == code}
