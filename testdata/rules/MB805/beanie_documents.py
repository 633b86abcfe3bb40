"""Beanie: a document is found, tested and saved whole."""
from beanie import Document, PydanticObjectId
from beanie.operators import Set
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Ride(Document):
    driver: str | None = None
    status: str = "open"


@app.post("/rides/{ride_id}/accept")
async def accept(ride_id: PydanticObjectId, driver: str):
    ride = await Ride.get(ride_id)  # step MB805 read
    if ride is None or ride.status != "open":  # step MB805 check
        raise HTTPException(409)
    ride.driver = driver
    ride.status = "accepted"
    await ride.save()  # want MB805 "status|Ride"


@app.post("/v2/rides/{ride_id}/accept")
async def accept_guarded(ride_id: PydanticObjectId, driver: str):
    result = await Ride.find_one(Ride.id == ride_id, Ride.status == "open").update(
        Set({Ride.status: "accepted", Ride.driver: driver})
    )
    if result.modified_count != 1:
        raise HTTPException(409)
