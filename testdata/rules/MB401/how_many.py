"""How many are in: the count is asked for, each request brings its own key."""
import asyncio

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()
registry = httpx.AsyncClient(base_url="https://registry.example")
divers: dict[str, dict] = {}
swimmers: dict[str, dict] = {}
rowers: set[str] = set()


@app.post("/divers/{name}", status_code=201)
async def dive(name: str):
    if len(divers) >= 12:  # step MB401 check
        raise HTTPException(409, "the boat is full")
    licence = (await registry.get(f"/licences/{name}")).json()
    divers[name] = licence  # want MB401 "divers"


@app.post("/rowers/{name}", status_code=201)
async def row(name: str):
    if len(rowers) >= 8:
        raise HTTPException(409, "the boat is full")
    rowers.add(name)
    await registry.post("/rowers", json={"name": name})


class Pool:
    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.turnstile = asyncio.Lock()
        self.inside: dict[str, dict] = {}

    async def enter(self, name: str) -> None:
        turnstile = asyncio.Lock()
        async with turnstile:
            if len(swimmers) >= self.lanes:  # step MB408 check
                raise HTTPException(409, "no lane is free")
            swimmers[name] = (await registry.get(f"/swimmers/{name}")).json()  # want MB408 "swimmers"

    async def enter_in_turn(self, name: str) -> None:
        async with self.turnstile:
            if len(self.inside) >= self.lanes:
                raise HTTPException(409, "no lane is free")
            self.inside[name] = (await registry.get(f"/swimmers/{name}")).json()


pool = Pool(6)


@app.post("/pool/{name}", status_code=201)
async def enter(name: str):
    await pool.enter(name)


@app.post("/quiet-pool/{name}", status_code=201)
async def enter_in_turn(name: str):
    await pool.enter_in_turn(name)


class OncePerForm(BaseHTTPMiddleware):
    def __init__(self, app, header: str) -> None:
        super().__init__(app)
        self.header = header
        self.sent: set[str] = set()

    async def dispatch(self, request, call_next):
        form = request.headers[self.header]
        if form in self.sent:  # step MB401 check
            raise HTTPException(409, "sent already")
        response = await call_next(request)
        self.sent.add(form)  # want MB401 "sent"
        return response


app.add_middleware(OncePerForm, header="x-form")

if __name__ == "__main__":
    uvicorn.run("how_many:app", workers=1)
