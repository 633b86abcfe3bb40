"""What the request took by a condition and gives back where it cannot go on is no act of its own: of the two nothing is left."""
import os

from bson import ObjectId
from fastapi import FastAPI, HTTPException
from pymongo import AsyncMongoClient

db = AsyncMongoClient(os.environ.get("MONGO_URL", "mongodb://localhost")).canteen
app = FastAPI()


@app.post("/meals/{meal_id}/orders")
async def order_ok(meal_id: str, badge: str):
    meal = await db.meals.find_one({"_id": ObjectId(meal_id)})
    if meal is None or meal["portions"] < 1:
        raise HTTPException(409)
    taken = await db.meals.update_one({"_id": meal["_id"], "portions": {"$gte": 1}}, {"$inc": {"portions": -1}})
    if taken.modified_count == 0:
        raise HTTPException(409)
    paid = await db.people.update_one({"badge": badge, "credit": {"$gte": 300}}, {"$inc": {"credit": -300}})
    if paid.modified_count == 0:
        await db.meals.update_one({"_id": meal["_id"]}, {"$inc": {"portions": 1}})
        raise HTTPException(402)


@app.post("/desserts/{dessert_id}/orders")
async def order(dessert_id: str, badge: str):
    dessert = await db.desserts.find_one({"_id": ObjectId(dessert_id)})
    if dessert is None or dessert["portions"] < 1:  # step MB805 check
        raise HTTPException(409)
    await db.desserts.update_one({"_id": dessert["_id"]}, {"$inc": {"portions": -1}})  # want MB805 "desserts"
    paid = await db.people.update_one({"badge": badge, "credit": {"$gte": 200}}, {"$inc": {"credit": -200}})
    if paid.modified_count == 0:
        await db.desserts.update_one({"_id": dessert["_id"]}, {"$inc": {"portions": 1}})
        raise HTTPException(402)
