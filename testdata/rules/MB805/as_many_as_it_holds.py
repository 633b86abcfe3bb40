"""How long a list of a document is, beside the most that the same document allows: both are of the document as it was read."""
from fastapi import FastAPI, HTTPException
from pymongo import AsyncMongoClient

app = FastAPI()
ferries = AsyncMongoClient("mongodb://localhost")["port"]["ferries"]


@app.post("/ferries/{ferry_id}/cars/{plate}")
async def board(ferry_id: str, plate: str):
    ferry = await ferries.find_one({"_id": ferry_id})
    if len(ferry["cars"]) >= ferry["deck"]:  # want MB805 "ferries"
        raise HTTPException(409)
    await ferries.update_one({"_id": ferry_id}, {"$push": {"cars": plate}})


@app.post("/v2/ferries/{ferry_id}/cars/{plate}")
async def board_if_room(ferry_id: str, plate: str):
    ferry = await ferries.find_one({"_id": ferry_id})
    if len(ferry["cars"]) >= ferry["deck"]:
        raise HTTPException(409)
    done = await ferries.update_one(
        {"_id": ferry_id, "$expr": {"$lt": [{"$size": "$cars"}, "$deck"]}}, {"$push": {"cars": plate}}
    )
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/v3/ferries/{ferry_id}/cars/{plate}")
async def board_as_seen(ferry_id: str, plate: str):
    ferry = await ferries.find_one({"_id": ferry_id})
    if len(ferry["cars"]) >= ferry["deck"]:
        raise HTTPException(409)
    done = await ferries.update_one({"_id": ferry_id, "cars": ferry["cars"]}, {"$push": {"cars": plate}})
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/v4/ferries/{ferry_id}/cars/{plate}")
async def board_if_place_free(ferry_id: str, plate: str):
    ferry = await ferries.find_one({"_id": ferry_id})
    if len(ferry["cars"]) >= 40:
        raise HTTPException(409)
    done = await ferries.update_one({"_id": ferry_id, "cars.39": {"$exists": False}}, {"$push": {"cars": plate}})
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/v5/ferries/{ferry_id}/cars/{plate}")
async def board_if_its_place_is_free(ferry_id: str, plate: str):
    ferry = await ferries.find_one({"_id": ferry_id})
    if len(ferry["cars"]) >= ferry["deck"]:
        raise HTTPException(409)
    done = await ferries.update_one(
        {"_id": ferry_id, f"cars.{ferry['deck'] - 1}": {"$exists": False}}, {"$push": {"cars": plate}}
    )
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/v6/ferries/{ferry_id}/passengers")
async def embark(ferry_id: str):
    ferry = await ferries.find_one({"_id": ferry_id})
    if ferry["aboard"] >= ferry["seats"]:
        raise HTTPException(409)
    done = await ferries.update_one({"_id": ferry_id, "$expr": {"$lt": ["$aboard", "$seats"]}}, {"$inc": {"aboard": 1}})
    if done.modified_count == 0:
        raise HTTPException(409)


# What is asked of the crew says nothing of the passengers.
@app.post("/v7/ferries/{ferry_id}/passengers")
async def embark_by_crew(ferry_id: str):
    ferry = await ferries.find_one({"_id": ferry_id})
    if ferry["guests"] >= ferry["beds"]:  # want MB805 "ferries"
        raise HTTPException(409)
    done = await ferries.update_one({"_id": ferry_id, "$expr": {"$lt": ["$crew", "$cabins"]}}, {"$inc": {"guests": 1}})
    if done.modified_count == 0:
        raise HTTPException(409)
