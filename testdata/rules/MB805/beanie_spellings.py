"""Beanie: what is tested on the document, and what in the command."""
from typing import Annotated

from beanie import Document, Indexed, PydanticObjectId
from beanie.exceptions import RevisionIdWasChanged
from beanie.operators import Inc, Set
from fastapi import FastAPI, HTTPException
from pymongo.errors import DuplicateKeyError

app = FastAPI()


class Seat(Document):
    row: int
    holder: str | None = None
    held: bool = False

    class Settings:
        name = "seats"


class Stock(Document):
    sku: Annotated[str, Indexed(unique=True)]
    left: int = 0

    class Settings:
        name = "stock"


class Contract(Document):
    state: str = "draft"

    class Settings:
        name = "contracts"
        use_revision = True


@app.post("/seats/{seat_id}/hold")
async def hold(seat_id: PydanticObjectId, who: str):
    seat = await Seat.get(seat_id)  # step MB805 read
    if not seat or seat.held:  # step MB805 check
        raise HTTPException(409)
    await seat.set({Seat.held: True, Seat.holder: who})  # want MB805 "held|seats"


@app.post("/seats/{seat_id}/release")
async def release(seat_id: PydanticObjectId, who: str):
    seat = await Seat.find_one(Seat.id == seat_id)  # step MB805 read
    if seat is None or seat.holder != who:  # step MB805 check
        raise HTTPException(409)
    seat.held = False
    seat.holder = None
    await seat.save_changes()  # want MB805 "holder|held|seats"


@app.post("/stock/{sku}/take")
async def take(sku: str):
    item = await Stock.find_one({"sku": sku})  # step MB805 read
    if item is None or item.left < 1:  # step MB805 check
        raise HTTPException(409)
    await item.update(Inc({Stock.left: -1}))  # want MB805 "left|stock"


@app.post("/v2/stock/{sku}/take")
async def take_guarded(sku: str):
    done = await Stock.find_one(Stock.sku == sku, Stock.left > 0).update(Inc({Stock.left: -1}))
    if done.modified_count == 0:
        raise HTTPException(409)


@app.post("/v2/seats/{seat_id}/hold")
async def hold_guarded(seat_id: PydanticObjectId, who: str):
    done = await Seat.find_one(Seat.id == seat_id, Seat.held == False).update(Set({Seat.held: True, Seat.holder: who}))  # noqa: E712
    if not done.modified_count:
        raise HTTPException(409)


@app.post("/stock")
async def new_stock(sku: str):
    if await Stock.find_one(Stock.sku == sku).exists():
        raise HTTPException(409)
    try:
        await Stock(sku=sku).insert()
    except DuplicateKeyError:
        raise HTTPException(409) from None


@app.post("/contracts/{contract_id}/sign")
async def sign(contract_id: PydanticObjectId):
    contract = await Contract.get(contract_id)
    if contract is None or contract.state != "draft":
        raise HTTPException(409)
    contract.state = "signed"
    try:
        await contract.save()
    except RevisionIdWasChanged:
        raise HTTPException(409) from None
