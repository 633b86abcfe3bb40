"""engine: redis. The command that changes something tells whether it was first."""
import os
from uuid import uuid4

import redis
from fastapi import FastAPI, HTTPException

r = redis.Redis.from_url(os.environ.get("STORE_DB", "redis://localhost"), decode_responses=True)
app = FastAPI()


@app.post("/codes", status_code=201)
def create_code():
    code = uuid4().hex
    r.setex(f"code:{code}", 600, "ten")
    return {"id": code, "open": True}


@app.get("/codes/{code_id}")
def read_code(code_id: str):
    return {"id": code_id, "open": r.exists(f"code:{code_id}") == 1, "holder": r.get(f"holder:{code_id}")}


@app.post("/codes/{code_id}/claim")
def claim_code(code_id: str):
    if r.exists(f"holder:{code_id}"):
        raise HTTPException(409, "claimed")
    r.set(f"holder:{code_id}", uuid4().hex, ex=60)
    return {"ok": True}


@app.post("/codes/{code_id}/exchange")
def exchange_code(code_id: str):
    if r.get(f"code:{code_id}") is None:
        raise HTTPException(404, "no such code")
    r.delete(f"code:{code_id}")
    following = uuid4().hex
    r.setex(f"code:{following}", 600, "next")
    return {"code": following}
