"""A code in Redis works once: it is looked at, taken away, and something is given for it. What ends a session gives nothing."""

from uuid import uuid4

import redis
from fastapi import FastAPI, HTTPException

app = FastAPI()
store = redis.Redis()


@app.post("/desks/{desk}/tickets")
def issue(desk: str):
    ticket = uuid4().hex
    store.setex(f"desk:{ticket}", 600, desk)
    store.setex(f"reset:{ticket}", 600, desk)
    return {"ticket": ticket}


@app.post("/tickets/exchange")
def exchange(ticket: str):
    if store.get(f"desk:{ticket}") is None:  # want MB802 "desk"
        raise HTTPException(401)
    store.delete(f"desk:{ticket}")  # step MB802 act
    following = uuid4().hex
    store.setex(f"desk:{following}", 600, "next")
    return {"ticket": following}


@app.post("/tickets/exchange-once")
def exchange_once(ticket: str):
    if store.getdel(f"desk:{ticket}") is None:
        raise HTTPException(401)
    following = uuid4().hex
    store.setex(f"desk:{following}", 600, "next")
    return {"ticket": following}


@app.post("/tickets/exchange-counted")
def exchange_counted(ticket: str):
    if store.get(f"desk:{ticket}") is None:
        raise HTTPException(401)
    if not store.delete(f"desk:{ticket}"):
        raise HTTPException(401)
    following = uuid4().hex
    store.setex(f"desk:{following}", 600, "next")
    return {"ticket": following}


@app.post("/pins/reset")
def reset(ticket: str):
    desk = store.get(f"reset:{ticket}")
    if not desk:  # want MB802 "reset"
        raise HTTPException(401)
    store.delete(f"reset:{ticket}")  # step MB802 act
    return {"desk": desk}


@app.post("/leave")
def leave(visit: str):
    if store.get(f"visit:{visit}") is None:
        raise HTTPException(401)
    store.delete(f"visit:{visit}")
    return {"left": True}


@app.post("/vouchers/{code}/members")
def hand_in_member(code: str, guest: str):
    if not store.sismember("vouchers:open", code):  # step MB802 check
        raise HTTPException(410)
    store.srem("vouchers:open", code)  # want MB802 "vouchers:open"
    store.hincrby("guests:credit", guest, 5)


@app.post("/vouchers/{code}/members/tested")
def hand_in_member_once(code: str, guest: str):
    if not store.sismember("vouchers:left", code):
        raise HTTPException(410)
    if not store.srem("vouchers:left", code):
        raise HTTPException(410)
    store.hincrby("guests:credit", guest, 5)
