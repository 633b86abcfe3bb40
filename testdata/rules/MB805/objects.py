"""A document that a repository gives as an object, or as None: what is asked of it is asked of the fields of the document."""
from bson import ObjectId
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel

boats = AsyncIOMotorClient()["harbour"]["boats"]
app = FastAPI()


class Boat(BaseModel):
    owner: str
    berth: str
    hours: int


async def load(id: str):
    found = await boats.find_one({"_id": ObjectId(id)})
    if found:
        found["_id"] = str(found["_id"])
        return Boat(**found)
    return None


async def show(id: str):
    found = await boats.find_one({"_id": ObjectId(id)})
    return Boat.model_validate(found) if found else None


@app.put("/boats/{id}/berth")
async def moor(id: str, caller: str, berth: str):
    boat = await load(id)
    if not boat:
        raise HTTPException(404)
    if boat.owner != caller:  # nobody changes the owner
        raise HTTPException(403)
    await boats.update_one({"_id": ObjectId(id)}, {"$set": {"berth": berth}})


@app.delete("/boats/{id}")
async def scrap(id: str, caller: str):
    boat = await show(id)
    if boat is None:
        raise HTTPException(404)
    if boat.owner != caller:
        raise HTTPException(403)
    await boats.delete_one({"_id": ObjectId(id)})


@app.post("/boats/{id}/cast-off")
async def cast_off(id: str):
    boat = await load(id)
    if not boat:  # step MB805 check
        raise HTTPException(404)
    if boat.berth == "":  # step MB805 check
        raise HTTPException(409)
    await boats.update_one({"_id": ObjectId(id)}, {"$set": {"berth": ""}})  # want MB805 "boats"


@app.post("/boats/{id}/sail")
async def sail(id: str, hours: int):
    boat = await show(id)
    if not boat:  # step MB805 check
        raise HTTPException(404)
    boat.hours += hours
    await boats.update_one({"_id": ObjectId(id)}, {"$set": boat.model_dump()})  # want MB805 "boats"
