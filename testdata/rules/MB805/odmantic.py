"""ODMantic: an engine finds and stores models; what it saves are the fields that were assigned, whatever was checked."""
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from odmantic import AIOEngine, Field, Index, Model, ObjectId
from pymongo.errors import DuplicateKeyError

app = FastAPI()
engine = AIOEngine(client=AsyncIOMotorClient("mongodb://localhost"), database="yard")


class Crate(Model):
    label: str
    state: str = "free"
    weight: int = 0


class Badge(Model):
    number: str = Field(unique=True)


class Shelf(Model):
    hall: str
    place: int

    model_config = {"collection": "shelves", "indexes": lambda: [Index(Shelf.hall, Shelf.place, unique=True)]}


class Tag(Model):
    text: str


async def crate_of(crate_id: ObjectId) -> Crate:
    crate = await engine.find_one(Crate, Crate.id == crate_id)
    if crate is None:
        raise HTTPException(404)
    return crate


@app.post("/crates/{crate_id}/load")
async def load(crate_id: ObjectId, weight: int):
    crate = await crate_of(crate_id)
    if crate.state != "free":  # want MB805 "state"
        raise HTTPException(409)
    crate.state = "loaded"
    crate.weight = weight
    await engine.save(crate)


@app.post("/crates/{crate_id}/scrap")
async def scrap_ok(crate_id: ObjectId):
    done = await engine.get_collection(Crate).update_one({"_id": crate_id, "state": "free"}, {"$set": {"state": "scrap"}})
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/badges")
async def badge_ok(number: str):
    if await engine.count(Badge, Badge.number == number):
        raise HTTPException(409)
    try:
        return await engine.save(Badge(number=number))
    except DuplicateKeyError:
        raise HTTPException(409)


@app.post("/shelves")
async def shelf_ok(hall: str, place: int):
    if await engine.find_one(Shelf, Shelf.hall == hall, Shelf.place == place):
        raise HTTPException(409)
    try:
        return await engine.save(Shelf(hall=hall, place=place))
    except DuplicateKeyError:
        raise HTTPException(409)


@app.post("/tags")
async def tag(text: str):
    if await engine.find_one(Tag, Tag.text == text):  # want MB103 "tag"
        raise HTTPException(409)
    return await engine.save(Tag(text=text))
