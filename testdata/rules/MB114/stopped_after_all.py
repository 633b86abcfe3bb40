"""Whoever finds a job that runs no more and notes it takes no job: a second one notes the same."""
import psutil
from fastapi import FastAPI
from peewee import CharField, DateTimeField, IntegerField, Model, PostgresqlDatabase

app = FastAPI()
db = PostgresqlDatabase("plant")


class Batch(Model):
    status = CharField()
    pid = IntegerField(null=True)
    updated_at = DateTimeField()

    class Meta:
        database = db


def run(batch_id: int):
    psutil.Popen(["run-batch", str(batch_id)])


@app.get("/running")
def running():
    batch = Batch.select().where(Batch.status == "running").order_by(Batch.updated_at.desc()).first()
    if batch is None:
        return None
    if not psutil.pid_exists(batch.pid):  # want MB107 "batch.status"
        Batch.update(status="stopped").where(Batch.id == batch.id).execute()
        return None
    return batch.id


@app.post("/next")
def start_next():
    batch = Batch.select().where(Batch.status == "waiting").order_by(Batch.updated_at).first()
    if batch is None:  # step MB114 check
        return None
    Batch.update(status="running").where(Batch.id == batch.id).execute()  # want MB114 "both run it"
    run(batch.id)
    return batch.id
