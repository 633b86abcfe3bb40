"""A store is made for a class. That somebody gives another object something under the same name does not change whose rows it keeps."""
from typing import Any, Generic, TypeVar

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/club"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


M = TypeVar("M", bound=Base)


class Membership(Base):
    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    grade: Mapped[str]


class Admission(BaseModel):
    person_id: int
    grade: str


class Store(Generic[M]):
    def __init__(self, model: type[M]):
        self.model = model

    def find(self, db: Session, **filters: Any) -> M | None:
        return db.query(self.model).filter_by(**filters).first()

    def write(self, db: Session, data: BaseModel) -> None:
        db.execute(insert(self.model.__table__).values(**data.model_dump()))
        db.commit()


memberships = Store(Membership)


def describe(field: Any, model: type[Base]) -> None:
    field.shown.model = model


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/memberships")
def admit(data: Admission, db: Session = Depends(get_db)):
    found = memberships.find(db, person_id=data.person_id)
    if found is None:
        memberships.write(db, data)  # want MB115 "memberships"
    return found


@app.get("/fields/{name}")
def show(name: str, field: Any = Depends(dict)):
    describe(field, Membership)
    return field
