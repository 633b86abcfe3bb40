from fastapi import FastAPI, HTTPException

from .uow import UnitOfWork, transactional, unit_of_work

app = FastAPI()


@transactional
async def load_onto_truck(crate_id: int, *, uow: UnitOfWork) -> None:
    crate = await uow.crates.by_id(crate_id)
    if crate.state != "stored":  # step MB107 check
        raise HTTPException(409)
    crate.state = "loaded"  # want MB107 "state"


@transactional
async def load_locked(crate_id: int, *, uow: UnitOfWork) -> None:
    crate = await uow.crates.lock(crate_id)
    if crate.state != "stored":
        raise HTTPException(409)
    crate.state = "loaded"


@app.post("/crates/{crate_id}/load")
async def load(crate_id: int):
    await load_onto_truck(crate_id)


@app.post("/v2/crates/{crate_id}/load")
async def load_v2(crate_id: int):
    await load_locked(crate_id)


@app.post("/crates/{crate_id}/scrap")
async def scrap(crate_id: int):
    async with unit_of_work() as uow:
        crate = await uow.crates.by_id(crate_id)
        if crate.state == "loaded":
            raise HTTPException(409)
        crate.state = "scrapped"  # want MB107 "state"


@app.post("/v2/crates/{crate_id}/scrap")
async def scrap_v2(crate_id: int):
    async with unit_of_work() as uow:
        crate = await uow.crates.lock(crate_id)
        if crate.state == "loaded":
            raise HTTPException(409)
        crate.state = "scrapped"
