"""What was validated is a copy; the store then takes what the row holds by then from one column into another."""
from typing import Annotated

from fastapi import Body, Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/kiosk"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Poster(Base):
    __tablename__ = "posters"

    id: Mapped[int] = mapped_column(primary_key=True)
    sketch: Mapped[str]
    edition: Mapped[int]
    printed: Mapped[str | None]


class Sketch(BaseModel):
    title: str
    width: int


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.put("/posters/{poster_id}/sketch")
def draw(poster_id: int, db: DB, sketch: str = Body()):
    db.execute(update(Poster).where(Poster.id == poster_id).values(sketch=sketch, edition=Poster.edition + 1))
    db.commit()


@app.post("/posters/{poster_id}/print")
def print_poster(poster_id: int, db: DB):
    poster = db.get_one(Poster, poster_id)
    Sketch.model_validate_json(poster.sketch)  # step MB602 check
    db.execute(update(Poster).where(Poster.id == poster_id).values(printed=Poster.sketch))  # want MB602 "posters"
    db.commit()


@app.post("/v2/posters/{poster_id}/print")
def print_what_was_seen(poster_id: int, db: DB):
    poster = db.get_one(Poster, poster_id)
    Sketch.model_validate_json(poster.sketch)
    done = db.execute(
        update(Poster).where(Poster.id == poster_id, Poster.edition == poster.edition).values(printed=Poster.sketch)
    )
    db.commit()
    if done.rowcount == 0:
        raise HTTPException(409)
