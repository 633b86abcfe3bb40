"""A script that only looks, or says how long a key is kept, takes nothing: what follows it is decided by itself."""
import os
import socket

import redis
from fastapi import FastAPI, HTTPException

SELF = f"{socket.gethostname()}:{os.getpid()}"
r = redis.Redis(host="redis", decode_responses=True)
app = FastAPI()

RENEW = r.register_script(
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('expire', KEYS[1], ARGV[2]) end return 0"
)
TAKE = r.register_script(
    "if redis.call('exists', KEYS[1]) == 1 then return 0 end redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[2]) return 1"
)


def begin_watch() -> bool:
    if RENEW(keys=["watch"], args=[SELF, 15]):
        return True
    if r.exists("watch"):
        return False
    r.set("watch", SELF, ex=15)  # want MB802 "watch"
    return True


@app.post("/watch")
def watch():
    if not begin_watch():
        raise HTTPException(409)
    return {"watching": SELF}


@app.post("/round/{gate}")
def go_round(gate: str):
    if RENEW(keys=[f"round:{gate}"], args=[SELF, 15]):
        return {"watching": SELF}
    if not r.set(f"round:{gate}", SELF, ex=15, nx=True):
        raise HTTPException(409)
    return {"watching": SELF}


@app.post("/bell/{gate}")
def ring(gate: str):
    if r.exists(f"bell:{gate}"):
        raise HTTPException(409)
    if not TAKE(keys=[f"bell:{gate}"], args=[SELF, 15]):
        raise HTTPException(409)
    return {"ringing": SELF}
