"""The lines that are found become those of an order, and are deleted one by one or all at once; nobody asks whether they were still there."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model
from tortoise.transactions import in_transaction

app = FastAPI()


class Line(Model):
    id = fields.IntField(pk=True)
    person_id = fields.IntField()
    seed = fields.CharField(max_length=20)


class Ordered(Model):
    id = fields.IntField(pk=True)
    number = fields.CharField(max_length=20)
    seed = fields.CharField(max_length=20)


@app.post("/people/{person_id}/orders")
async def order(person_id: int, number: str):
    lines = await Line.filter(person_id=person_id)
    if not lines:
        raise HTTPException(400)
    for line in lines:
        await Ordered.create(number=number, seed=line.seed)
        await line.delete()  # want MB112 "line"


@app.post("/people/{person_id}/all")
async def order_all(person_id: int, number: str):
    lines = await Line.filter(person_id=person_id)
    if not lines:
        raise HTTPException(400)
    for line in lines:
        await Ordered.create(number=number, seed=line.seed)
    await Line.filter(person_id=person_id).delete()  # want MB112 "line"


@app.post("/people/{person_id}/locked")
async def order_under_lock_ok(person_id: int, number: str):
    async with in_transaction():
        lines = await Line.filter(person_id=person_id).select_for_update()
        if not lines:
            raise HTTPException(400)
        for line in lines:
            await Ordered.create(number=number, seed=line.seed)
            await line.delete()


register_tortoise(app, db_url="postgres://localhost/garden", modules={"models": ["app"]})
