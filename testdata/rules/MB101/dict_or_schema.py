"""One update for all models takes a dict or a schema and asks which it was given: of a dict that was made here, the columns are known."""
from typing import Any, Generic, TypeVar, Union

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://tours@db/tours")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tour(Base):
    __tablename__ = "tours"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    places: Mapped[int]


class TourPatch(BaseModel):
    title: str | None = None


M = TypeVar("M", bound=Base)


class Shared(Generic[M]):
    def __init__(self, model: type[M]):
        self.model = model

    def get(self, db: Session, id: Any) -> M | None:
        return db.query(self.model).filter(self.model.id == id).first()

    def locked(self, db: Session, id: Any) -> M | None:
        return db.query(self.model).filter(self.model.id == id).with_for_update().first()

    def update(self, db: Session, *, row: M, change: Union[BaseModel, dict[str, Any]]) -> M:
        data = change if isinstance(change, dict) else change.model_dump(exclude_unset=True)
        for field, value in data.items():
            setattr(row, field, value)  # want MB101 "Tour.places|tours.places"
        db.commit()
        return row

    def put(self, db: Session, *, row: M, change: Union[BaseModel, dict[str, Any]]) -> M:
        if isinstance(change, (BaseModel, str)):
            data = change.model_dump(exclude_unset=True)
        else:
            data = change
        for field, value in data.items():
            setattr(row, field, value)
        db.commit()
        return row


tours = Shared(Tour)


def get_db():
    with Session(engine) as db:
        yield db


@app.post("/tours/{id}/book")
def book(id: int, persons: int, db: Session = Depends(get_db)):
    tour = tours.get(db, id)
    if tour is None or tour.places < persons:
        raise HTTPException(409)
    tours.update(db, row=tour, change={"places": tour.places - persons})


@app.post("/tours/{id}/book-locked")
def book_locked(id: int, persons: int, db: Session = Depends(get_db)):
    tour = tours.locked(db, id)
    if tour is None or tour.places < persons:
        raise HTTPException(409)
    tours.put(db, row=tour, change={"places": tour.places - persons})


@app.patch("/tours/{id}")
def rename(id: int, body: TourPatch, db: Session = Depends(get_db)):
    tour = tours.locked(db, id)
    if tour is None:
        raise HTTPException(404)
    tours.update(db, row=tour, change=body)
