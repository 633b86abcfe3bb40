"""What lies under a key is given to somebody outside and taken out when that is done: who comes in between gives it once more."""
import uuid

import httpx
import stripe
from fastapi import FastAPI, HTTPException

app = FastAPI()
parcels: dict[str, dict] = {}
hires: dict[str, dict] = {}
crates: dict[str, dict] = {}
ovens: dict[str, dict] = {}


@app.post("/parcels")
async def wrap(weight: int):
    key = uuid.uuid4().hex
    parcels[key] = {"weight": weight}
    crates[key] = {"weight": weight}
    hires[key] = {"amount": weight}
    return {"key": key}


@app.post("/parcels/{key}/send")
async def send(key: str):
    parcel = parcels.get(key)
    if parcel is None:  # want MB401 "parcels"
        raise HTTPException(404)
    async with httpx.AsyncClient() as client:
        await client.post("https://carrier.example/parcels", json=parcel)
    del parcels[key]


@app.post("/crates/{key}/send")
async def send_what_was_taken_out(key: str):
    crate = crates.pop(key, None)
    if crate is None:
        raise HTTPException(404)
    async with httpx.AsyncClient() as client:
        answer = await client.post("https://carrier.example/parcels", json=crate)
    if answer.is_error:
        crates[key] = crate
        raise HTTPException(502)


@app.post("/hires/{key}/charge")
async def charge(key: str):
    if key not in hires:  # want MB401 "hires"
        raise HTTPException(404)
    hire = hires[key]
    await stripe.Charge.create_async(amount=hire["amount"], currency="eur")
    hires.pop(key, None)


@app.put("/ovens/{key}")
async def build(key: str, url: str):
    ovens[key] = {"url": url}


@app.post("/ovens/{key}/out")
async def put_out(key: str):
    oven = ovens.get(key)
    if oven is None:
        raise HTTPException(404)
    async with httpx.AsyncClient() as client:
        await client.post(oven["url"] + "/out")  # out it is, however often
    ovens.pop(key, None)
