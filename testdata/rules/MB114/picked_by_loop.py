"""A loop over all that wait: that a row is among them is the decision, and what is done for it leaves the application."""
import smtplib
from datetime import UTC, datetime

from fastapi import FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://allotments@db/allotments"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Reminder(Base):
    __tablename__ = "reminders"
    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    mailed_at: Mapped[datetime | None]


class Bill(Base):
    __tablename__ = "bills"
    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default="due")


class Plot(Base):
    __tablename__ = "plots"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


def post(address: str, text: str) -> None:
    with smtplib.SMTP("mail") as smtp:
        smtp.sendmail("board@allotments.example", address, text)


@app.post("/reminders/send")
def remind():
    with factory() as db:
        for r in db.scalars(select(Reminder).where(Reminder.mailed_at.is_(None))):  # step MB114 read
            post(r.address, "water your plot")
            r.mailed_at = datetime.now(UTC)  # want MB114 "mailed_at"
        db.commit()


@app.post("/bills/send")
def bill():
    with factory() as db:
        for b in db.scalars(select(Bill).where(Bill.state == "due").with_for_update(skip_locked=True)).all():
            post(b.address, "pay your plot")
            b.state = "billed"
        db.commit()


@app.post("/plots/expire")
def expire():
    with factory() as db:
        for p in db.scalars(select(Plot).where(Plot.state == "abandoned")):
            p.state = "free"
        db.commit()


def mark(db, number: int, free: bool) -> bool:
    plot = db.get(Plot, number)
    if plot is None:  # want MB107 "plots"
        return False
    plot.state = "free" if free else "taken"
    db.commit()
    return True


@app.post("/plots/close")
def close():
    with factory() as db:
        for p in db.scalars(select(Plot).where(Plot.state != "free")).all():
            mark(db, p.id, True)


def mail_out(db, number: int) -> bool:
    reminder = db.get(Reminder, number)
    if reminder is None:
        return False
    post(reminder.address, "water your plot")
    reminder.mailed_at = datetime.now(UTC)  # want MB114 "mailed_at"
    db.commit()
    return True


@app.post("/reminders/each")
def remind_each():
    with factory() as db:
        for r in db.scalars(select(Reminder).where(Reminder.mailed_at.is_(None))).all():
            mail_out(db, r.id)
