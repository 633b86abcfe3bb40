"""A service that a container hands out is known by its declaration alone, and may be called."""
from abc import ABC, abstractmethod
from typing import Annotated

import punq
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

app = FastAPI()
container = punq.Container()


class Cellar(ABC):
    @abstractmethod
    def draw(self, barrel: int, litres: int) -> bool: ...

    @abstractmethod
    def draw_guarded(self, barrel: int, litres: int) -> bool: ...


class SqlCellar(Cellar):
    def __init__(self, factory: sessionmaker) -> None:
        self.factory = factory

    def draw(self, barrel: int, litres: int) -> bool:
        with self.factory.begin() as session:
            left = session.execute(text("SELECT litres FROM barrels WHERE id = :b"), {"b": barrel}).scalar()
            if left is None or left < litres:
                return False
            session.execute(  # want MB102 "barrels.litres"
                text("UPDATE barrels SET litres = litres - :l WHERE id = :b"), {"l": litres, "b": barrel}
            )
            return True

    def draw_guarded(self, barrel: int, litres: int) -> bool:
        with self.factory.begin() as session:
            done = session.execute(
                text("UPDATE barrels SET litres = litres - :l WHERE id = :b AND litres >= :l"), {"l": litres, "b": barrel}
            )
            return done.rowcount == 1


class Serve:
    def __init__(self, cellar: Cellar) -> None:
        self.cellar = cellar

    def __call__(self, barrel: int, litres: int) -> None:
        if not self.cellar.draw(barrel, litres):
            raise HTTPException(409)


class ServeGuarded:
    def __init__(self, cellar: Cellar) -> None:
        self.cellar = cellar

    def __call__(self, barrel: int, litres: int) -> None:
        if not self.cellar.draw_guarded(barrel, litres):
            raise HTTPException(409)


container.register(sessionmaker, instance=sessionmaker(create_engine("postgresql+psycopg://localhost/cellar")))
container.register(Cellar, SqlCellar)
container.register(Serve)
container.register(ServeGuarded)


def serving(request: Request) -> Serve:
    return request.app.state.hall.fetch("serve")


def serving_guarded() -> ServeGuarded:
    return container.resolve(ServeGuarded)


@app.post("/barrels/{barrel}/pour")
def pour(barrel: int, litres: int, serve: Annotated[Serve, Depends(serving)]):
    serve(barrel, litres)


@app.post("/barrels/{barrel}/pour/guarded")
def pour_guarded(barrel: int, litres: int, serve: Annotated[ServeGuarded, Depends(serving_guarded)]):
    serve(barrel, litres)
