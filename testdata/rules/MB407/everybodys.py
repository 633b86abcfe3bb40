"""What is stored for all is one object of the process, however it came to be there: nobody reads another one's. One of several, which the client
names, is his."""
import asyncio

import uvicorn
from fastapi import FastAPI, WebSocket

app = FastAPI()


class Wire:
    def __init__(self) -> None:
        self.last = None
        self.topics: set[str] = set()

    async def connect(self) -> None:
        await asyncio.sleep(1)


class Stage:
    def __init__(self) -> None:
        self.wire = None
        self.wired = False
        self.room = None

    async def open(self):
        if not self.wired:
            await wire.connect()
            self.wire = wire
            self.wired = True  # want MB401 "wired"
        return self.wire

    async def say(self, text: str) -> None:
        await asyncio.sleep(1)
        self.room.last = text


wire = Wire()
rooms = {"red": Wire(), "blue": Wire()}
stage = Stage()


@app.websocket("/listen/{topic}")
async def listen(wire: WebSocket, topic: str):
    await wire.accept()
    opened = await stage.open()
    opened.topics.add(topic)
    while await wire.receive_text():
        opened = await stage.open()
        opened.topics.discard(topic)


@app.post("/rooms/{room}")
async def say(room: str, text: str):
    stage.room = rooms[room]  # want MB407 "room"
    await stage.say(text)
    return {}


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
