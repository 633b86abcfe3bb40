"""The next number is counted on from that of the latest row, whatever stands around it, and however the latest row is found."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/books"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Invoice(Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    title: Mapped[str]


class Code(Base):
    __tablename__ = "codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/invoices")
def by_number(db: DB):
    last = db.query(Invoice).order_by(Invoice.number.desc()).first()
    n = int(last.number.split("-")[1]) + 1 if last else 1  # step MB113 read
    db.add(Invoice(number=f"INV-{n:05d}", title=""))  # want MB113 "invoices"
    db.commit()


@app.post("/latest")
def by_id(db: DB):
    last = db.query(Invoice).order_by(Invoice.id.desc()).first()
    n = int(last.number.replace("INV-", "")) + 1 if last else 1
    db.add(Invoice(number=f"INV-{n}", title=""))  # want MB113 "invoices"
    db.commit()


@app.post("/years/{year}")
def by_prefix(year: int, db: DB):
    prefix = f"INV-{year}-"
    last = db.query(Invoice).filter(Invoice.number.like(f"{prefix}%")).order_by(Invoice.number.desc()).first()
    n = 1
    if last:
        n = int(last.number.rsplit("-", 1)[-1]) + 1
    db.add(Invoice(number=f"{prefix}{n:04d}", title=""))  # want MB113 "invoices"
    db.commit()


@app.post("/years/{year}/others")
def by_another_prefix_ok(year: int, db: DB):
    last = db.query(Invoice).filter(Invoice.number.like("OLD-%")).order_by(Invoice.number.desc()).first()
    n = int(last.number.split("-")[1]) + 1 if last else 1
    db.add(Invoice(number=f"NEW-{n}", title=""))
    db.commit()


@app.get("/titles")
def words_ok(db: DB):
    last = db.query(Invoice).order_by(Invoice.id.desc()).first()
    return len(last.title.split(" ")) + 1 if last else 1


@app.post("/codes")
def first_free_code_ok(title: str, db: DB):
    codes = [code for (code,) in db.query(Code.code).filter(Code.code.like("ART-%")).all()]
    number = len(codes) + 1
    code = Code(code=f"ART-{number}", title=title)
    if not code.title:
        raise HTTPException(400)
    db.add(code)
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409) from None
