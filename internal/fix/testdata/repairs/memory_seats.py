"""Memory of the process: one lock from the look to the change."""
import asyncio
from fastapi import FastAPI, HTTPException
app = FastAPI()
seats = {"a": 3}
client = None

async def charge(who): 
    await asyncio.sleep(1)

@app.post("/seats/{row}/take")
async def take(row: str, who: str):
    if seats[row] < 1:
        raise HTTPException(409)
    await charge(who)
    seats[row] -= 1
    return {"left": seats[row]}

@app.get("/client")
async def get_client():
    global client
    if client is None:
        await asyncio.sleep(0.1)
        client = object()
    return {"ok": True}

class Queue:
    def __init__(self):
        self.ready = False
        self.items = []

    async def start(self):
        if self.ready:
            return
        await asyncio.sleep(1)
        self.items.append("first")
        self.ready = True

queue = Queue()

@app.post("/start")
async def start():
    await queue.start()

desks = {"a": 3}


@app.post("/desks/{row}")
def desk(row: str):
    if desks[row] < 1:
        raise HTTPException(409)
    desks[row] -= 1
