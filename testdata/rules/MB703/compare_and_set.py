"""A store of documents is told by its query what it must still hold."""
import base64
import json

import requests
from fastapi import FastAPI, HTTPException

app = FastAPI()
ROUTES = "http://consul:8500/v1/kv/routes"


def held(service: str) -> tuple[list[str], int]:
    entry = requests.get(f"{ROUTES}/{service}", timeout=3).json()[0]
    return json.loads(base64.b64decode(entry["Value"])), entry["ModifyIndex"]


@app.post("/services/{service}/backends")
def add(service: str, address: str):
    backends, _ = held(service)
    requests.put(f"{ROUTES}/{service}", data=json.dumps([*backends, address]), timeout=3)  # want MB703 "routes"


@app.post("/v2/services/{service}/backends")
def add_to_what_was_read(service: str, address: str):
    backends, index = held(service)
    done = requests.put(f"{ROUTES}/{service}", params={"cas": index}, data=json.dumps([*backends, address]), timeout=3)
    if done.text.strip() != "true":
        raise HTTPException(409)
