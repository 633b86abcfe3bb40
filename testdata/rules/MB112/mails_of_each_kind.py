"""A mail goes out though nobody looked whether the paper was still to be delivered: whoever sends it, it cannot be taken back."""
import smtplib
from typing import Annotated

import aiosmtplib
import resend
from fastapi import Depends, FastAPI, HTTPException
from sendgrid import SendGridAPIClient
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/papers"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Paper(Base):
    __tablename__ = "papers"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    reader: Mapped[str]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def claim(db: Session, paper_id: int) -> int:
    taken = db.execute(update(Paper).where(Paper.id == paper_id, Paper.state == "in print").values(state="delivered"))
    db.commit()
    return taken.rowcount


@app.post("/papers/{paper_id}/deliver/ssl")
def deliver(paper_id: int, to: str, db: DB):
    db.execute(update(Paper).where(Paper.id == paper_id, Paper.state == "in print").values(state="delivered"))
    db.commit()
    with smtplib.SMTP_SSL("mail", 465) as server:
        server.sendmail("papers@example.com", [to], "today's paper")  # want MB112 "state"


@app.post("/papers/{paper_id}/deliver/async")
async def deliver_async(paper_id: int, to: str, message: str, db: DB):
    db.execute(update(Paper).where(Paper.id == paper_id, Paper.state == "in print").values(state="delivered"))
    db.commit()
    async with aiosmtplib.SMTP(hostname="mail") as server:
        await server.send_message(message, recipients=[to])  # want MB112 "state"


@app.post("/papers/{paper_id}/deliver/service")
def deliver_by_service(paper_id: int, to: str, db: DB):
    db.execute(update(Paper).where(Paper.id == paper_id, Paper.state == "in print").values(state="delivered"))
    db.commit()
    resend.Emails.send({"to": to, "subject": "today's paper"})  # want MB112 "state"


@app.post("/papers/{paper_id}/deliver/other")
def deliver_by_other(paper_id: int, message: str, db: DB):
    db.execute(update(Paper).where(Paper.id == paper_id, Paper.state == "in print").values(state="delivered"))
    db.commit()
    SendGridAPIClient("key").send(message)  # want MB112 "state"


@app.post("/papers/{paper_id}/deliver/once")
def deliver_once(paper_id: int, message: str, db: DB):
    if not claim(db, paper_id):
        raise HTTPException(409)
    SendGridAPIClient("key").send(message)
