"""A constant in a filter says how a document has to be, and not which one it is: the same document is found again without it."""
from beanie import Document
from beanie.operators import Inc
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

app = FastAPI()
db = AsyncIOMotorClient("mongodb://localhost")["club"]
passes = db["passes"]
rooms = db["rooms"]


@app.post("/passes/{code}/entries")
async def enter(code: str):
    found = await passes.find_one({"code": code, "open": True})
    if not found or found["entries"] >= found["most"]:  # want MB805 "passes"
        raise HTTPException(409)
    await passes.update_one({"code": code}, {"$inc": {"entries": 1}})


@app.post("/rooms/{house}/warm")
async def of_another_kind_ok(house: str):
    heater = await rooms.find_one({"house": house, "kind": "heater"})
    if heater is None or heater["level"] > 5:
        raise HTTPException(409)
    await rooms.update_one({"house": house, "kind": "fan"}, {"$set": {"level": 1}})  # no document is both


@app.post("/passes/{code}/extra")
async def enter_claimed_ok(code: str):
    done = await passes.update_one({"code": code, "open": True, "$expr": {"$lt": ["$entries", "$most"]}}, {"$inc": {"entries": 1}})
    if not done.modified_count:
        raise HTTPException(409)


class Voucher(Document):
    code: str
    live: bool = True
    left: int = 1


@app.post("/vouchers/{code}")
async def use(code: str):
    voucher = await Voucher.find_one(Voucher.code == code, Voucher.live == True)
    if voucher is None or voucher.left < 1:  # want MB805 "Voucher"
        raise HTTPException(409)
    await Voucher.find_one(Voucher.code == code).update(Inc({Voucher.left: -1}))


@app.post("/vouchers/{code}/once")
async def use_ok(code: str):
    done = await Voucher.find_one(Voucher.code == code, Voucher.live == True, Voucher.left >= 1).update(Inc({Voucher.left: -1}))
    if done.modified_count == 0:
        raise HTTPException(409)
