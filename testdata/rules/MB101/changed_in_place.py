"""A list in a column is changed in place and flagged: the whole of it is written, as it was loaded and changed."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.orm.attributes import flag_modified

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/atlas"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Route(Base):
    __tablename__ = "routes"

    id: Mapped[int] = mapped_column(primary_key=True)
    stops: Mapped[list] = mapped_column(JSON, default=list)
    notes: Mapped[dict] = mapped_column(JSON, default=dict)


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/routes/{route_id}/stops")
def add_stop(route_id: int, town: str, db: DB):
    route = db.get_one(Route, route_id)
    route.stops.append(town)
    flag_modified(route, "stops")  # want MB101 "stops"
    db.commit()


@app.post("/v2/routes/{route_id}/stops")
def add_stop_locked(route_id: int, town: str, db: DB):
    route = db.get_one(Route, route_id, with_for_update=True)
    route.stops.append(town)
    flag_modified(route, "stops")
    db.commit()


@app.put("/routes/{route_id}/notes")
def write_notes(route_id: int, notes: dict[str, str], db: DB):
    route = db.get_one(Route, route_id)
    route.notes = notes
    flag_modified(route, "notes")  # it is given whole: nothing of the old one is in it
    db.commit()
