"""A validator that tidies what it is given and asks whether the result is free: what it returns is what is inserted."""
from fastapi import FastAPI
from pydantic import BaseModel, field_validator
from sqlalchemy import create_engine, exists, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

sessions = sessionmaker(create_engine("postgresql+psycopg://herbs@db/herbs"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Herb(Base):
    __tablename__ = "herbs"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class HerbIn(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def is_new(cls, value: str) -> str:
        value = value.strip().lower()
        with sessions() as session:
            if session.execute(select(exists().where(Herb.name == value))).scalar_one():  # step MB601 check
                raise ValueError("known already")
        return value


@app.post("/herbs", status_code=201)
def add(herb: HerbIn):
    with sessions.begin() as session:
        session.execute(insert(Herb).values(name=herb.name))  # want MB601 "herbs"
