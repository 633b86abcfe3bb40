"""A job is sent with a snapshot of the row; another is sent with its key and claims."""
import httpx
from celery import Celery
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/payroll"))
worker = Celery(broker="redis://localhost")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Salary(Base):
    __tablename__ = "salaries"

    id: Mapped[int] = mapped_column(primary_key=True)
    iban: Mapped[str]
    state: Mapped[str] = mapped_column(default="due")


def get_db():
    with SessionLocal() as db:
        yield db


@worker.task
def pay_snapshot(salary_id: int, iban: str) -> None:
    httpx.post("https://bank.example/", json={"to": iban, "id": salary_id})  # want MB501 "iban"


@worker.task
def pay_claimed(salary_id: int) -> None:
    with SessionLocal() as db:
        iban = db.scalar(
            update(Salary).where(Salary.id == salary_id, Salary.state == "due").values(state="paid").returning(Salary.iban)
        )
        db.commit()
    if iban is not None:
        httpx.post("https://bank.example/", json={"to": iban, "id": salary_id})


@app.post("/salaries/{salary_id}/pay")
def pay(salary_id: int, db: Session = Depends(get_db)):
    salary = db.get(Salary, salary_id)
    if salary is None:
        raise HTTPException(404)
    pay_snapshot.delay(salary.id, salary.iban)


@app.post("/v2/salaries/{salary_id}/pay")
def pay_by_key(salary_id: int):
    pay_claimed.delay(salary_id)


@app.put("/salaries/{salary_id}/iban")
def change_iban(salary_id: int, iban: str, db: Session = Depends(get_db)):
    changed = db.execute(
        update(Salary).where(Salary.id == salary_id, Salary.state == "due").values(iban=iban)
    )
    if changed.rowcount != 1:
        raise HTTPException(409)
    db.commit()
