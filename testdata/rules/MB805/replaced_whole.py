"""A document is made into an object, changed, and stored whole in the place of what is there, whatever that is by now or if it is still what it was."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field
from pymongo import AsyncMongoClient

client = AsyncMongoClient("mongodb://localhost")
app = FastAPI()


class Kite(BaseModel):
    id: str = Field(alias="_id")
    state: str
    flyer: str | None = None


class Kites:
    def __init__(self) -> None:
        self.kites = client.beach.kites

    async def find(self, kite_id: str) -> Kite:
        found = await self.kites.find_one({"_id": kite_id})
        if found is None:
            raise HTTPException(404)
        return Kite.model_validate(found)

    async def replace(self, kite: Kite) -> None:
        await self.kites.replace_one({"_id": kite.id}, kite.model_dump(by_alias=True))

    async def replace_if(self, kite: Kite, state: str) -> bool:
        result = await self.kites.replace_one({"_id": kite.id, "state": state}, kite.model_dump(by_alias=True))
        return result.modified_count == 1


Store = Annotated[Kites, Depends()]


@app.post("/kites/{kite_id}/fly")
async def fly(kite_id: str, flyer: str, kites: Store):
    kite = await kites.find(kite_id)
    if kite.state != "rolled":  # want MB805 "kites"
        raise HTTPException(409)
    kite.state, kite.flyer = "up", flyer
    await kites.replace(kite)


@app.post("/v2/kites/{kite_id}/fly")
async def fly_if_it_is_rolled(kite_id: str, flyer: str, kites: Store):
    kite = await kites.find(kite_id)
    if kite.state != "rolled":
        raise HTTPException(409)
    kite.state, kite.flyer = "up", flyer
    if not await kites.replace_if(kite, "rolled"):
        raise HTTPException(409)
