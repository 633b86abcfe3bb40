"""Piccolo and MongoEngine: tested in Python, or in the statement."""
from fastapi import FastAPI, HTTPException
from piccolo.columns import Integer, Varchar
from piccolo.table import Table

app = FastAPI()


class Shelf(Table):
    sku = Varchar(unique=True)
    left = Integer(default=0)


@app.post("/shelves/{sku}/take")
async def take(sku: str):
    shelf = await Shelf.objects().where(Shelf.sku == sku).first()  # step MB102 read
    if shelf is None or shelf.left < 1:  # step MB102 check
        raise HTTPException(409)
    await Shelf.update({Shelf.left: Shelf.left - 1}).where(Shelf.sku == sku)  # want MB102 "left"


@app.post("/v2/shelves/{sku}/take")
async def take_guarded(sku: str):
    rows = await Shelf.update({Shelf.left: Shelf.left - 1}).where((Shelf.sku == sku) & (Shelf.left > 0)).returning(Shelf.id)
    if not rows:
        raise HTTPException(409)
