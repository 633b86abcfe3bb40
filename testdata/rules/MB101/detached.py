"""What is assigned to a row after its session was closed is written by nobody, unless a session takes the row in again."""
import json

from fastapi import FastAPI
from sqlalchemy import Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql://localhost/atlas")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Map(Base):
    __tablename__ = "maps"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheets: Mapped[int]
    legend: Mapped[str] = mapped_column(Text)


@app.get("/maps")
def maps():
    with Session(engine) as session:
        found = session.scalars(select(Map)).all()
    for m in found:
        if isinstance(m.legend, str):
            m.legend = json.loads(m.legend)
    return found


@app.post("/maps/{map_id}/sheets")
def add_sheets(map_id: int, more: int):
    with Session(engine, expire_on_commit=False) as session:
        m = session.get(Map, map_id)
    m.sheets = m.sheets + more  # want MB101 "computed from the old value"
    with Session(engine) as session:
        session.add(m)
        session.commit()
