"""FastAPI 0.112 closes yield dependencies before a streamed body is sent."""
from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/export"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


def lines(db: Session):
    for line in db.scalars(select(Line)):
        yield line.text


def own_lines():
    with SessionLocal() as db:
        yield from lines(db)


@app.get("/export")
def export(db: Session = Depends(get_db)):
    return StreamingResponse(lines(db))  # want MB502 "db|session"


@app.get("/v2/export")
def export_own():
    return StreamingResponse(own_lines())
