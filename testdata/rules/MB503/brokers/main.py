"""Who grades is told of a crate before it is there, and after."""
import json

from fastapi import FastAPI
from rows import Crate, Session, producer

app = FastAPI()


@app.post("/crates")
async def weigh_in(kilos: float):
    async with Session() as db:
        crate = Crate(kilos=kilos)
        db.add(crate)
        await db.flush()
        await producer.send_and_wait("crates", json.dumps({"id": crate.id}).encode())  # want MB503 "crates"
        await db.commit()


@app.post("/v2/crates")
async def weigh_in_first(kilos: float):
    async with Session() as db:
        crate = Crate(kilos=kilos)
        db.add(crate)
        await db.commit()
        await producer.send_and_wait("crates", json.dumps({"id": crate.id}).encode())
