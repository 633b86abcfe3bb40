"""A key that is given what was read there lives longer and holds the same: only who ends it meanwhile finds it alive again."""
import redis
from fastapi import FastAPI, HTTPException

app = FastAPI()
store = redis.Redis(decode_responses=True)


@app.post("/visits/{visit}")
def greet(visit: str, token: str):
    known = store.get(f"visit:{visit}")
    if known != token:
        raise HTTPException(401)
    store.set(f"visit:{visit}", known, ex=600)


@app.post("/stays/{stay}")
def prolong(stay: str, token: str):
    known = store.get(f"stay:{stay}")
    if known != token:  # step MB801 check
        raise HTTPException(401)
    store.set(f"stay:{stay}", known, ex=600)  # want MB801 "stay"


@app.delete("/stays/{stay}")
def leave(stay: str):
    store.delete(f"stay:{stay}")
