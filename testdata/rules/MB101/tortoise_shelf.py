"""Tortoise: save() writes every column of what was loaded."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.expressions import F
from tortoise.models import Model
from tortoise.transactions import in_transaction

app = FastAPI()


class Shelf(Model):
    id = fields.IntField(primary_key=True)
    boxes = fields.IntField(default=0)
    label = fields.CharField(max_length=40)


@app.post("/shelves/{shelf_id}/boxes")
async def put_boxes(shelf_id: int, boxes: int):
    shelf = await Shelf.get_or_none(id=shelf_id)  # step MB101 read
    if shelf is None:
        raise HTTPException(404)
    shelf.boxes += boxes
    await shelf.save()  # want MB101 "boxes"


@app.post("/shelves/{shelf_id}/boxes/locked")
async def put_boxes_locked(shelf_id: int, boxes: int):
    async with in_transaction():
        shelf = await Shelf.select_for_update().get(id=shelf_id)
        shelf.boxes += boxes
        await shelf.save(update_fields=["boxes"])


@app.post("/shelves/{shelf_id}/boxes/atomic")
async def put_boxes_atomic(shelf_id: int, boxes: int):
    changed = await Shelf.filter(id=shelf_id).update(boxes=F("boxes") + boxes)
    if not changed:
        raise HTTPException(404)


register_tortoise(app, db_url="asyncpg://localhost/store", modules={"models": [__name__]})
