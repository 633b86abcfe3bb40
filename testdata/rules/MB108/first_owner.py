"""Whoever comes first owns the installation."""
from fastapi import FastAPI
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model

app = FastAPI()


class Person(Model):
    id = fields.IntField(primary_key=True)
    email = fields.CharField(max_length=254)
    is_superuser = fields.BooleanField(default=False)


@app.post("/register")
async def register(email: str):
    count = await Person.all().count()  # step MB108 read
    await Person.create(email=email, is_superuser=count == 0)  # want MB108 "is_superuser|Person"


register_tortoise(app, db_url="asyncpg://localhost/install", modules={"models": [__name__]})
