"""Tortoise's get_or_create stands on the constraint: here there is one, and there none."""
from fastapi import FastAPI
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model

app = FastAPI()


class Hashtag(Model):
    id = fields.IntField(primary_key=True)
    word = fields.CharField(max_length=50, unique=True)


class Place(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)


@app.put("/hashtags/{word}")
async def hashtag(word: str):
    row, _ = await Hashtag.get_or_create(word=word)
    return {"id": row.id}


@app.put("/places/{name}")
async def place(name: str):
    row, _ = await Place.get_or_create(name=name)  # want MB115 "Place|name"
    return {"id": row.id}


register_tortoise(app, db_url="asyncpg://localhost/tags", modules={"models": [__name__]})
