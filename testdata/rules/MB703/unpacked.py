"""A document that is unpacked into a model, changed and put back, with and without the version that was read."""
import requests
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
http = requests.Session()


class Timetable(BaseModel):
    line: str
    stops: list[str]


@app.post("/lines/{line}/stops/{stop}")
def add_stop(line: str, stop: str):
    table = Timetable(**http.get(f"http://tables.example/{line}", timeout=5).json())
    table.stops.append(stop)
    http.put(f"http://tables.example/{line}", json=table.model_dump(), timeout=5)  # want MB703 "tables"


@app.post("/lines/{line}/stops/{stop}/carefully")
def add_stop_carefully(line: str, stop: str):
    answer = http.get(f"http://tables.example/{line}", timeout=5)
    table = Timetable(**answer.json())
    table.stops.append(stop)
    done = http.put(f"http://tables.example/{line}", json=table.model_dump(), headers={"If-Match": answer.headers["ETag"]}, timeout=5)
    if done.status_code == 412:
        raise HTTPException(409)
