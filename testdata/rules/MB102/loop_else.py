"""A loop that is left by a break goes on behind it, whatever its else does."""
from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/tolls")
app = FastAPI()
CLASSES = {"car": 300, "lorry": 900}


class Base(DeclarativeBase):
    pass


class Pass(Base):
    __tablename__ = "passes"
    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


@app.post("/a/passes/{id}")
def in_two_steps(id: int, tags: list[str]):
    with Session(engine) as s:
        for tag in tags:
            if tag in CLASSES:
                price = CLASSES[tag]
                break
        else:
            raise HTTPException(400, "no class of vehicle")
        if s.get_one(Pass, id).cents < price:  # want MB102 "passes"
            raise HTTPException(402)
        s.execute(update(Pass).where(Pass.id == id).values(cents=Pass.cents - price))
        s.commit()


@app.post("/b/passes/{id}")
def in_one_ok(id: int, tags: list[str]):
    with Session(engine) as s:
        for tag in tags:
            if tag in CLASSES:
                price = CLASSES[tag]
                break
        else:
            raise HTTPException(400, "no class of vehicle")
        done = s.execute(update(Pass).where(Pass.id == id, Pass.cents >= price).values(cents=Pass.cents - price))
        if done.rowcount == 0:
            raise HTTPException(402)
        s.commit()


@app.post("/c/passes/{id}")
def the_first(id: int, prices: list[int], cheap: bool):
    price = 5
    for price in prices:
        break
    with Session(engine) as s:
        if s.get_one(Pass, id).cents < price:  # want MB102 "passes"
            raise HTTPException(402)
        s.execute(update(Pass).where(Pass.id == id).values(cents=Pass.cents - price))
        s.commit()
