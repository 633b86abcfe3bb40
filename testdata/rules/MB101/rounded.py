"""The first argument is the value; digits and bases only say how it is written."""

from decimal import Decimal

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/meters")
new_session = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Meter(Base):
    __tablename__ = "meters"

    id: Mapped[int] = mapped_column(primary_key=True)
    used: Mapped[Decimal]
    code: Mapped[str]


def db():
    with new_session() as session:
        yield session


@app.post("/meters/{meter_id}/use")
def use(meter_id: int, amount: Decimal, session: Session = Depends(db)):
    meter = session.get(Meter, meter_id)
    meter.used = round(meter.used + amount, 2)  # want MB101 "used"
    session.commit()


@app.post("/meters/{meter_id}/step")
def step(meter_id: int, session: Session = Depends(db)):
    meter = session.get(Meter, meter_id)
    meter.code = hex(int(meter.code, 16) + 1)  # want MB101 "code"
    session.commit()


@app.post("/meters/{meter_id}/use-locked")
def use_locked(meter_id: int, amount: Decimal, session: Session = Depends(db)):
    meter = session.get(Meter, meter_id, with_for_update=True)
    meter.used = round(meter.used + amount, 2)
    session.commit()


@app.put("/meters/{meter_id}")
def correct(meter_id: int, used: Decimal, session: Session = Depends(db)):
    meter = session.get(Meter, meter_id, with_for_update=True)
    meter.used = round(used, 2)
    session.commit()
