"""Stock asked by a validator, and a validator whose answer the write repeats."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import AfterValidator, BaseModel, model_validator
from sqlalchemy import create_engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/parts")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Part(Base):
    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    stock: Mapped[int]


class Supplier(Base):
    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(primary_key=True)
    vat: Mapped[str] = mapped_column(unique=True)


class Depot(Base):
    __tablename__ = "depots"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


def get_db():
    with Session(engine) as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


class Take(BaseModel):
    part_id: int
    quantity: int

    @model_validator(mode="after")
    def in_stock(self) -> "Take":
        with Session(engine) as session:
            stock = session.scalar(select(Part.stock).where(Part.id == self.part_id))
        if stock is None or stock < self.quantity:  # step MB601 check
            raise ValueError("not in stock")
        return self


def free_code(code: str) -> str:
    with Session(engine) as session:
        if session.scalar(select(Depot.id).where(Depot.code == code)):  # step MB601 check
            raise ValueError("code is taken")
    return code


def free_vat(vat: str) -> str:
    with Session(engine) as session:
        if session.scalar(select(Supplier.id).where(Supplier.vat == vat)):
            raise ValueError("already registered")
    return vat


class DepotIn(BaseModel):
    code: Annotated[str, AfterValidator(free_code)]


class SupplierIn(BaseModel):
    vat: Annotated[str, AfterValidator(free_vat)]


@app.post("/takes")
def take(body: Take, db: DB):
    db.execute(update(Part).where(Part.id == body.part_id).values(stock=Part.stock - body.quantity))  # want MB601 "stock"
    db.commit()


@app.post("/v2/takes")
def take_guarded(body: Take, db: DB):
    taken = db.execute(
        update(Part)
        .where(Part.id == body.part_id, Part.stock >= body.quantity)
        .values(stock=Part.stock - body.quantity)
    )
    if taken.rowcount != 1:
        raise HTTPException(409)
    db.commit()


@app.post("/depots")
def add_depot(body: DepotIn, db: DB):
    db.add(Depot(code=body.code))  # want MB601 "code"
    db.commit()


@app.post("/suppliers")
def add_supplier(body: SupplierIn, db: DB):
    db.add(Supplier(vat=body.vat))
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409) from None
