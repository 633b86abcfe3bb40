"""Rows are counted through the name that their foreign key gives the row that they refer to."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

app = FastAPI()


class Boat(Model):
    id = fields.IntField(primary_key=True)
    benches = fields.IntField()
    rowers: fields.ReverseRelation["Rower"]


class Rower(Model):
    id = fields.IntField(primary_key=True)
    boat = fields.ForeignKeyField("models.Boat", related_name="rowers")
    name = fields.CharField(max_length=40)


@app.post("/boats/{boat_id}/rowers")
async def board(boat_id: int, name: str):
    boat = await Boat.get(id=boat_id)
    if await boat.rowers.all().count() >= boat.benches:  # step MB105 check
        raise HTTPException(409)
    await Rower.create(boat=boat, name=name)  # want MB105 "rower"


@app.post("/boats/{boat_id}/rowers/in-turn")
async def board_in_turn(boat_id: int, name: str):
    async with in_transaction():
        boat = await Boat.select_for_update().get(id=boat_id)
        if await boat.rowers.all().count() >= boat.benches:
            raise HTTPException(409)
        await Rower.create(boat=boat, name=name)
