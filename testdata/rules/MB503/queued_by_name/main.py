"""A job that is named by text, put on the queue before and after the row it looks for is committed."""
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from jobs import queue
from rows import Film, get_db

app = FastAPI()
DB = Annotated[Session, Depends(get_db)]


@app.post("/films")
def add_film(title: str, db: DB):
    film = Film(title=title)
    db.add(film)
    db.flush()
    queue.enqueue("jobs.develop", film.id)  # want MB503 "films"
    db.commit()


@app.post("/films/later")
def add_film_later(title: str, db: DB):
    film = Film(title=title)
    db.add(film)
    db.commit()
    queue.enqueue("jobs.develop", film.id)
