"""A voucher that is a document of bookkeeping is not redeemed; one that gives a discount is."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/books"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class PaymentVoucher(Base):
    __tablename__ = "payment_vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_number: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    cents: Mapped[int]


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


def get_db():
    with make_session() as session:
        yield session


@app.delete("/payment-vouchers/{voucher_id}")
def remove(voucher_id: int, db: Session = Depends(get_db)):
    voucher = db.scalar(select(PaymentVoucher).where(PaymentVoucher.id == voucher_id))
    if voucher is None:
        raise HTTPException(404)
    db.delete(voucher)
    db.commit()


@app.post("/vouchers/{code}/redeem")
def redeem(code: str, account_id: int, db: Session = Depends(get_db)):
    voucher = db.scalar(select(Voucher).where(Voucher.code == code))  # want MB106 "vouchers"
    if voucher is None:
        raise HTTPException(404)
    account = db.scalar(select(Account).where(Account.id == account_id).with_for_update())
    account.cents = account.cents + voucher.cents
    db.delete(voucher)
    db.commit()
