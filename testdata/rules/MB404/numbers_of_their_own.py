"""Things are kept under numbers that are made for them, of which none is ever there, or under what the request calls them."""
from itertools import count
from uuid import UUID, uuid4

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI()


def counting():
    number = 1
    while True:
        yield number
        number += 1


def in_turn():
    while True:
        for number in (1, 2, 3):
            yield number


stall_numbers = counting()
booth_numbers = count(1)
lane_numbers = in_turn()


def next_stall() -> int:
    return next(stall_numbers)


class Offer(BaseModel):
    name: str


class Stall(BaseModel):
    id: int = Field(default_factory=next_stall)
    name: str


class Tent(BaseModel):
    id: UUID = Field(default_factory=uuid4)
    name: str


class Lane(BaseModel):
    id: int = Field(default_factory=lambda: next(lane_numbers))
    name: str


stalls: dict[int, Stall] = {}
tents: dict[UUID, Tent] = {}
given_tents: dict[UUID, Tent] = {}
booths: dict[int, Offer] = {}
lanes: dict[int, Lane] = {}


@app.post("/stalls")
def stall_ok(offer: Offer):
    stall = Stall(**offer.model_dump())
    if stall.id in stalls:
        raise HTTPException(409)
    stalls[stall.id] = stall
    return stall


@app.post("/tents")
def tent_ok(offer: Offer):
    tent = Tent(name=offer.name)
    if tents.get(tent.id):
        raise HTTPException(409)
    tents[tent.id] = tent
    return tent


@app.post("/booths")
def booth_ok(offer: Offer):
    number = next(booth_numbers)
    if number in booths:
        raise HTTPException(409)
    booths[number] = offer
    return number


@app.post("/tents/given")
def given_tent(tent: Tent):
    if tent.id in given_tents:  # want MB404 "given_tents"
        raise HTTPException(409)
    given_tents[tent.id] = tent
    return tent


@app.post("/lanes")
def lane(offer: Offer):
    free = Lane(name=offer.name)
    if free.id in lanes:  # want MB404 "lanes"
        raise HTTPException(409)
    lanes[free.id] = free
    return free
