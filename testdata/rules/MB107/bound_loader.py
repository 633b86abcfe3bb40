"""Routes that a function makes for each model depend on a loader that is bound to it: the loader reads the table of that model."""
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlmodel import Field, Session, SQLModel, create_engine, select

engine = create_engine("postgresql+psycopg://press@db/press")


class Text(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    author: int
    stage: str = "draft"


class Film(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    author: int
    stage: str = "draft"


class Fee(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    author: int


def session():
    with Session(engine) as s:
        yield s


def load(model: type[SQLModel], item: int, db: Session = Depends(session)):
    found = db.get(model, item)
    if found is None:
        raise HTTPException(404)
    return found


def load_locked(model: type[SQLModel], item: int, db: Session = Depends(session)):
    found = db.exec(select(model).where(model.id == item).with_for_update()).one_or_none()
    if found is None:
        raise HTTPException(404)
    return found


def routes(model: type[SQLModel], prefix: str) -> APIRouter:
    router = APIRouter(prefix=prefix)
    loader = partial(load, model)
    locked = partial(load_locked, model)

    @router.post("/{item}/named")
    def publish(item: Annotated[SQLModel, Depends(loader)], db: Annotated[Session, Depends(session)]):
        if item.stage != "ready":
            raise HTTPException(409)
        item.stage = "published"  # want MB107 "stage"
        db.add(Fee(author=item.author))
        db.commit()

    @router.post("/{item}/direct")
    def publish_direct(item: Annotated[SQLModel, Depends(partial(load, model))], db: Annotated[Session, Depends(session)]):
        if item.stage != "ready":
            raise HTTPException(409)
        item.stage = "published"  # want MB107 "stage"
        db.add(Fee(author=item.author))
        db.commit()

    @router.post("/{item}/locked")
    def publish_locked(item: Annotated[SQLModel, Depends(locked)], db: Annotated[Session, Depends(session)]):
        if item.stage != "ready":
            raise HTTPException(409)
        item.stage = "published"
        db.add(Fee(author=item.author))
        db.commit()

    return router


app = FastAPI()
app.include_router(routes(Text, "/texts"))
