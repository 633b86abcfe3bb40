"""The first document gets the privilege."""
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient

store = AsyncIOMotorClient("mongodb://store.example").club
app = FastAPI()


@app.post("/members")
async def join(name: str):
    role = "member" if await store.members.count_documents({}) else "admin"
    await store.members.insert_one({"name": name, "role": role})  # want MB108 "members"


@app.post("/guests")
async def join_claimed(name: str):
    claim = await store.setup.update_one({"_id": "admin"}, {"$setOnInsert": {"name": name}}, upsert=True)
    role = "admin" if claim.upserted_id else "guest"
    await store.guests.insert_one({"name": name, "role": role})
