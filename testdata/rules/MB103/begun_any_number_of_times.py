"""Only a row in a certain state turns the request away, and the new one is in another: they may be begun one after the other or at once."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/bills"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Attempt(Base):
    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill: Mapped[str]
    state: Mapped[str]


class Proof(Base):
    __tablename__ = "proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill: Mapped[str]
    state: Mapped[str]


class Claim(Base):
    __tablename__ = "claims_made"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill: Mapped[str]
    state: Mapped[str]


def get_db():
    with make_session() as db:
        yield db


@app.post("/bills/{bill}/attempts")
def begin_ok(bill: str, db: Session = Depends(get_db)):
    last = db.query(Attempt).filter(Attempt.bill == bill).order_by(Attempt.id.desc()).first()
    if last and last.state == "paid":
        raise HTTPException(409)
    db.add(Attempt(bill=bill, state="waiting"))
    db.commit()


@app.post("/bills/{bill}/proofs")
def hand_in(bill: str, db: Session = Depends(get_db)):
    last = db.query(Proof).filter(Proof.bill == bill).order_by(Proof.id.desc()).first()
    if last and last.state in ("waiting", "good"):  # want MB103 "proofs"
        raise HTTPException(409)
    db.add(Proof(bill=bill, state="waiting"))
    db.commit()


@app.post("/bills/{bill}/claims")
def claim(bill: str, at_once: bool, db: Session = Depends(get_db)):
    last = db.query(Claim).filter(Claim.bill == bill).first()
    if last and last.state == "granted":  # want MB103 "claims_made"
        raise HTTPException(409)
    made = Claim(bill=bill, state="waiting")
    db.add(made)
    made.state = "granted"
    db.commit()
