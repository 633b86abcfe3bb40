"""Where the branch decides, and not a value: who makes the first privileged account makes it only while there is none."""
from fastapi import FastAPI, HTTPException
from pymongo import AsyncMongoClient
from pymongo.errors import DuplicateKeyError

app = FastAPI()
db = AsyncMongoClient("mongodb://localhost").get_database("panel")


@app.post("/setup")
async def setup(login: str):
    if await db.accounts.count_documents({"role": "root"}):  # want MB108 "accounts"
        raise HTTPException(403)
    await db.accounts.insert_one({"login": login, "role": "root"})


@app.post("/setup/once")
async def setup_ok(login: str):
    try:
        await db.settings.insert_one({"_id": "root-account", "login": login})
    except DuplicateKeyError:
        raise HTTPException(403)
    await db.accounts.insert_one({"login": login, "role": "root"})


@app.post("/guests")
async def guest(login: str):
    if await db.guests.count_documents({"role": "visitor"}) == 0:  # want MB115 "guests"
        await db.guests.insert_one({"login": login, "role": "visitor"})
