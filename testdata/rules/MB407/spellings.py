"""Who asks, kept where all requests look: services, module names, class attributes, app.state; and kept where only one looks."""
import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Header, Request

app = FastAPI()
app.state.language = "en"
current_user: str | None = None
lock = asyncio.Lock()


@dataclass
class Caller:
    name: str
    plan: str


class Audit:
    actor: str | None = None

    @classmethod
    async def write(cls, line: str) -> None:
        async with httpx.AsyncClient() as client:
            await client.get("https://clock.example/")
            await client.post("https://audit.example/", json={"actor": cls.actor, "line": line})


class Reports:
    def __init__(self) -> None:
        self.client = httpx.AsyncClient(base_url="https://reports.example")
        self._caller: Caller | None = None
        self.last_error: str | None = None
        self.calls = 0

    async def build(self, caller: Caller, kind: str) -> dict:
        self._caller = caller  # want MB407 "_caller"
        data = (await self.client.get(f"/{kind}")).json()
        return {"for": self._caller.name, "data": data}

    async def build_right(self, caller: Caller, kind: str) -> dict:
        self.calls += 1
        data = (await self.client.get(f"/{kind}")).json()
        return {"for": caller.name, "data": data}


@lru_cache
def get_reports() -> Reports:
    return Reports()


def caller(x_name: Annotated[str, Header()], x_plan: Annotated[str, Header()]) -> Caller:
    return Caller(name=x_name, plan=x_plan)


Who = Annotated[Caller, Depends(caller)]


async def ping() -> None:
    async with httpx.AsyncClient() as client:
        await client.get("https://ping.example/")


@app.get("/reports/{kind}")
async def report(kind: str, who: Who, reports: Annotated[Reports, Depends(get_reports)]):
    return await reports.build(who, kind)


@app.get("/v2/reports/{kind}")
async def report_right(kind: str, who: Who, reports: Annotated[Reports, Depends(get_reports)]):
    return await reports.build_right(who, kind)


async def remember_user(x_name: Annotated[str, Header()]) -> None:
    global current_user
    current_user = x_name  # want MB407 "current_user"


@app.get("/me", dependencies=[Depends(remember_user)])
async def me():
    await ping()
    return {"you": current_user}


@app.post("/lines")
async def add_line(line: str, x_name: Annotated[str, Header()]):
    Audit.actor = x_name  # want MB407 "actor"
    await Audit.write(line)


@app.get("/hello")
async def hello(request: Request):
    request.app.state.language = request.headers.get("accept-language", "en")  # want MB407 "language"
    await ping()
    return {"language": request.app.state.language}


class Mailer:
    def __init__(self) -> None:
        self.sender = ""
        self.locked_sender = ""
        self.quick_sender = ""

    def send_now(self) -> str:
        return "from " + self.sender


mailer = Mailer()


@app.post("/mail")
def mail(x_name: Annotated[str, Header()]):
    mailer.sender = x_name  # want MB407 "sender"
    return mailer.send_now()


# Sound: nothing waits between, a lock holds over both, an object of the request, request.state, or nobody reads it back.


@app.post("/v2/mail")
async def mail_at_once(x_name: Annotated[str, Header()]):
    mailer.quick_sender = x_name
    text = "from " + mailer.quick_sender
    await ping()
    return text


@app.post("/v3/mail")
async def mail_locked(x_name: Annotated[str, Header()]):
    async with lock:
        mailer.locked_sender = x_name
        await ping()
        return "from " + mailer.locked_sender


@app.post("/v4/mail")
async def mail_own(x_name: Annotated[str, Header()]):
    own = Mailer()
    own.sender = x_name
    await ping()
    return own.send_now()


@app.post("/v5/mail")
async def mail_state(request: Request, x_name: Annotated[str, Header()]):
    request.state.sender = x_name
    await ping()
    return "from " + request.state.sender


@app.get("/status")
async def status(kind: str, reports: Annotated[Reports, Depends(get_reports)]):
    try:
        await reports.client.get(f"/{kind}")
    except httpx.HTTPError as e:
        reports.last_error = str(e)
    return {"ok": True}


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
