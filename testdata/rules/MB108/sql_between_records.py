"""The first account is the chief's: asked in a transaction of records that takes an advisory lock by SQL text of its own."""
from fastapi import FastAPI
from tortoise import connections, fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

app = FastAPI()
ENROLMENT = 71003


class Usher(Model):
    id = fields.IntField(primary_key=True)
    role = fields.CharField(max_length=10)


class Porter(Model):
    id = fields.IntField(primary_key=True)
    role = fields.CharField(max_length=10)


class Warden(Model):
    id = fields.IntField(primary_key=True)
    role = fields.CharField(max_length=10)


@app.post("/ushers")
async def enrol_usher():
    async with in_transaction() as conn:
        await conn.execute_query("SELECT pg_advisory_xact_lock($1)", [ENROLMENT])
        role = "usher" if await Usher.all().using_db(conn).exists() else "chief"
        await Usher.create(role=role, using_db=conn)


@app.post("/porters")
async def enrol_porter():
    async with in_transaction() as conn:
        role = "porter" if await Porter.all().using_db(conn).exists() else "chief"
        await Porter.create(role=role, using_db=conn)  # want MB108 "porter"


@app.post("/wardens")
async def enrol_warden():
    await connections.get("default").execute_query("SELECT pg_advisory_xact_lock($1)", [ENROLMENT])
    role = "warden" if await Warden.all().exists() else "chief"
    await Warden.create(role=role)  # want MB108 "warden"
