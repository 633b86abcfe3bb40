"""Beanie: what was checked goes into the query that is updated."""
from beanie import Document, PydanticObjectId
from beanie.operators import Inc
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Stall(Document):
    state: str = "free"
    rented: bool = False
    places: int = 0

    class Settings:
        name = "stalls"


@app.post("/stalls/{stall_id}/rent")
async def rent(stall_id: PydanticObjectId):
    stall = await Stall.get(stall_id)
    if not stall or stall.rented:
        raise HTTPException(409)
    await stall.set({Stall.rented: True})


@app.post("/stalls/{stall_id}/close")
async def close(stall_id: PydanticObjectId):
    stall = await Stall.get(stall_id)
    if stall.state != "free":
        raise HTTPException(409, "in use")
    await stall.set({Stall.state: "closed"})


@app.post("/stalls/{stall_id}/sell")
async def sell(stall_id: PydanticObjectId, places: int):
    stall = await Stall.get(stall_id)
    if stall.places < places:
        raise HTTPException(409, "full")
    await stall.update(Inc({Stall.places: -places}))
