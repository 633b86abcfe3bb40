"""What a middleware leaves for the handler inside it: in an object of all requests, and in the state of one."""
from contextvars import ContextVar

import httpx
import uvicorn
from fastapi import FastAPI, Request
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()
directory = httpx.AsyncClient(base_url="https://directory.example")


class Desk:
    clerk: str | None = None


held: ContextVar[dict] = ContextVar("held")


class Holder:
    """Looks like an object of all requests and keeps each thing in the context of one."""

    def __getattr__(self, name: str):
        return held.get()[name]

    def __setattr__(self, name: str, value) -> None:
        held.get()[name] = value


class Counter:
    @property
    def guest(self) -> str:
        return held.get()["guest"]

    @guest.setter
    def guest(self, value: str) -> None:
        held.set({**held.get(), "guest": value})


class Sheet:
    """Keeps what it is given like any other object, and looks at it first."""

    page: str | None = None

    def __setattr__(self, name: str, value) -> None:
        self.__dict__[name] = value and value.strip()


sheet = Sheet()
holder = Holder()
counter = Counter()


class Signature(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        Desk.clerk = request.headers.get("x-clerk")  # want MB407 "clerk"
        sheet.page = request.headers.get("x-page")  # want MB407 "page"
        holder.floor = request.headers.get("x-floor")
        counter.guest = request.headers.get("x-guest")
        return await call_next(request)


@app.middleware("http")
async def branch(request: Request, call_next):
    found = await directory.get("/branches", params={"key": request.headers["x-branch"]})
    request.app.state.branch = found.json()["id"]  # want MB407 "branch"
    return await call_next(request)


@app.middleware("http")
async def region(request: Request, call_next):
    request.state.region = request.headers.get("x-region")
    response = await call_next(request)
    app.state.last_region = request.state.region
    return response


@app.get("/letters")
async def letters(request: Request):
    return {"branch": request.app.state.branch, "clerk": Desk.clerk, "floor": holder.floor, "page": sheet.page, "guest": counter.guest, "region": request.state.region}


@app.get("/last-region")
async def last_region():
    return {"region": app.state.last_region}


app.add_middleware(Signature)

if __name__ == "__main__":
    uvicorn.run("around:app", workers=1)
