"""The lines of a row that the request has just made are as new as the row, unless they may have been somebody else's before."""
from typing import List, Optional

from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select

engine = create_engine("postgresql+psycopg://localhost/cellar")
app = FastAPI()


class Bill(SQLModel, table=True):
    __tablename__ = "bill"

    id: Optional[int] = Field(default=None, primary_key=True)
    state: str = "draft"
    lines: List["BillLine"] = Relationship(back_populates="bill")


class BillLine(SQLModel, table=True):
    __tablename__ = "bill_line"

    id: Optional[int] = Field(default=None, primary_key=True)
    bill_id: int = Field(foreign_key="bill.id", nullable=False)
    price: int = 0
    settled: bool = False
    bill: Optional[Bill] = Relationship(back_populates="lines")


class Crate(SQLModel, table=True):
    __tablename__ = "crate"

    id: Optional[int] = Field(default=None, primary_key=True)
    bottles: List["Bottle"] = Relationship(back_populates="crate")


class Bottle(SQLModel, table=True):
    __tablename__ = "bottle"

    id: Optional[int] = Field(default=None, primary_key=True)
    crate_id: Optional[int] = Field(default=None, foreign_key="crate.id")
    state: str = "open"
    crate: Optional[Crate] = Relationship(back_populates="bottles")


def get_db():
    with Session(engine) as db:
        yield db


def locked_bill(db: Session, bill_id: int) -> Bill:
    if not db.exec(select(Bill.id).where(Bill.id == bill_id).with_for_update()).first():
        raise HTTPException(404)
    return db.exec(select(Bill).where(Bill.id == bill_id)).first()


def add_line(bill: Bill, price: int):
    bill.lines.append(BillLine(price=price))


def reserve(bill: Bill):
    for line in bill.lines:
        if line.settled:
            continue
        line.settled = True


@app.post("/bills")
def make_bill(prices: List[int], db: Session = Depends(get_db)):
    bill = Bill()
    for price in prices:
        add_line(bill, price)
    db.add(bill)
    db.flush()
    reserve(bill)
    db.commit()


@app.post("/bills/{bill_id}/pay")
def pay_bill(bill_id: int, db: Session = Depends(get_db)):
    bill = locked_bill(db, bill_id)
    for line in bill.lines:
        if line.settled:
            continue
        line.price = line.price + 1
        line.settled = True
    db.commit()


def put_in(crate: Crate, bottle: Bottle):
    crate.bottles.append(bottle)


@app.post("/crates")
def pack_crate(bottle_ids: List[int], db: Session = Depends(get_db)):
    crate = Crate()
    for bottle_id in bottle_ids:
        put_in(crate, db.get(Bottle, bottle_id))
    db.add(crate)
    db.flush()
    for bottle in crate.bottles:
        bottle.state = "packed"
    db.commit()


@app.post("/crates/{crate_id}/drink")
def drink_crate(crate_id: int, db: Session = Depends(get_db)):
    crate = db.get(Crate, crate_id)
    for bottle in crate.bottles:
        if bottle.state != "open":  # want MB107 "bottle.state"
            continue
        bottle.state = "empty"
    db.commit()
