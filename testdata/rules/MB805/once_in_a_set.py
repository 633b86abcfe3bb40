"""$addToSet changes nothing where the list has the value: who looks at modified_count knows whether he was the one. It counts nobody."""
from fastapi import FastAPI, HTTPException
from pymongo import AsyncMongoClient

app = FastAPI()
choirs = AsyncMongoClient("mongodb://localhost")["town"]["choirs"]


@app.post("/choirs/{choir_id}/singers/{singer}")
async def join(choir_id: str, singer: str):
    choir = await choirs.find_one({"_id": choir_id})
    if singer in choir["singers"]:
        raise HTTPException(409)
    done = await choirs.update_one({"_id": choir_id}, {"$addToSet": {"singers": singer}})
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/choirs/{choir_id}/guests/{guest}")
async def invite(choir_id: str, guest: str):
    choir = await choirs.find_one({"_id": choir_id})
    if guest in choir["guests"]:
        raise HTTPException(409)
    if len(choir["guests"]) >= 20:  # want MB805 "choirs"
        raise HTTPException(403)
    done = await choirs.update_one({"_id": choir_id}, {"$addToSet": {"guests": guest}})
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/choirs/{choir_id}/songs/{song}")
async def rehearse(choir_id: str, song: str):
    choir = await choirs.find_one({"_id": choir_id})
    if song in choir["songs"]:  # want MB805 "choirs"
        raise HTTPException(409)
    await choirs.update_one({"_id": choir_id}, {"$push": {"songs": song}})
