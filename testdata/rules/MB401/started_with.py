"""A lifespan is handed the application, whether or not it says so."""
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException, Request


@asynccontextmanager
async def lifespan(application):
    application.state.hooks = {}
    application.state.names = httpx.AsyncClient(base_url="https://names.example")
    yield
    await application.state.names.aclose()


app = FastAPI(lifespan=lifespan)


@app.put("/hooks/{hook}")
async def hang(hook: int, coat: str, request: Request):
    state = request.app.state
    if hook in state.hooks:  # want MB401 "hooks"
        raise HTTPException(409)
    owner = await state.names.get(f"/{coat}")
    state.hooks[hook] = owner.text


@app.put("/at-once/{hook}")
async def hang_at_once_ok(hook: int, coat: str, request: Request):
    state = request.app.state
    owner = await state.names.get(f"/{coat}")
    if state.hooks.setdefault(hook, owner.text) != owner.text:
        raise HTTPException(409)
