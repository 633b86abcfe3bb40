"""A column that is empty until somebody takes the row, asked for in the write by Peewee's is_null() and Piccolo's."""
from fastapi import FastAPI, HTTPException
from peewee import CharField, Model, PostgresqlDatabase
from piccolo.columns import Varchar
from piccolo.table import Table

app = FastAPI()
db = PostgresqlDatabase("stable")


class Stall(Model):
    horse = CharField(null=True)

    class Meta:
        database = db


class Saddle(Table):
    rider = Varchar(null=True)


@app.post("/stalls/{stall_id}")
def lead_in(stall_id: int, horse: str):
    stall = Stall.get_or_none(Stall.id == stall_id)
    if stall is None or stall.horse is not None:  # step MB107 check
        raise HTTPException(409)
    Stall.update(horse=horse).where(Stall.id == stall_id).execute()  # want MB107 "stall.horse"


@app.post("/v2/stalls/{stall_id}")
def lead_in_once(stall_id: int, horse: str):
    stall = Stall.get_or_none(Stall.id == stall_id)
    if stall is None or stall.horse is not None:
        raise HTTPException(409)
    if not Stall.update(horse=horse).where(Stall.id == stall_id, Stall.horse.is_null()).execute():
        raise HTTPException(409)


@app.post("/saddles/{saddle_id}")
async def saddle_up(saddle_id: int, rider: str):
    saddle = await Saddle.objects().get(Saddle.id == saddle_id)
    if saddle is None or saddle.rider is not None:
        raise HTTPException(409)
    mine = await Saddle.update({Saddle.rider: rider}).where(Saddle.id == saddle_id, Saddle.rider.is_null()).returning(Saddle.id)
    if not mine:
        raise HTTPException(409)
