"""A function that looks, decides and writes under its lock is run twice by one request: each run looks for itself."""
import threading
import time

from fastapi import FastAPI, HTTPException

app = FastAPI()
lock = threading.Lock()
breaker = {"failures": 0, "open": False, "last": 0.0}
quota = {}
turns = {}


def allowed():
    with lock:
        if not breaker["open"]:
            return True
        if time.time() - breaker["last"] > 30:
            breaker["open"] = False
            breaker["failures"] = 0
            return True
        return False


def failed():
    with lock:
        breaker["failures"] += 1
        breaker["last"] = time.time()
        if breaker["failures"] >= 5:
            breaker["open"] = True


def fetch(what):
    if not allowed():  # want MB404 "breaker"
        raise HTTPException(503)
    try:
        return open_far_away(what)
    except OSError:
        failed()
    return None


@app.get("/both")
def both():
    return [fetch("first"), fetch("second")]


def spend(account):
    with lock:
        left = quota.get(account, 100)
        if left <= 0:
            raise HTTPException(429)
        quota[account] = left - 1


@app.post("/accounts/{account}/two")
def spend_two(account: str):
    spend(account)
    spend(account)


def look(turn):
    with lock:
        return turns.get(turn)


@app.post("/turns/{turn}")
def take_turn(turn: str, who: str):  # what the first look found is what decides, and the second is not looked at
    if look(turn) is not None:  # want MB404 "turns"
        raise HTTPException(409)
    with lock:
        turns[turn] = who
    look(turn)
