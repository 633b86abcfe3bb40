"""What is compared is reckoned of two columns by the statement that reads them."""
from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

Session = sessionmaker(create_engine("postgresql+psycopg://localhost/seats"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tenant(Base):
    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(primary_key=True)
    seats: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)


@app.post("/tenants/{tenant_id}/members")
def add_member(tenant_id: int):
    with Session() as db:
        left = db.scalar(select(Tenant.seats - Tenant.used).where(Tenant.id == tenant_id))
        if left is None or left <= 0:  # step MB102 check
            raise HTTPException(402)
        db.execute(update(Tenant).where(Tenant.id == tenant_id).values(used=Tenant.used + 1))  # want MB102 "tenants"
        db.commit()


@app.post("/v2/tenants/{tenant_id}/members")
def add_member_if_any_left(tenant_id: int):
    with Session() as db:
        done = db.execute(update(Tenant).where(Tenant.id == tenant_id, Tenant.used < Tenant.seats).values(used=Tenant.used + 1))
        db.commit()
        if done.rowcount == 0:
            raise HTTPException(402)
