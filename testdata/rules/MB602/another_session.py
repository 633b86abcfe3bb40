"""The row is validated as one session has loaded it, and another session loads it again for what is then sent."""
import httpx
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/customs")
office = httpx.Client(base_url="https://office.example")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Declaration(Base):
    __tablename__ = "declarations"

    id: Mapped[int] = mapped_column(primary_key=True)
    port: Mapped[str]
    goods: Mapped[dict] = mapped_column(JSON)


class Goods(BaseModel):
    kilos: int


@app.put("/declarations/{id}")
def edit(id: int, goods: dict):
    with Session(engine) as s:
        s.get_one(Declaration, id, with_for_update=True).goods = goods
        s.commit()


@app.post("/a/declarations/{id}")
def send_what_is_there_by_then(id: int):
    with Session(engine) as s:
        Goods.model_validate(s.get_one(Declaration, id).goods)  # step MB602 check
    with Session(engine) as s:
        row = s.get_one(Declaration, id)  # want MB602 "declarations"
        office.post("/declarations", json=row.goods)


@app.post("/b/declarations/{id}")
def send_what_was_validated_ok(id: int):
    with Session(engine) as s:
        goods = Goods.model_validate(s.get_one(Declaration, id).goods)
    with Session(engine) as s:
        port = s.get_one(Declaration, id).port
    office.post("/declarations", json={"port": port, **goods.model_dump()})


@app.post("/c/declarations/{id}")
def loaded_once_ok(id: int):
    with Session(engine) as s:
        Goods.model_validate(s.get_one(Declaration, id).goods)
        office.post("/declarations", json=s.get_one(Declaration, id).goods)
