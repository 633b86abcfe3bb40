"""An entry under a name that was drawn at random and given away is a ticket, where whoever comes with the name takes it out."""
import json
import secrets

import httpx
from fastapi import APIRouter, FastAPI, HTTPException
from redis.asyncio import Redis

app = FastAPI()
kv = Redis(decode_responses=True)
identity = httpx.AsyncClient(base_url="https://id.example")
router = APIRouter()


@router.get("/start")
async def start():
    state = secrets.token_urlsafe(24)
    await kv.setex(f"signin:{state}", 600, "open")
    return state


@router.get("/back")
async def back(code: str, state: str):
    if not await kv.exists(f"signin:{state}"):  # want MB802 "signin"
        raise HTTPException(400)
    answer = await identity.post("/token", data={"code": code})
    await kv.delete(f"signin:{state}")
    return answer.json()


@router.post("/notes")
async def leave(text: str):
    name = secrets.token_hex(16)
    await kv.set(f"burn:{name}", json.dumps({"text": text}), ex=86400)
    return name


@router.post("/notes/{name}/read")
async def read_once(name: str):
    raw = await kv.get(f"burn:{name}")
    if raw is None:  # want MB802 "burn"
        raise HTTPException(404)
    await kv.delete(f"burn:{name}")
    return json.loads(raw)


@router.post("/tickets")
async def sell():
    ticket = secrets.token_urlsafe()
    await kv.set(f"entry:{ticket}", "sold")
    return ticket


@router.post("/entries/{ticket}")
async def enter_ok(ticket: str):
    if not await kv.delete(f"entry:{ticket}"):
        raise HTTPException(404)
    await identity.post("/entries", json={"ticket": ticket})


@router.post("/sessions")
async def sign_in(name: str):
    sid = secrets.token_urlsafe()
    await kv.set(f"visit:{sid}", name)
    return sid


@router.get("/me/{sid}")
async def me(sid: str):
    return await kv.get(f"visit:{sid}")


@router.post("/sessions/{sid}/end")
async def sign_out_ok(sid: str):
    if not await kv.exists(f"visit:{sid}"):
        raise HTTPException(404)
    await kv.delete(f"visit:{sid}")


app.include_router(router)
