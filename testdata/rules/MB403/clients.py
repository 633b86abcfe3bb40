"""Made on first use: with a window, under a lock, and without waiting."""
import asyncio

import aiohttp
import uvicorn
from fastapi import FastAPI

app = FastAPI()
_session: aiohttp.ClientSession | None = None
_token: str | None = None
_token_lock = asyncio.Lock()
_names: list[str] | None = None


async def login() -> str:
    async with aiohttp.ClientSession() as client:
        async with client.post("https://id.example/token") as answer:
            return await answer.text()


async def open_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(headers={"Authorization": await login()})


@app.get("/feed")
async def feed():
    global _session
    if _session is None:  # step MB403 check
        _session = await open_session()  # want MB403 "_session"
    async with _session.get("https://feed.example") as answer:
        return await answer.json()


@app.get("/token")
async def token():
    global _token
    if _token is None:
        async with _token_lock:
            if _token is None:
                _token = await login()
    return len(_token)


@app.get("/names")
async def names():
    global _names
    if _names is None:
        _names = ["ann", "bob"]
    return _names


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
