"""A text column that is taken apart for the answer, or put together again, says the same in another form. What was changed on the way is another matter."""
import ast
import json
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import ARRAY, String, Text, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/garden"), autoflush=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Bed(Base):
    __tablename__ = "beds"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(Text)
    season: Mapped[str] = mapped_column(Text)


class Pot(Base):
    __tablename__ = "pots"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(Text)


class Shed(Base):
    __tablename__ = "sheds"

    id: Mapped[int] = mapped_column(primary_key=True)
    tools: Mapped[list[str]] = mapped_column(ARRAY(String))
    keys: Mapped[list[str]] = mapped_column(ARRAY(String))


def get_db():
    session = make_session()
    try:
        yield session
        session.commit()
    finally:
        session.close()


DB = Annotated[Session, Depends(get_db)]


def parsed(text: str):
    if not text or not text.strip():
        return {}
    try:
        return json.loads(text)
    except ValueError:
        return {}


def weeded(text: str):
    plan = json.loads(text)
    plan["weeds"] = []
    return plan


@app.get("/beds/{bed_id}")
def show(bed_id: int, db: DB):
    bed = db.get_one(Bed, bed_id)
    if isinstance(bed.plan, str):
        bed.plan = json.loads(bed.plan)
    return bed


@app.get("/beds/{bed_id}/plan")
def show_plan(bed_id: int, db: DB):
    bed = db.get_one(Bed, bed_id)
    bed.plan = parsed(bed.plan)
    return bed


@app.get("/beds/{bed_id}/literal")
def show_literal(bed_id: int, db: DB):
    bed = db.get_one(Bed, bed_id)
    bed.plan = ast.literal_eval(bed.plan)
    return bed


@app.post("/beds/{bed_id}/season")
def turn(bed_id: int, season: str, db: DB):
    bed = db.get_one(Bed, bed_id)
    if isinstance(bed.plan, str):
        bed.plan = json.loads(bed.plan)
    bed.season = season
    if isinstance(bed.plan, dict):
        bed.plan = json.dumps(bed.plan)
    return bed


@app.post("/pots/{pot_id}/plants")
def plant(pot_id: int, name: str, db: DB):
    pot = db.get_one(Pot, pot_id)
    plan = json.loads(pot.plan)
    plan["plants"].append(name)
    pot.plan = json.dumps(plan)  # want MB101 "computed from the old value"


@app.post("/pots/{pot_id}/width")
def widen(pot_id: int, width: int, db: DB):
    pot = db.get_one(Pot, pot_id)
    pot.plan = json.loads(pot.plan)  # want MB101 "computed from the old value"
    pot.plan["width"] = width
    pot.plan = json.dumps(pot.plan)


@app.post("/pots/{pot_id}/depth")
def deepen(pot_id: int, depth: int, db: DB):
    pot = db.get_one(Pot, pot_id)
    pot.plan = json.loads(pot.plan)  # want MB101 "computed from the old value"
    pot.plan.update(depth=depth)
    pot.plan = json.dumps(pot.plan)


@app.post("/pots/{pot_id}/moved")
def move(pot_id: int, place: str, db: DB):
    pot = db.get_one(Pot, pot_id)
    plan = pot.plan
    if isinstance(plan, str):
        plan = json.loads(plan)
    plan["place"] = place
    pot.plan = json.dumps(plan)  # want MB101 "computed from the old value"


@app.post("/pots/{pot_id}/weeded")
def weed(pot_id: int, db: DB):
    pot = db.get_one(Pot, pot_id)
    pot.plan = weeded(pot.plan)  # want MB101 "computed from the old value"


@app.get("/pots/{pot_id}")
def show_pot(pot_id: int, db: DB):
    pot = db.get_one(Pot, pot_id)
    pot.plan = json.loads(pot.plan)  # want MB101 "A request to GET /pots/.pot_id. and one to POST"
    return pot


@app.get("/sheds/{shed_id}")
def show_shed(shed_id: int, db: DB):
    shed = db.get_one(Shed, shed_id)
    if isinstance(shed.tools, str):
        shed.tools = json.loads(shed.tools)
    return shed


@app.post("/sheds/{shed_id}/keys")
def add_key(shed_id: int, key: str, db: DB):
    shed = db.get_one(Shed, shed_id)
    keys = shed.keys
    keys.append(key)
    shed.keys = json.dumps(keys)  # want MB101 "computed from the old value"
