from fastapi import FastAPI, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, create_engine, select

engine = create_engine("postgresql://localhost/app")
app = FastAPI()


class Reading(SQLModel, table=True):
    meter: str = Field(primary_key=True)
    value: int


class Level(SQLModel, table=True):
    meter: str = Field(primary_key=True)
    value: int


@app.post("/readings/{meter}")
def put(meter: str, value: int):
    with Session(engine) as session:
        reading = session.exec(select(Reading).where(Reading.meter == meter)).first()
        if not reading:  # want MB104 "reading"
            reading = Reading(meter=meter, value=0)
        session.add(reading)  # the new one, or the one that was found
        session.commit()


@app.post("/levels/{meter}")
def put_answered(meter: str, value: int):
    with Session(engine) as session:
        level = session.exec(select(Level).where(Level.meter == meter)).first()
        if not level:
            level = Level(meter=meter, value=0)
        session.add(level)
        try:
            session.commit()
        except IntegrityError:
            session.rollback()
            raise HTTPException(409) from None
