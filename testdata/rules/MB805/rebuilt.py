"""Documents that are brought into another form entry by entry before anybody decides on them: what is decided on is what was read."""
from datetime import datetime

from bson import ObjectId
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

app = FastAPI()
db = AsyncIOMotorClient("mongodb://localhost").harbour


def plain(value):
    if isinstance(value, (ObjectId, datetime)):
        return str(value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def by_loop(doc):
    if not doc:
        return doc
    out = {}
    for key, value in doc.items():
        try:
            out[key] = plain(value)
        except ValueError:
            out[key] = str(value)
    return out


def by_renaming(doc):
    if doc is None:
        return None
    out = {}
    for key, value in doc.items():
        if key == "_id":
            out["id"] = str(value)
        else:
            out[key] = plain(value)
    return out


def by_display(doc):
    if not doc:
        return None
    return {k: plain(v) for k, v in doc.items() if k != "secret"}


@app.post("/berths/{berth_id}/free")
async def free(berth_id: str):
    berth = by_loop(await db.berths.find_one({"_id": berth_id.strip()}))
    if not berth:  # step MB805 check
        raise HTTPException(404)
    if berth["state"] not in ("taken", "blocked"):
        raise HTTPException(409)
    await db.berths.update_one({"_id": berth_id}, {"$set": {"state": "free", "ship": None}})  # want MB805 "berths"


@app.post("/cranes/{crane_id}/take")
async def take(crane_id: str, ship: str):
    crane = by_renaming(await db.cranes.find_one({"_id": crane_id}))
    if crane is None:  # step MB805 check
        raise HTTPException(404)
    if crane["ship"] is not None:
        raise HTTPException(409)
    await db.cranes.update_one({"_id": crane_id}, {"$set": {"ship": ship}})  # want MB805 "cranes"


@app.post("/pilots/{pilot_id}/call")
async def call(pilot_id: str, ship: str):
    pilot = by_display(await db.pilots.find_one({"_id": pilot_id}))
    if not pilot:  # step MB805 check
        raise HTTPException(404)
    if pilot.get("ship"):
        raise HTTPException(409)
    await db.pilots.update_one({"_id": pilot_id}, {"$set": {"ship": ship}})  # want MB805 "pilots"


@app.post("/tugs/{tug_id}/take")
async def take_tug(tug_id: str, ship: str):
    tug = by_display(await db.tugs.find_one({"_id": tug_id}))
    if not tug:
        raise HTTPException(404)
    if tug["ship"]:
        raise HTTPException(409)
    done = await db.tugs.update_one({"_id": tug_id, "ship": None}, {"$set": {"ship": ship}})
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/buoys/{buoy_id}/paint")
async def paint(buoy_id: str, colour: str):
    buoy = by_loop(await db.buoys.find_one({"_id": buoy_id}))
    if not buoy:
        raise HTTPException(404)
    if buoy["kind"] != "steel":
        raise HTTPException(409)
    await db.buoys.update_one({"_id": buoy_id}, {"$set": {"colour": colour}})
