"""The rival is a worker: a Celery task moves the same status."""
import httpx
from celery import Celery
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/print"))
worker = Celery(broker="redis://localhost")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class PrintJob(Base):
    __tablename__ = "print_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="queued")
    charge_id: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


@worker.task
def print_next(job_id: int) -> None:
    with SessionLocal() as db:
        started = db.execute(
            update(PrintJob).where(PrintJob.id == job_id, PrintJob.status == "queued").values(status="printing")
        )
        db.commit()
        if started.rowcount == 1:
            httpx.post("https://printer.example/print", json={"job": job_id})


@app.post("/jobs/{job_id}/withdraw")
def withdraw(job_id: int, db: Session = Depends(get_db)):
    job = db.get(PrintJob, job_id)
    if job is None or job.status != "queued":  # step MB107 check
        raise HTTPException(409)
    job.status = "withdrawn"  # want MB107 "status"
    db.commit()
