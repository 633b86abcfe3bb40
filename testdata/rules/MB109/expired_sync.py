"""Expiring before the lock: sound while no attribute is touched in between."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/rental"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Car(Base):
    __tablename__ = "cars"

    id: Mapped[int] = mapped_column(primary_key=True)
    driver: Mapped[str | None]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/cars/{car_id}/rent/expired")
def rent_expired(car_id: int, driver: str, db: Session = Depends(get_db)):
    car = db.get(Car, car_id)
    if car is None:
        raise HTTPException(404)
    db.expire_all()
    locked = db.scalars(select(Car).where(Car.id == car_id).with_for_update()).one()
    if locked.driver is not None:
        raise HTTPException(409)
    locked.driver = driver
    db.commit()


@app.post("/cars/{car_id}/rent/touched")
def rent_touched(car_id: int, driver: str, db: Session = Depends(get_db)):
    car = db.get(Car, car_id)
    if car is None:
        raise HTTPException(404)
    db.expire_all()
    locked = db.scalars(select(Car).where(Car.id == car.id).with_for_update()).one()
    if locked.driver is not None:  # step MB109 check
        raise HTTPException(409)
    locked.driver = driver  # want MB109 "driver"
    db.commit()
