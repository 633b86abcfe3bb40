"""engine: postgresql. Tortoise."""
import os

from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model

app = FastAPI()


class Boat(Model):
    id = fields.IntField(primary_key=True)
    state = fields.CharField(max_length=20, default="moored")
    fuel = fields.IntField(default=5)


@app.post("/boats", status_code=201)
async def create_boat():
    boat = await Boat.create()
    return {"id": boat.id, "state": boat.state}


@app.get("/boats/{boat_id}")
async def read_boat(boat_id: int):
    boat = await Boat.get(id=boat_id)
    return {"id": boat.id, "state": boat.state, "fuel": boat.fuel}


@app.post("/boats/{boat_id}/rent")
async def rent_boat(boat_id: int):
    boat = await Boat.get(id=boat_id)
    if boat.state != "moored":
        raise HTTPException(409, "out already")
    boat.state = "out"
    await boat.save()
    return {"state": boat.state}


@app.post("/boats/{boat_id}/burn")
async def burn_fuel(boat_id: int):
    boat = await Boat.get(id=boat_id)
    if boat.fuel < 5:
        raise HTTPException(409)
    boat.fuel -= 5
    await boat.save(update_fields=["fuel"])
    return {"ok": True}


register_tortoise(
    app,
    db_url=os.environ.get("STORE_DB", "postgres://localhost/boats").replace("postgresql://", "asyncpg://"),
    modules={"models": ["app"]},
    generate_schemas=True,
)


@app.post("/boats/{boat_id}/scrap")
async def scrap_boat(boat_id: int):
    boat = await Boat.get(id=boat_id)
    if boat.state not in ("moored", "wrecked"):
        raise HTTPException(409)
    boat.state = "scrapped"
    await boat.save()
    return {"state": boat.state}
