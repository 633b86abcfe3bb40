"""A helper that puts a row right on its way gives the same row in any case: to find that there is one asks nothing of its state."""
import psutil
from fastapi import FastAPI, HTTPException
from peewee import CharField, DoesNotExist, IntegerField, Model, PostgresqlDatabase

app = FastAPI()
db = PostgresqlDatabase("mill")


class Grind(Model):
    status = CharField()
    notes = CharField(null=True)
    pid = IntegerField(null=True)

    class Meta:
        database = db


def settled(grind: Grind) -> Grind:
    if grind.status != "running":
        return grind
    if not psutil.pid_exists(grind.pid):
        Grind.update(status="stopped").where(Grind.id == grind.id).execute()  # want MB107 "grind.status"
    return grind


def by_id(grind_id: int):
    try:
        return settled(Grind.get(Grind.id == grind_id))
    except DoesNotExist:
        return None


@app.post("/grinds/{grind_id}/notes")
def note(grind_id: int, notes: str):
    grind = by_id(grind_id)
    if not grind:
        raise HTTPException(404)
    Grind.update(notes=notes).where(Grind.id == grind_id).execute()


@app.post("/grinds/{grind_id}/rename")
def rename(grind_id: int, notes: str):
    grind = by_id(grind_id)
    if not grind or grind.status == "running":
        raise HTTPException(409)
    Grind.update(status="running", notes=notes).where(Grind.id == grind_id).execute()  # want MB107 "grind.status"
