"""A flag that refuses who comes while the work is under way, and a value that is made by what asks for it again."""
import asyncio
import threading
import time

from fastapi import FastAPI

app = FastAPI()


class Press:
    def __init__(self):
        self.running = False
        self.sheets = 0

    def run(self):
        if self.running:
            return

        try:
            self.running = True
            time.sleep(3)
            self.sheets = 100
        finally:
            self.running = False


press = Press()
plates = None


@app.post("/run")
def run():
    press.run()


async def engraved():
    await asyncio.sleep(0.1)
    return await get_plates(False)


async def get_plates(fresh: bool):
    global plates
    if plates is None:
        if fresh:
            await engraved()
        plates = object()
    return plates


@app.get("/plates")
async def show():
    await get_plates(True)
    return {"ok": True}


MODEL = None  # made when it is asked for
VOICE = None


@app.post("/say")
async def say(kind: str):
    global MODEL, VOICE
    if kind == "none":
        model = None
    elif kind == "large":
        if MODEL is None:
            await asyncio.sleep(1)
            MODEL = object()
        model = MODEL
    else:
        model = VOICE
    return {"model": str(model)}
