"""Clients that are handed bucket and name: get, change, put, and what compares the generation."""
import io
import json

import aiohttp
from fastapi import FastAPI, HTTPException
from gcloud.aio.storage import Storage
from minio import Minio
from minio.error import S3Error

store = Minio("minio:9000")
cloud = Storage()
app = FastAPI()


@app.post("/charts/{chart}/buoys")
def add_buoy(chart: str, buoy: str):
    buoys = json.loads(store.get_object("charts", f"{chart}.json").read())  # step MB703 read
    buoys.append(buoy)
    data = json.dumps(buoys).encode()
    store.put_object("charts", f"{chart}.json", io.BytesIO(data), len(data))  # want MB703 "charts"


@app.put("/charts/{chart}")
def new_chart(chart: str, text: bytes):
    try:
        store.stat_object("charts", chart)  # step MB703 read
        raise HTTPException(409)
    except S3Error:
        pass
    store.put_object("charts", chart, io.BytesIO(text), len(text))  # want MB703 "charts"


@app.put("/v2/charts/{chart}")
def replace_chart(chart: str, text: bytes):
    store.put_object("charts", chart, io.BytesIO(text), len(text))


@app.post("/tides/{port}")
async def add_tide(port: str, tide: float):
    tides = json.loads(await cloud.download("tides", f"{port}.json"))  # step MB703 read
    tides.append(tide)
    await cloud.upload("tides", f"{port}.json", json.dumps(tides))  # want MB703 "tides"


@app.post("/v2/tides/{port}")
async def add_tide_matching(port: str, tide: float):
    found = await cloud.download_metadata("tides", f"{port}.json")
    tides = json.loads(await cloud.download("tides", f"{port}.json"))
    tides.append(tide)
    try:
        await cloud.upload("tides", f"{port}.json", json.dumps(tides), parameters={"ifGenerationMatch": found["generation"]})
    except aiohttp.ClientResponseError:
        raise HTTPException(409) from None
