"""Tortoise: select_for_update() outside in_transaction() locks for one statement."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model
from tortoise.transactions import atomic, in_transaction

app = FastAPI()


class Parking(Model):
    id = fields.IntField(primary_key=True)
    plate = fields.CharField(max_length=12, null=True)


@app.post("/parking/{place_id}/take")
async def take(place_id: int, plate: str):
    place = await Parking.select_for_update().get_or_none(id=place_id)
    if place is None or place.plate:  # step MB110 check
        raise HTTPException(409)
    place.plate = plate
    await place.save()  # want MB110 "plate"


@app.post("/parking/{place_id}/take/transaction")
async def take_in_transaction(place_id: int, plate: str):
    async with in_transaction():
        place = await Parking.select_for_update().get_or_none(id=place_id)
        if place is None or place.plate:
            raise HTTPException(409)
        place.plate = plate
        await place.save()


@app.post("/parking/{place_id}/take/atomic")
@atomic()
async def take_atomic(place_id: int, plate: str):
    place = await Parking.select_for_update().get_or_none(id=place_id)
    if place is None or place.plate:
        raise HTTPException(409)
    place.plate = plate
    await place.save()


register_tortoise(app, db_url="asyncpg://localhost/city", modules={"models": [__name__]})
