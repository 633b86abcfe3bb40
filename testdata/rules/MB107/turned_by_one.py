# A rival that gives one of several states, of which one would have had the request refused: it is worse than the request sent twice.
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/mill"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Delivery(Base):
    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    sacks: Mapped[int]


class Weighing(Base):
    __tablename__ = "weighings"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/deliveries/{key}/weigh")
def weigh(key: int, db: Session = Depends(get_db)):
    delivery = db.get(Delivery, key)
    if delivery.state not in ("open", "half"):  # want MB107 "/weigh race"
        raise HTTPException(409)
    db.add(Weighing(delivery_id=key))
    delivery.state = "done" if delivery.sacks == 1 else "half"
    db.commit()


@app.post("/deliveries/{key}/refuse")
def refuse(key: int, db: Session = Depends(get_db)):
    delivery = db.get(Delivery, key)
    if delivery.state in ("done", "refused"):  # want MB107 "/refuse and one to POST /deliveries/{key}/weigh"
        raise HTTPException(409)
    delivery.state = "refused"
    db.commit()
