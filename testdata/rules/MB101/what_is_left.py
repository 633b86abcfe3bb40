"""What is left is reckoned before it is compared, and another column of the row is counted up beside it."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/depot"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tank(Base):
    __tablename__ = "tanks"

    id: Mapped[int] = mapped_column(primary_key=True)
    allowed: Mapped[int]
    drawn: Mapped[int]
    shown: Mapped[int]

    def mark(self, litres: int) -> None:
        self.shown += 1
        self.drawn += litres


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/tanks/{tank_id}/draw")
def draw(tank_id: int, litres: int, db: Session = Depends(get_db)):
    entry = db.get(Tank, tank_id)
    left = entry.allowed - entry.drawn
    if litres > left:  # want MB101 "tanks.drawn"
        raise HTTPException(409)
    entry.mark(litres)
    db.commit()


@app.post("/tanks/{tank_id}/draw-locked")
def draw_locked(tank_id: int, litres: int, db: Session = Depends(get_db)):
    entry = db.scalars(select(Tank).where(Tank.id == tank_id).with_for_update()).one()
    left = entry.allowed - entry.drawn
    if litres > left:
        raise HTTPException(409)
    entry.mark(litres)
    db.commit()
