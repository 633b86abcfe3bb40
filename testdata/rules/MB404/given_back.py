"""A lock is given back on whatever way its block is left: what comes after a return out of its middle is not under it."""
import asyncio
import threading
from contextlib import contextmanager

from fastapi import FastAPI, HTTPException

app = FastAPI()
lock = threading.Lock()
seats = {}
bells = {}
doors = {}
lamps = {}


def is_free(seat):
    with lock:
        if seat not in seats:
            return True
        return False


def is_silent(bell):
    lock.acquire()
    try:
        if bell not in bells:
            return True
        return False
    finally:
        lock.release()


@contextmanager
def alone():
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def is_shut(door):
    with alone():
        if door not in doors:
            return True
        return False


@app.post("/seats/{seat}")
def take_seat(seat: str, who: str):
    if not is_free(seat):  # want MB404 "seats"
        raise HTTPException(409)
    with lock:
        seats[seat] = who


@app.post("/bells/{bell}")
def take_bell(bell: str, who: str):
    if not is_silent(bell):  # want MB404 "bells"
        raise HTTPException(409)
    bells[bell] = who


@app.post("/doors/{door}")
def take_door(door: str, who: str):
    if not is_shut(door):  # want MB404 "doors"
        raise HTTPException(409)
    with alone():
        doors[door] = who


def light(lamp, who):
    with lock:
        if lamp in lamps:
            return False
        lamps[lamp] = who
        return True


@app.post("/lamps/{lamp}")
def take_lamp(lamp: str, who: str):  # look and write under one lock
    if not light(lamp, who):
        raise HTTPException(409)


def hand_on(lamp, who):
    with lock:
        if lamp not in lamps:
            raise HTTPException(404)
        for holder in list(lamps.values()):
            if holder == who:
                return False
        lamps[lamp] = who
    return True


@app.put("/lamps/{lamp}")
def give_lamp(lamp: str, who: str):
    return hand_on(lamp, who)
