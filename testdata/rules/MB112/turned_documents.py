"""A basket is found, an order is made of it, and the basket is deleted: two requests make two orders of it."""
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

app = FastAPI()
db = AsyncIOMotorClient("mongodb://localhost").garden


@app.post("/baskets/{person}/orders")
async def order(person: str):
    basket = await db.baskets.find_one({"person": person})
    if not basket:
        raise HTTPException(404)
    await db.orders.insert_one({"person": person, "lines": basket["lines"]})
    await db.baskets.delete_one({"person": person})  # want MB112 "baskets"


@app.post("/people/{person}/orders")
async def order_taken_ok(person: str):
    basket = await db.baskets.find_one_and_delete({"person": person})
    if not basket:
        raise HTTPException(404)
    await db.orders.insert_one({"person": person, "lines": basket["lines"]})
