"""Numbers that are made of how many rows there are: a key over them refuses the second, one over something else does not."""
from datetime import date, datetime

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import UniqueConstraint, create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/ledger"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Slip(Base):
    __tablename__ = "slips"
    __table_args__ = (UniqueConstraint("house_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    house_id: Mapped[int]
    number: Mapped[str]


class Docket(Base):
    __tablename__ = "dockets"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]


class Pass(Base):
    __tablename__ = "passes"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)


class Voucher(Base):
    __tablename__ = "vouchers"
    __table_args__ = (UniqueConstraint("house_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    house_id: Mapped[int]
    number: Mapped[str]
    title: Mapped[str]


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    pier_id: Mapped[int]
    label: Mapped[str] = mapped_column(unique=True)


def get_db():
    with SessionLocal() as db:
        yield db


def how_many(db: Session, house_id: int) -> int:
    return int(db.execute(select(func.count(Slip.id)).where(Slip.house_id == house_id)).scalar_one())  # want MB104 "slips"


@app.post("/houses/{house_id}/slips")
def add_slip(house_id: int, db: Session = Depends(get_db)):
    number = how_many(db, house_id) + 1
    db.add(Slip(house_id=house_id, number=f"S-{datetime.now().strftime('%Y%m%d')}-{number:04d}"))
    db.commit()


@app.post("/dockets")
def add_docket(title: str, db: Session = Depends(get_db)):
    db.add(Docket(number=str(db.query(Docket).count() + 1).zfill(6), title=title))  # want MB104 "dockets"
    db.commit()


@app.post("/passes")
def add_pass(db: Session = Depends(get_db)):
    for _ in range(3):
        db.add(Pass(number=f"{date.today().year}/{db.query(Pass).count() + 1}"))
        try:
            db.commit()
            return
        except IntegrityError:
            db.rollback()
    raise HTTPException(503)


@app.post("/houses/{house_id}/vouchers")
def add_voucher(house_id: int, title: str, db: Session = Depends(get_db)):
    number = db.query(Voucher).filter(Voucher.house_id == house_id).count() + 1
    db.add(Voucher(house_id=house_id, number=f"V-{number}", title=title))  # want MB113 "vouchers"
    db.commit()


@app.post("/piers/{pier_id}/berths")
def add_berth(pier_id: int, label: str, db: Session = Depends(get_db)):
    if db.query(Berth).filter(Berth.pier_id == pier_id).count() >= 12:
        raise HTTPException(409)
    db.add(Berth(pier_id=pier_id, label=label))  # want MB105 "berths"
    db.commit()
