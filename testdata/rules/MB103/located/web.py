"""The routes find the parts by the stand-in."""
from fastapi import FastAPI, HTTPException

from . import service

app = FastAPI()


@app.post("/seeds/{plant}")
async def sow(plant: str):
    if await service.SHELF.of(plant):  # step MB103 check
        raise HTTPException(409)
    await service.SHELF.add(plant)


@app.post("/grafts")
async def graft(plant: str, on: str | None = None):
    # a seed is named or it is not: what is done without one was not looked for and not found
    stock = None
    if on:
        stock = await service.SHELF.of(on)
        if not stock:
            raise HTTPException(404)
    if stock is not None:
        await service.SHELF.graft(plant, stock.id)
    else:
        await service.SHELF.graft(plant)
