"""def routes: no await is needed."""
import threading
from collections import deque

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
seats: dict[int, str] = {}
places: dict[int, str] = {}
log: deque[str] = deque(maxlen=100)
guard = threading.Lock()


class Counter:
    served = 0


@app.post("/seats/{seat}")
def take(seat: int, name: str):
    if seat in seats:  # step MB404 check
        raise HTTPException(409)
    seats[seat] = name  # want MB404 "seats"


@app.post("/served")
def served():
    Counter.served += 1  # want MB404 "served"


@app.post("/places/{place}")
def take_place(place: int, name: str):
    with guard:
        if place in places:
            raise HTTPException(409)
        places[place] = name


@app.post("/log")
def write_log(line: str):
    log.append(line)


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
