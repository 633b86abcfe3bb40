"""Made on first use: attributes of services, class attributes, app.state; under a lock, in the lifespan, and by a shared task."""
import asyncio
from contextlib import asynccontextmanager

import asyncpg
import httpx
import uvicorn
from fastapi import Depends, FastAPI, Request


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.ready = await asyncpg.create_pool("postgresql://localhost/db")
    yield
    await app.state.ready.close()


app = FastAPI(lifespan=lifespan)
app.state.pool = None


class Catalogue:
    _shared: "Catalogue | None" = None
    _shared_lock = asyncio.Lock()

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._token: str | None = None
        self._token_lock = asyncio.Lock()

    async def client(self) -> httpx.AsyncClient:
        if self._client is None:  # step MB403 check
            key = await fetch_key()
            self._client = httpx.AsyncClient(headers={"X-Key": key})  # want MB403 "_client"
        return self._client

    async def token(self) -> str:
        if not self._token:
            async with self._token_lock:
                if not self._token:
                    self._token = await fetch_key()
        return self._token

    @classmethod
    async def shared(cls) -> "Catalogue":
        if cls._shared is None:
            async with cls._shared_lock:
                if cls._shared is None:
                    one = cls()
                    await one.token()
                    cls._shared = one
        return cls._shared


catalogue = Catalogue()


async def fetch_key() -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get("https://keys.example/")).text


async def pool(request: Request) -> asyncpg.Pool:
    if request.app.state.pool is None:  # step MB403 check
        request.app.state.pool = await asyncpg.create_pool("postgresql://localhost/db")  # want MB403 "pool"
    return request.app.state.pool


_model = None


async def model():
    global _model
    if not _model:  # step MB403 check
        _model = await asyncio.to_thread(load)  # want MB403 "_model"
    return _model


def load() -> object:
    return object()


_loading: "asyncio.Task | None" = None


async def loaded():
    global _loading
    if _loading is None:
        _loading = asyncio.create_task(fetch_key())  # nothing waits between the test and this line
    return await _loading


@app.get("/items")
async def items(db=Depends(pool)):
    async with db.acquire() as conn:
        return await conn.fetch("SELECT 1")


@app.get("/model")
async def use_model(m=Depends(model)):
    return str(m)


@app.get("/catalogue")
async def use_catalogue():
    client = await catalogue.client()
    return (await client.get("https://catalogue.example/")).text


@app.get("/token")
async def use_token():
    return await catalogue.token()


@app.get("/shared")
async def use_shared():
    return str(await Catalogue.shared())


@app.get("/loaded")
async def use_loaded():
    return await loaded()


@app.get("/ready")
async def use_ready(request: Request):
    async with request.app.state.ready.acquire() as conn:
        return await conn.fetchval("SELECT 1")


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
