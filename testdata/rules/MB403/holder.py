"""An object that a class method makes once, and what it in turn makes when it is first asked."""
import asyncio

import aio_pika
import uvicorn
from fastapi import FastAPI

app = FastAPI()


class Wire:
    _one: "Wire | None" = None

    def __init__(self) -> None:
        self._line = None
        self._quiet_line = None
        self._turn = asyncio.Lock()

    @classmethod
    def one(cls) -> "Wire":
        if cls._one is None:
            cls._one = cls()
        return cls._one

    async def line(self):
        if not self._line:  # step MB403 check
            self._line = await aio_pika.connect_robust("amqp://bus.example")  # want MB403 "_line"
        return self._line

    async def quiet_line(self):
        async with self._turn:
            if not self._quiet_line:
                self._quiet_line = await aio_pika.connect_robust("amqp://bus.example")
        return self._quiet_line


@app.post("/signals")
async def signal():
    line = await Wire.one().line()
    return {"closed": line.is_closed}


@app.post("/quiet-signals")
async def quiet_signal():
    line = await Wire.one().quiet_line()
    return {"closed": line.is_closed}


if __name__ == "__main__":
    uvicorn.run("holder:app", workers=1)
