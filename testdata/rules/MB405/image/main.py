"""An in-flight guard of one process, with four."""
import asyncio

from fastapi import FastAPI, HTTPException

app = FastAPI()
app.state.importing = set()


async def work() -> None:
    await asyncio.sleep(1)


@app.post("/imports/{name}")
async def start(name: str):
    if name in app.state.importing:  # step MB405 check
        raise HTTPException(409)
    app.state.importing.add(name)  # want MB405 "importing"
    try:
        await work()
    finally:
        app.state.importing.discard(name)
