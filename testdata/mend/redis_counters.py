"""engine: redis. A counter with a limit: the step that counts tells who comes too late."""
import os
from uuid import uuid4

import redis
from fastapi import FastAPI, HTTPException

r = redis.Redis.from_url(os.environ.get("STORE_DB", "redis://localhost"), decode_responses=True)
app = FastAPI()
SEATS = 1


@app.post("/cabins", status_code=201)
def create_cabin():
    cabin = uuid4().hex
    r.set(f"cabin:{cabin}", 0)
    r.set(f"lamps:{cabin}", 1)
    return {"id": cabin, "inside": 0}


@app.get("/cabins/{cabin_id}")
def read_cabin(cabin_id: str):
    return {"id": cabin_id, "inside": int(r.get(f"cabin:{cabin_id}") or 0), "lamps": int(r.get(f"lamps:{cabin_id}") or 0)}


@app.post("/cabins/{cabin_id}/enter")
def enter_cabin(cabin_id: str):
    inside = int(r.get(f"cabin:{cabin_id}") or 0)
    if inside >= SEATS:
        raise HTTPException(409, "full")
    r.incr(f"cabin:{cabin_id}")
    return {"ok": True}


@app.post("/cabins/{cabin_id}/lamps/take")
def take_lamp(cabin_id: str):
    left = int(r.get(f"lamps:{cabin_id}") or 0)
    if left <= 0:
        raise HTTPException(409, "no lamp left")
    r.set(f"lamps:{cabin_id}", left - 1)
    return {"ok": True}
