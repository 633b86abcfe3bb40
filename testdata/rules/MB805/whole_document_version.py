"""A document that is replaced only where its version is still the one that was read moves that version on, whoever built what is stored."""
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from pymongo import AsyncMongoClient

app = FastAPI()
tanks = AsyncMongoClient("mongodb://localhost")["yard"]["tanks"]
barrels = AsyncMongoClient("mongodb://localhost")["yard"]["barrels"]


class Tank(BaseModel):
    litres: int
    version: int = 0


async def tank_of(tank_id: str) -> Tank:
    found = await tanks.find_one({"_id": tank_id})
    if found is None:
        raise HTTPException(404)
    return Tank(**found)


def stored(tank: Tank) -> dict:
    body = tank.model_dump()
    body["version"] = tank.version + 1
    return body


@app.post("/tanks/{tank_id}/draw")
async def draw(tank_id: str, litres: int):
    tank = await tank_of(tank_id)
    if tank.litres < litres:  # want MB805 "tanks"
        raise HTTPException(409)
    tank.litres -= litres
    await tanks.replace_one({"_id": tank_id}, stored(tank))


@app.post("/tanks/{tank_id}/pump")
async def draw_versioned_ok(tank_id: str, litres: int):
    tank = await tank_of(tank_id)
    if tank.litres < litres:
        raise HTTPException(409)
    tank.litres -= litres
    done = await tanks.replace_one({"_id": tank_id, "version": tank.version}, stored(tank))
    if done.matched_count != 1:
        raise HTTPException(409)


class Barrel(BaseModel):
    id: str
    litres: int


@app.post("/barrels/{barrel_id}/draw")
async def draw_barrel(barrel_id: str, litres: int):
    found = await barrels.find_one({"_id": barrel_id})
    barrel = Barrel(id=found.pop("_id"), **found)
    if barrel.litres < litres:  # want MB805 "barrels"
        raise HTTPException(409)
    barrel.litres -= litres
    await barrels.update_one({"_id": barrel.id}, {"$set": {"litres": barrel.litres}})


@app.post("/barrels/{barrel_id}/pump")
async def draw_barrel_as_it_was_ok(barrel_id: str, litres: int):
    found = await barrels.find_one({"_id": barrel_id})
    barrel = Barrel(id=found.pop("_id"), **found)
    if barrel.litres < litres:
        raise HTTPException(409)
    seen = barrel.litres
    barrel.litres -= litres
    done = await barrels.update_one({"_id": barrel.id, "litres": seen}, {"$set": {"litres": barrel.litres}})
    if done.modified_count != 1:
        raise HTTPException(409)
