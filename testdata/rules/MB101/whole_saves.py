"""save() writes every column as it was loaded: what another endpoint wrote meanwhile to another column is gone."""
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.expressions import F
from tortoise.models import Model

app = FastAPI()


class Film(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=80)
    likes = fields.IntField(default=0)


class Actor(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80)
    bio = fields.TextField(default="")


class FilmIn(BaseModel):
    title: str


@app.post("/films/{film_id}/like")
async def like(film_id: int):
    await Film.filter(id=film_id).update(likes=F("likes") + 1)


@app.put("/films/{film_id}")
async def rename(film_id: int, body: FilmIn):
    film = await Film.get_or_none(id=film_id)  # step MB101 read
    if film is None:
        raise HTTPException(404)
    film.title = body.title
    await film.save()  # want MB101 "film"


@app.put("/v2/films/{film_id}")
async def rename_only(film_id: int, body: FilmIn):
    film = await Film.get_or_none(id=film_id)
    if film is None:
        raise HTTPException(404)
    film.title = body.title
    await film.save(update_fields=["title"])


@app.put("/actors/{actor_id}")
async def describe(actor_id: int, name: str, bio: str):
    actor = await Actor.get_or_none(id=actor_id)
    if actor is None:
        raise HTTPException(404)
    actor.name = name
    actor.bio = bio
    await actor.save()  # nobody writes anything else of an actor


register_tortoise(app, db_url="asyncpg://localhost/films", modules={"models": [__name__]})
