"""A service that knows its repository by an abstract class, and a store that it knows by a protocol."""
from fastapi import Depends, FastAPI, HTTPException

from .ports import Kennels, Ledger, Strays
from .wiring import kennels, ledger, strays

app = FastAPI()


class Shelter:
    def __init__(self, repo: Kennels):
        self.repo = repo

    async def admit(self, tag: str) -> int:
        if await self.repo.by_tag(tag):  # step MB103 check
            raise HTTPException(409)
        return await self.repo.admit(tag)  # want MB103 "tag"

    async def release(self, tag: str) -> None:
        if not await self.repo.release(tag):
            raise HTTPException(404)


def shelter(repo: Kennels = Depends(kennels)) -> Shelter:
    return Shelter(repo)


@app.post("/dogs/{tag}")
async def admit(tag: str, service: Shelter = Depends(shelter)):
    return await service.admit(tag)


@app.delete("/dogs/{tag}")
async def release(tag: str, service: Shelter = Depends(shelter)):
    await service.release(tag)


@app.post("/strays/{chip}")
async def note_stray(chip: str, store: Strays = Depends(strays)):
    await store.note(chip)


@app.post("/donations/{donor}")
async def donate(donor: str, cents: int, book: Ledger = Depends(ledger)):
    before = await book.total(donor)
    if before is None:
        raise HTTPException(404)
    await book.add(donor, cents)
