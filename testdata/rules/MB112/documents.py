"""A document is claimed by the filter of its update, and somebody has to look at the answer."""
import httpx
from bson import ObjectId
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

app = FastAPI()
db = AsyncIOMotorClient("mongodb://localhost")["theatre"]


async def pay_back(card: str, cents: int) -> None:
    async with httpx.AsyncClient() as client:
        (await client.post("https://bank.example/refunds", json={"card": card, "cents": cents})).raise_for_status()


@app.post("/tickets/{ticket_id}/return")
async def give_back(ticket_id: str):
    ticket = await db.tickets.find_one({"_id": ObjectId(ticket_id)})
    if ticket is None:
        raise HTTPException(404)
    await db.tickets.update_one({"_id": ObjectId(ticket_id), "status": "sold"}, {"$set": {"status": "returned"}})
    await pay_back(ticket["card"], ticket["cents"])  # want MB112 "tickets"


@app.post("/tickets/{ticket_id}/return-once")
async def give_back_once(ticket_id: str):
    answer = await db.tickets.update_one({"_id": ObjectId(ticket_id), "status": "sold"}, {"$set": {"status": "returned"}})
    if answer.modified_count == 0:
        raise HTTPException(409)
    ticket = await db.tickets.find_one({"_id": ObjectId(ticket_id)})
    await pay_back(ticket["card"], ticket["cents"])


@app.post("/tickets/{ticket_id}/return-found")
async def give_back_found(ticket_id: str):
    ticket = await db.tickets.find_one_and_update({"_id": ObjectId(ticket_id), "status": "sold"}, {"$set": {"status": "returned"}})
    if ticket is None:
        raise HTTPException(409)
    await pay_back(ticket["card"], ticket["cents"])


# To note where a visitor was seen claims nothing.
@app.post("/visitors/{visitor_id}/seen")
async def seen(visitor_id: str, place: str):
    await db.visitors.update_one({"_id": ObjectId(visitor_id)}, {"$set": {"place": place}})
    async with httpx.AsyncClient() as client:
        await client.post("https://signs.example/greet", json={"visitor": visitor_id})
