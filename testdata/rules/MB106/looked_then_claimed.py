"""A token is looked at for a friendly answer and then claimed by a DELETE whose row count is kept in a variable first."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/library")
factory = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Voucher(Base):
    __tablename__ = "vouchers"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf: Mapped[str]


class Loan(Base):
    __tablename__ = "loans"
    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[int]


def session():
    with factory() as db:
        yield db


DB = Annotated[Session, Depends(session)]
app = FastAPI()


@app.post("/vouchers/{voucher_id}/loans")
def lend_ok(voucher_id: int, db: DB):
    voucher = db.get(Voucher, voucher_id)
    if voucher is None:
        raise HTTPException(404)
    claimed = db.execute(delete(Voucher).where(Voucher.id == voucher.id))
    if claimed.rowcount == 0:
        raise HTTPException(409)
    db.add(Loan(voucher_id=voucher_id))
    db.commit()


@app.post("/vouchers/{voucher_id}/blind-loans")
def lend(voucher_id: int, db: DB):
    if db.scalar(select(Voucher.id).where(Voucher.id == voucher_id)) is None:  # step MB106|MB112 check
        raise HTTPException(404)
    db.execute(delete(Voucher).where(Voucher.id == voucher_id))  # want MB106|MB112 "vouchers"
    db.add(Loan(voucher_id=voucher_id))
    db.commit()
