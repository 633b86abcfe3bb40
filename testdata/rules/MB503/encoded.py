"""What tells of a row that is not committed yet is a text of it, put together on the way."""
import json

from fastapi import FastAPI
from nats.aio.client import Client
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

Session = sessionmaker(create_engine("postgresql+psycopg://localhost/berths"))
app = FastAPI()
nats = Client()


class Base(DeclarativeBase):
    pass


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    ship: Mapped[str]


async def tell(subject: str, **event) -> None:
    await nats.publish(subject, json.dumps(event).encode())  # want MB503 "berths"


@app.get("/berths/{berth_id}")
def show(berth_id: int):
    with Session() as db:
        return db.get(Berth, berth_id)


@app.post("/berths")
async def moor(ship: str):
    with Session() as db:
        berth = Berth(ship=ship)
        db.add(berth)
        db.flush()
        await tell("berths.new", berth_id=berth.id)
        db.commit()


@app.post("/v2/berths")
async def moor_first(ship: str):
    with Session() as db:
        berth = Berth(ship=ship)
        db.add(berth)
        db.commit()
        await tell("berths.new", berth_id=berth.id)


@app.post("/v3/berths")
async def moor_by_number(ship: str):
    with Session() as db:
        berth = Berth(ship=ship)
        db.add(berth)
        db.flush()
        await nats.publish("berths.new", str(berth.id).encode())  # want MB503 "berths"
        db.commit()


@app.post("/v4/berths")
async def moor_in_words(ship: str):
    with Session() as db:
        berth = Berth(ship=ship)
        db.add(berth)
        db.flush()
        await nats.publish("berths.words", f"berth {berth.id} is taken".encode())  # want MB503 "berths"
        db.commit()


# Which berth it is nobody is told.
@app.post("/v5/berths")
async def moor_unnamed(ship: str):
    with Session() as db:
        berth = Berth(ship=ship)
        db.add(berth)
        db.flush()
        await nats.publish("berths.ships", f"{ship} lies at a berth".encode())
        db.commit()
