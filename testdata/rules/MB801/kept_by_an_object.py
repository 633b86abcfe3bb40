"""An object looks for the entry when it is made, and is asked later whether it found one: with a mark that stands for nothing."""
import json

import httpx
import redis
from fastapi import FastAPI, HTTPException

from weather import Atlas

store = redis.Redis()
app = FastAPI()


class Kept:
    _nothing = object()

    def __init__(self, key: str):
        self.key = key
        self.text = None
        self.value = Kept._nothing
        if store.exists(key):
            text = str(store.get(key))
            self.text = text
            self.value = json.loads(text) if text is not None else None

    @property
    def found(self) -> bool:
        return self.value is not Kept._nothing

    def _hold(self, value):
        text = json.dumps(value)
        self.text = text
        self.value = json.loads(text)

    def put(self, value, seconds: int):
        self._hold(value)
        if self.text:
            store.set(self.key, self.text, ex=seconds)


def degrees(atlas: Atlas) -> list:
    return [hour for hour in atlas]


# What is put there was made here, and whoever finds it goes on as whoever makes it: work is done twice.
@app.get("/outlook/{day}")
def outlook(day: str):
    kept = Kept(f"outlook:{day}")
    if not kept.found:
        kept.put({"day": day, "degrees": degrees(Atlas(day))}, seconds=60)
    return kept.value


# Who came first has the mast.
@app.post("/masts/{mast}")
def climb(mast: str, climber: str):
    kept = Kept(f"mast:{mast}")
    if not kept.found:  # want MB801 "mast:"
        kept.put({"climber": climber}, seconds=600)
    return kept.value


# Something else hangs on it.
@app.post("/balloons/{day}")
def launch(day: str):
    kept = Kept(f"balloon:{day}")
    if not kept.found:  # want MB801 "balloon:"
        kept.put({"day": day, "degrees": degrees(Atlas(day))}, seconds=60)
        httpx.post("https://balloons.example/launch", json={"day": day})
    return kept.value


class Gauge:
    def __init__(self, key: str):
        self.key = key
        self.level = store.get(key)

    def raise_by(self, by: int):
        if by > 0:
            self.level = "high"
        else:
            self.level = "low"
        store.set(self.key, self.level)


# Whatever was found is written over, on either way.
@app.post("/gauges/{name}")
def read_gauge(name: str, by: int):
    Gauge(f"gauge:{name}").raise_by(by)


class Tank:
    def __init__(self, key: str):
        self.key = key
        self.litres = int(store.get(key) or 0)

    def pour(self, litres: int):
        if litres > 0:
            self.litres = self.litres + litres
        if self.litres > 100:  # want MB801 "tank:"
            raise HTTPException(409)
        store.set(self.key, self.litres)


@app.post("/tanks/{name}")
def pour(name: str, litres: int):
    Tank(f"tank:{name}").pour(litres)
