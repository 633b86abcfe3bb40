"""What get_or_create gives is the row that is there, whoever made it: what it holds was read, and may be old when it is written."""
from fastapi import FastAPI, HTTPException
from peewee import CharField, IntegerField, Model
from playhouse.pool import PooledPostgresqlDatabase

db = PooledPostgresqlDatabase("purses", host="db")
app = FastAPI()


class Purse(Model):
    owner = CharField(unique=True)
    coins = IntegerField(default=10)

    class Meta:
        database = db


class Welcome(Model):
    owner = CharField(unique=True)

    class Meta:
        database = db


@app.post("/purses/{owner}/spend")
def spend(owner: str, amount: int):
    purse, _ = Purse.get_or_create(owner=owner)
    if purse.coins < amount:  # want MB101 "coins"
        raise HTTPException(402)
    purse.coins -= amount
    purse.save()


@app.post("/purses/{owner}/spend-guarded")
def spend_ok(owner: str, amount: int):
    purse, _ = Purse.get_or_create(owner=owner)
    if not Purse.update(coins=Purse.coins - amount).where(Purse.id == purse.id, Purse.coins >= amount).execute():
        raise HTTPException(402)


@app.post("/welcome/{owner}")
def welcome(owner: str):
    _, created = Welcome.get_or_create(owner=owner)
    if created:
        Purse.update(coins=Purse.coins + 5).where(Purse.owner == owner).execute()
