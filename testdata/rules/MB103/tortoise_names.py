"""Tortoise: names looked for and then taken; the constraint decides where there is one."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

app = FastAPI()


class Team(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=40)


class Club(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=40)
    city = fields.CharField(max_length=40)

    class Meta:
        unique_together = (("name", "city"),)


@app.post("/teams")
async def new_team(name: str):
    if await Team.filter(name=name).exists():  # step MB103 check
        raise HTTPException(409)
    team = await Team.create(name=name)  # want MB103 "name|team"
    return {"id": team.id}


@app.post("/v2/teams")
async def new_team_object(name: str):
    if await Team.get_or_none(name=name) is not None:  # step MB103 check
        raise HTTPException(409)
    team = Team(name=name)
    await team.save()  # want MB103 "name|team"


@app.post("/clubs")
async def new_club(name: str, city: str):
    if await Club.exists(name=name, city=city):
        raise HTTPException(409)
    try:
        await Club.create(name=name, city=city)
    except IntegrityError:
        raise HTTPException(409) from None


register_tortoise(app, db_url="asyncpg://localhost/league", modules={"models": [__name__]})
