"""A pairing code that is looked at, and then taken in one step: what was taken decides. One that is looked at and written decides nothing."""
import json

import redis
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
store = redis.Redis()


@app.post("/pairings/{number}/take")
def take(number: str):
    seen = store.get(f"pairing:{number}")
    if seen is None or json.loads(seen)["state"] != "agreed":
        raise HTTPException(409)
    raw = store.getdel(f"pairing:{number}")
    if raw is None:
        raise HTTPException(409)
    pairing = json.loads(raw)
    if pairing["state"] != "agreed":
        store.setex(f"pairing:{number}", 600, json.dumps(pairing))  # back it goes
        raise HTTPException(409)
    return {"key": pairing["key"]}


@app.post("/pairings/{number}/agree")
def agree(number: str, key: str):
    left = store.ttl(f"pairing:{number}")
    store.setex(f"pairing:{number}", max(left, 60), json.dumps({"state": "agreed", "key": key}))
    return {}


@app.post("/rafts/{number}/take")
def take_raft(number: str, by: str):
    seen = store.get(f"raft:{number}")
    if seen is None or json.loads(seen)["state"] != "free":  # step MB801 check
        raise HTTPException(409)
    store.set(f"raft:{number}", json.dumps({"state": "taken", "by": by}))  # want MB801 "raft"
    return {}


@app.post("/rafts/{number}/return")
def return_raft(number: str):
    store.set(f"raft:{number}", json.dumps({"state": "free"}))
    return {}


if __name__ == "__main__":
    uvicorn.run(app)
