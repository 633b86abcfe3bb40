"""The number of a new document is counted on from that of the highest one, or from how many there are."""
from fastapi import FastAPI, HTTPException
from pymongo import DESCENDING, AsyncMongoClient

db = AsyncMongoClient("mongodb://mongo").harbour
app = FastAPI()


@app.post("/lists/{list_id}/cards")
async def last_of_list(list_id: str, title: str):
    last = await db.cards.find_one({"list_id": list_id}, sort=[("place", -1)])  # step MB113 read
    place = (last.get("place", -1) + 1) if last else 0
    await db.cards.insert_one({"list_id": list_id, "title": title, "place": place})  # want MB113 "cards"


@app.post("/years/{year}/invoices")
async def last_of_year(year: int):
    cursor = db.invoices.find({"year": year}).sort("number", DESCENDING).limit(1)
    found = await cursor.to_list(length=1)
    number = int(found[0]["number"].split("-")[1]) + 1 if found else 1
    await db.invoices.insert_one({"year": year, "number": f"{year}-{number:06d}"})  # want MB113 "invoices"


@app.post("/licences")
async def as_many_as_there_are():
    number = await db.licences.count_documents({}) + 1
    await db.licences.insert_one({"number": number})  # want MB113 "licences"


@app.post("/lists/{list_id}/sums")
async def running_sum(list_id: str, amount: int):
    last = await db.entries.find_one({"list_id": list_id}, sort=[("at", -1)])
    if last["sum"] + amount < 0:
        raise HTTPException(409)
    await db.entries.insert_one({"list_id": list_id, "sum": last["sum"] + amount})  # want MB103 "reckoned without the other's"


@app.post("/counters/{name}")
async def counted_by_the_database(name: str):
    counter = await db.counters.find_one_and_update({"_id": name}, {"$inc": {"number": 1}})
    await db.tickets.insert_one({"number": counter["number"]})
