"""The look goes without regard to case, and so does one of the keys: the same request sent twice fails."""
from fastapi import Depends, FastAPI
from sqlalchemy import Index, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/letters"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Reader(Base):
    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)

    __table_args__ = (Index("ix_readers_address_folded", func.lower(address), unique=True),)


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/readers")
def subscribe(address: str, db: Session = Depends(get_db)):
    reader = db.scalars(select(Reader).where(func.lower(Reader.address) == address.lower())).first()
    if reader is None:  # want MB104 "readers"
        reader = Reader(address=address)
        db.add(reader)
        db.commit()
    return {"id": reader.id}
