"""Motor: what was checked goes into the filter."""
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

db = AsyncIOMotorClient("mongodb://localhost")["theatre"]
app = FastAPI()


@app.on_event("startup")
async def indexes():
    await db["patrons"].create_index("email", unique=True)


@app.post("/patrons")
async def enrol(email: str):
    known = await db["patrons"].find_one({"email": email})
    if known:
        raise HTTPException(409, "known already")
    await db["patrons"].insert_one({"email": email})


@app.post("/seats/{seat_id}/hold")
async def hold(seat_id: str, who: str):
    seat = await db["seats"].find_one({"_id": seat_id})
    if seat["state"] != "free":
        raise HTTPException(409, "taken")
    await db["seats"].update_one({"_id": seat_id}, {"$set": {"state": "held", "holder": who}})


@app.post("/stalls/{stall_id}/sell")
async def sell(stall_id: str, places: int):
    stall = await db["stalls"].find_one({"_id": stall_id})
    if stall["places"] < places:
        raise HTTPException(409)
    await db["stalls"].update_one({"_id": stall_id}, {"$inc": {"places": -places}})


@app.post("/passes/{pass_id}/use")
async def use(pass_id: str):
    found = await db["passes"].find_one({"_id": pass_id})
    if found["used"]:
        raise HTTPException(409)
    await db["passes"].update_one({"_id": pass_id}, {"$set": {"used": True}})


@app.post("/boxes/{box_id}/sell")
async def sell_box(box_id: str, places: int):
    box = await db["boxes"].find_one({"_id": box_id})
    if box is None or box["places"] < places:
        raise HTTPException(409)
    await db["boxes"].update_one({"_id": box_id}, {"$inc": {"places": -places}})
