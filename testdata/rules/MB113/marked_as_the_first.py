"""The first address of a customer is the one that is used: whether there is one is noted in the new row, and turns nobody away."""

from fastapi import FastAPI
from sqlalchemy import ForeignKey, create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/shop")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    street: Mapped[str]
    used: Mapped[bool]


@app.post("/customers/{customer_id}/addresses")
def add(customer_id: int, street: str):
    with Session(engine) as session:
        other = session.scalar(select(Address.id).where(Address.customer_id == customer_id).limit(1))
        session.add(Address(customer_id=customer_id, street=street, used=other is None))  # want MB113 "addresses"
        session.commit()


@app.post("/customers/{customer_id}/addresses/chosen")
def add_chosen(customer_id: int, street: str, used: bool = False):
    with Session(engine) as session:
        if used:
            session.execute(update(Address).where(Address.customer_id == customer_id).values(used=False))
        else:
            used = not session.scalar(select(Address.id).where(Address.customer_id == customer_id, Address.used))
        session.add(Address(customer_id=customer_id, street=street, used=used))  # want MB113 "addresses"
        session.commit()


@app.post("/customers/{customer_id}/addresses/locked")
def add_locked(customer_id: int, street: str):
    with Session(engine) as session:
        session.get(Customer, customer_id, with_for_update=True)
        other = session.scalar(select(Address.id).where(Address.customer_id == customer_id).limit(1))
        session.add(Address(customer_id=customer_id, street=street, used=other is None))
        session.commit()
