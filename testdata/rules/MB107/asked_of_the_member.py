"""What a status says of itself: properties and methods of its enumeration, and parts of what a column holds."""

import enum
from datetime import datetime

from fastapi import FastAPI, HTTPException
from sqlalchemy import Column, DateTime, Enum, Integer, create_engine, update
from sqlalchemy.orm import Session, declarative_base

engine = create_engine("postgresql+psycopg://localhost/invoices")
app = FastAPI()
Base = declarative_base()


class Status(str, enum.Enum):
    SENT = "sent"
    PAID = "paid"
    VOID = "void"

    @property
    def is_final(self) -> bool:
        return self in (Status.PAID, Status.VOID)

    def may_become(self, new: "Status") -> bool:
        return not self.is_final and new is not self


class Invoice(Base):
    __tablename__ = "invoices"

    id = Column(Integer, primary_key=True)
    status = Column(Enum(Status), nullable=False)
    reminded = Column(DateTime, nullable=False)


@app.post("/invoices/{invoice_id}/void")
def void(invoice_id: int):
    with Session(engine) as session:
        invoice = session.get(Invoice, invoice_id)  # step MB107 read
        if invoice.status.is_final:
            raise HTTPException(409)
        invoice.status = Status.VOID  # want MB107 "invoices.status"
        session.commit()


@app.post("/invoices/{invoice_id}/move")
def move(invoice_id: int, new: Status):
    with Session(engine) as session:
        invoice = session.get(Invoice, invoice_id)  # step MB107 read
        if not invoice.status.may_become(new):
            raise HTTPException(409)
        invoice.status = new  # want MB107 "invoices.status"
        session.commit()


@app.post("/invoices/{invoice_id}/void-locked")
def void_locked(invoice_id: int):
    with Session(engine) as session:
        invoice = session.get(Invoice, invoice_id, with_for_update=True)
        if invoice.status.is_final:
            raise HTTPException(409)
        invoice.status = Status.VOID
        session.commit()


@app.post("/invoices/{invoice_id}/remind")
def remind(invoice_id: int, now: datetime):
    with Session(engine) as session:
        invoice = session.get(Invoice, invoice_id)
        if invoice.reminded.year == now.year:  # want MB101 "invoices.reminded"
            raise HTTPException(409)
        invoice.reminded = now
        session.commit()


@app.post("/invoices/{invoice_id}/remind-if-unchanged")
def remind_if_unchanged(invoice_id: int, now: datetime):
    with Session(engine) as session:
        invoice = session.get(Invoice, invoice_id)
        if invoice.reminded.year == now.year:
            raise HTTPException(409)
        seen = invoice.reminded
        taken = session.execute(update(Invoice).where(Invoice.id == invoice_id, Invoice.reminded == seen).values(reminded=now))
        if taken.rowcount == 0:
            raise HTTPException(409)
        session.commit()
