"""What a container of dependencies makes once is shared by all requests; what it makes for each who asks is not."""
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import httpx
from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject
from dishka import Provider, Scope, make_async_container, provide
from dishka.integrations.fastapi import DishkaRoute, FromDishka, setup_dishka
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi_injector import Injected
from injector import singleton

app = FastAPI()
kilns = APIRouter(route_class=DishkaRoute)


class Kilns(Protocol):
    async def fire(self, kiln: str) -> None: ...


class HotKilns:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.hot: set[str] = set()

    async def fire(self, kiln: str) -> None:
        if kiln in self.hot:  # step MB401 check
            raise HTTPException(409)
        await self.http.post("/fire", json={"kiln": kiln})
        self.hot.add(kiln)  # want MB401 "hot"


@dataclass
class Wheels:
    http: httpx.AsyncClient
    turning: set[str] = field(default_factory=set)

    async def turn(self, wheel: str) -> None:
        if wheel in self.turning:  # step MB401 check
            raise HTTPException(409)
        await self.http.post("/turn", json={"wheel": wheel})
        self.turning.add(wheel)  # want MB401 "turning"


class Order:
    """One for each request."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.pieces: set[str] = set()

    async def take(self, piece: str) -> None:
        if piece in self.pieces:
            raise HTTPException(409)
        await self.http.post("/take", json={"piece": piece})
        self.pieces.add(piece)


class Glazes:
    def __init__(self) -> None:
        self.mixed: dict[str, int] = {}


class Glazer:
    def __init__(self, glazes: Glazes, http: httpx.AsyncClient) -> None:
        self.glazes = glazes
        self.http = http

    async def mix(self, name: str) -> None:
        if name in self.glazes.mixed:  # step MB401 check
            raise HTTPException(409)
        await self.http.post("/mix", json={"glaze": name})
        self.glazes.mixed[name] = 1  # want MB401 "mixed"


@singleton
class Shelf:
    def __init__(self) -> None:
        self.full: set[int] = set()

    async def put(self, place: int, http: httpx.AsyncClient) -> None:
        if place in self.full:  # step MB401 check
            raise HTTPException(409)
        await http.post("/put", json={"place": place})
        self.full.add(place)  # want MB401 "full"


class Workshop(containers.DeclarativeContainer):
    http = providers.Singleton(httpx.AsyncClient)
    wheels = providers.Singleton(Wheels, http=http)
    order = providers.Factory(Order, http=http)


class Lasting(Provider):
    scope = Scope.APP

    kilns = provide(HotKilns, provides=Kilns)

    @provide
    def glazes(self) -> Glazes:
        return Glazes()

    @provide(scope=Scope.REQUEST)
    def glazer(self, glazes: Glazes, http: httpx.AsyncClient) -> Glazer:
        return Glazer(glazes, http)


@kilns.post("/kilns/{kiln}")
async def fire(kiln: str, all_kilns: FromDishka[Kilns]):
    await all_kilns.fire(kiln)


@kilns.post("/glazes/{name}")
async def mix(name: str, glazer: FromDishka[Glazer]):
    await glazer.mix(name)


@app.post("/wheels/{wheel}")
@inject
async def turn(wheel: str, wheels: Annotated[Wheels, Depends(Provide[Workshop.wheels])]):
    await wheels.turn(wheel)


@app.post("/pieces/{piece}")
@inject
async def take(piece: str, order: Annotated[Order, Depends(Provide[Workshop.order])]):
    await order.take(piece)


@app.post("/shelves/{place}")
async def put(place: int, shelf: Shelf = Injected(Shelf), http: httpx.AsyncClient = Depends(httpx.AsyncClient)):
    await shelf.put(place, http)


app.include_router(kilns)
setup_dishka(make_async_container(Lasting()), app)
