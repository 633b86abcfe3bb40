"""A yield in a streaming route suspends; nested f-strings and except* are read."""
import asyncio
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

app = FastAPI()
watching: set[str] = set()
listening: set[str] = set()


async def ticks(name: str) -> AsyncIterator[str]:
    if name in watching:  # step MB401 check
        yield "taken\n"
        return
    yield f"hello {f'{name!r:>{10}}'}\n"
    watching.add(name)  # want MB401 "watching"
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(1))
    except* TimeoutError:
        watching.discard(name)


@app.get("/watch/{name}")
async def watch(name: str):
    return StreamingResponse(ticks(name))


@app.post("/listen/{name}")
async def listen(name: str):
    if (known := name in listening):
        raise HTTPException(409, f"{known=}")
    listening.add(name)
    await asyncio.sleep(0.1)


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
