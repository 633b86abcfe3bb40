from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/trade")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Supplier(Base):
    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    company: Mapped[str]


@app.post("/suppliers")
def add(code: str, company: str):
    with Session(engine) as session:
        if session.scalar(select(Supplier).where(Supplier.code == code)):
            raise HTTPException(409, "this code is taken")
        if session.scalar(select(Supplier).where(Supplier.company == company)):
            raise HTTPException(409, "this company is known")
        session.add(Supplier(code=code, company=company))
        session.commit()
