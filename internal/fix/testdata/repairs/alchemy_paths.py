"""Rows that another row leads to, and branches of which nothing can stand in between."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/charges"))
app = FastAPI()


class Base(DeclarativeBase): ...


class Plan(Base):
    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


class Charge(Base):
    __tablename__ = "charges"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    plan: Mapped[Plan] = relationship()


def get_db():
    with factory() as db:
        yield db


@app.post("/charges/{charge_id}/paid")
def paid(charge_id: int, db: Session = Depends(get_db)):
    charge = db.query(Charge).filter(Charge.id == charge_id).first()
    if charge is None:
        raise HTTPException(404)
    charge.state = "paid"
    if charge.plan.state in ["late", "unpaid"]:
        charge.plan.state = "active"
    db.commit()


@app.post("/plans/{plan_id}/end")
def end(plan_id: int, db: Session = Depends(get_db)):
    plan = db.get(Plan, plan_id, with_for_update=True)
    if plan.state != "active":
        raise HTTPException(409)
    plan.state = "ended"
    db.commit()


@app.get("/plans/{plan_id}")
def show(plan_id: int, db: Session = Depends(get_db)):
    return loaded(db, plan_id).state


def loaded(db: Session, plan_id: int):
    return db.get(Plan, plan_id)


@app.post("/plans/{plan_id}/retry")
def retry(plan_id: int, db: Session = Depends(get_db)):
    plan = loaded(db, plan_id)
    if plan is None:
        raise HTTPException(404)
    elif plan.state == "active":
        return {"ok": True}
    elif plan.state == "late":
        plan.state = "unpaid"
        db.commit()
    return {"ok": False}
