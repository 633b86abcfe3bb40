"""Whether a document is there is not changed by whoever writes into it: only who looks at what it holds decides on something that can be old."""
from datetime import datetime

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from pymongo import MongoClient

letters = MongoClient("mongodb://localhost")["post"]["letters"]
parcels = MongoClient("mongodb://localhost")["post"]["parcels"]
app = FastAPI()


class Letter(BaseModel):
    id: str
    house: str
    state: str


class Marks(BaseModel):
    state: str | None = None
    house: str | None = None
    note: str | None = None
    read_at: datetime | None = None


def letter_of(letter_id: str, house: str) -> Letter | None:
    found = letters.find_one({"_id": letter_id, "house": house})
    return Letter(id=letter_id, **found) if found else None


def mark(letter_id: str, marks: Marks) -> None:
    letters.update_one({"_id": letter_id}, {"$set": marks.dict(exclude_unset=True)})


@app.post("/houses/{house}/letters/{letter_id}/note")
def note(house: str, letter_id: str, text: str):
    letter = letter_of(letter_id, house)
    if not letter:
        raise HTTPException(404)
    mark(letter_id, Marks(note=text))


@app.post("/houses/{house}/letters/{letter_id}/read")
def read(house: str, letter_id: str):
    if letters.find_one({"_id": letter_id, "house": house}) is None:
        raise HTTPException(404)
    mark(letter_id, Marks(read_at=datetime.now()))


@app.post("/houses/{house}/letters/{letter_id}/send")
def send(house: str, letter_id: str):
    letter = letter_of(letter_id, house)
    if not letter:
        raise HTTPException(404)
    if letter.state != "sealed":
        raise HTTPException(409)
    mark(letter_id, Marks(state="sent"))  # want MB805 "letters"


@app.post("/houses/{house}/parcels/{parcel_id}/forward")
def forward(house: str, parcel_id: str, other: str):
    if parcels.find_one({"_id": parcel_id, "house": house}) is None:
        raise HTTPException(404)
    parcels.update_one({"_id": parcel_id}, {"$set": {"house": other}})  # want MB805 "parcels"
