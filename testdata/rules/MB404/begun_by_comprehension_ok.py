# The same containers, one thread at a time.

import threading

from fastapi import FastAPI, HTTPException

app = FastAPI()
tickets = {n: None for n in range(1, 501)}
seats = [None for _ in range(40)]
locks = {n: threading.Lock() for n in range(40)}
mutex = threading.Lock()


@app.post("/tickets/{n}")
def take_ticket(n: int, who: str):
    if n not in tickets:
        raise HTTPException(404)
    with mutex:
        if tickets[n] is not None:
            raise HTTPException(409, "gone")
        tickets[n] = who


@app.post("/seats/{n}")
def take_seat(n: int, who: str):
    with locks[n]:
        if seats[n] is not None:
            raise HTTPException(409, "taken")
        seats[n] = who
