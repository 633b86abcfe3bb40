"""Berths of a ferry in a dictionary under a lock for threads, and two processes that each have them all."""
import threading

from fastapi import FastAPI, HTTPException

app = FastAPI()
berths = {"north": 30, "south": 18}
turn = threading.Lock()


@app.post("/ferries/{line}/berths", status_code=201)
def reserve(line: str, count: int):
    with turn:
        if berths.get(line, 0) < count:  # step MB405 check
            raise HTTPException(409, "not enough berths")
        berths[line] -= count  # want MB405 "berths"
    return {"line": line}
