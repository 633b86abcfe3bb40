"""Tortoise: what is saved becomes one statement; in a transaction the row can be locked."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

app = FastAPI()


class Boat(Model):
    id = fields.IntField(primary_key=True)
    state = fields.CharField(20)
    fuel = fields.IntField(default=0)
    crew = fields.JSONField(null=True)
    code = fields.CharField(8, default="")
    attempts = fields.IntField(default=0)


@app.post("/boats/{boat_id}/rent")
async def rent(boat_id: int):
    boat = await Boat.get(id=boat_id)
    if boat.state != "moored":
        raise HTTPException(409, "out already")
    boat.state = "out"
    await boat.save()
    return {"state": boat.state}


@app.post("/boats/{boat_id}/burn")
async def burn(boat_id: int, litres: int):
    boat = await Boat.get(id=boat_id)
    if boat.fuel < litres:
        raise HTTPException(409)
    boat.fuel -= litres
    await boat.save(update_fields=["fuel"])


@app.post("/boats/{boat_id}/sink")
async def sink(boat_id: int, states: list[str]):
    async with in_transaction():
        boat = await Boat.get(id=boat_id)
        if boat.state not in states:
            raise HTTPException(409)
        boat.state = "sunk"
        await boat.save()


@app.post("/boats/{boat_id}/scrap")
async def scrap(boat_id: int, states: list[str]):
    boat = await Boat.get(id=boat_id)
    if boat.state not in states:
        raise HTTPException(409)
    boat.state = "scrapped"
    await boat.save()
    return {"state": boat.state}


@app.post("/boats/{boat_id}/unlock")
async def unlock(boat_id: int, code: str):
    boat = await Boat.get(id=boat_id)
    if boat.attempts >= 3:
        raise HTTPException(423)
    if boat.code != code:
        boat.attempts += 1
        await boat.save()
        raise HTTPException(403)
    boat.attempts = 0
    await boat.save()
