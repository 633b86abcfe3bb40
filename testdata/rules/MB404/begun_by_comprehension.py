# Containers of the module that begin with something under each key.

import threading

from fastapi import FastAPI, HTTPException

app = FastAPI()
tickets = {n: None for n in range(1, 501)}
seats = [None for _ in range(40)]
desks = [None] * 12
lockers = dict.fromkeys(range(60))
mutex = threading.Lock()


@app.post("/tickets/{n}")
def take_ticket(n: int, who: str):
    if n not in tickets:
        raise HTTPException(404)
    if tickets[n] is not None:  # want MB404 "tickets"
        raise HTTPException(409, "gone")
    tickets[n] = who


@app.post("/seats/{n}")
def take_seat(n: int, who: str):
    if seats[n] is not None:  # want MB404 "seats"
        raise HTTPException(409, "taken")
    seats[n] = who


@app.post("/desks/{n}")
def take_desk(n: int, who: str):
    if desks[n]:  # want MB404 "desks"
        raise HTTPException(409, "taken")
    desks[n] = who


@app.post("/lockers/{n}")
def take_locker(n: int, who: str):
    if lockers[n] is not None:  # want MB404 "lockers"
        raise HTTPException(409, "taken")
    lockers[n] = who
