"""Only the interface is named where the store is used; one class of the project implements it."""

from abc import ABC, abstractmethod
from typing import Protocol

from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/kennel")
make_session = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Kennel(Base):
    __tablename__ = "kennels"

    id: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str]
    state: Mapped[str]
    guest: Mapped[str | None]


class Store(ABC):
    @abstractmethod
    def take(self, session: Session, kennel: int, site: str, guest: str) -> None: ...

    @abstractmethod
    def take_locked(self, session: Session, kennel: int, site: str, guest: str) -> None: ...

    def history(self, kennel: int) -> list[str]:
        raise NotImplementedError


class DatabaseStore(Store):
    def find(self, session, model, **given):
        given = {name: value for name, value in given.items() if value is not None}
        return session.query(model).filter_by(**given)

    def take(self, session: Session, kennel: int, site: str, guest: str) -> None:
        row = self.find(session, Kennel, id=kennel, site=site, guest=None).one_or_none()  # step MB107 read
        if row is None or row.state != "free":  # want MB107 "kennels.state"
            raise HTTPException(409)
        row.state = "taken"
        row.guest = guest
        session.commit()

    def take_locked(self, session: Session, kennel: int, site: str, guest: str) -> None:
        row = self.find(session, Kennel, id=kennel, site=site).with_for_update().one_or_none()
        if row is None or row.state != "free":
            raise HTTPException(409)
        row.state = "taken"
        row.guest = guest
        session.commit()

    def history(self, kennel: int) -> list[str]:
        raise NotImplementedError("not in the database")


class Keeper(Protocol):
    def give_back(self, kennel: int) -> None: ...


class DatabaseKeeper:
    def give_back(self, kennel: int) -> None:
        with make_session() as session:
            row = session.get(Kennel, kennel)
            if row.state != "taken":  # want MB107 "kennels.state"
                raise HTTPException(409)
            row.state = "free"
            session.commit()


store: Store = None
keeper: Keeper = None


def set_up():
    global store, keeper
    import kennel_plugins

    store, keeper = kennel_plugins.load()


def get_store() -> Store:
    return store


@app.post("/sites/{site}/kennels/{kennel}")
def take(site: str, kennel: int, guest: str):
    with make_session() as session:
        get_store().take(session, kennel, site, guest)


@app.put("/sites/{site}/kennels/{kennel}")
def take_locked(site: str, kennel: int, guest: str):
    with make_session() as session:
        get_store().take_locked(session, kennel, site, guest)


@app.delete("/kennels/{kennel}")
def give_back(kennel: int):
    keeper.give_back(kennel)
