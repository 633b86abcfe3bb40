"""What deferred work is given: a status that was checked, fields, an object in a service; and work that asks again."""
import asyncio
from typing import Annotated

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/print"), expire_on_commit=False)
app = FastAPI()
running: set[asyncio.Task] = set()


class Base(DeclarativeBase):
    pass


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    printer: Mapped[str]
    state: Mapped[str] = mapped_column(default="ready")


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def send(job_id: int, printer: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://printers.example/", json={"id": job_id, "to": printer})


async def print_job(job: Job) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://printers.example/", json={"id": job.id})


class Press:
    def __init__(self, db: DB, tasks: BackgroundTasks) -> None:
        self.db = db
        self.tasks = tasks

    async def start(self, job_id: int) -> None:
        job = await self.db.get(Job, job_id)
        if job is None or job.state != "ready":  # want MB501 "state"
            raise HTTPException(409)
        self.tasks.add_task(print_job, job)


@app.post("/jobs/{job_id}/start")
async def start(job_id: int, press: Annotated[Press, Depends()]):
    await press.start(job_id)


async def print_at(job_id: int, printer: str) -> None:
    await asyncio.sleep(1)
    await send(job_id, printer)  # want MB501 "printer"


@app.post("/jobs/{job_id}/send")
async def send_later(job_id: int, db: DB):
    printer = await db.scalar(select(Job.printer).where(Job.id == job_id))
    if printer is None:  # want MB501 "printer"
        raise HTTPException(404)
    task = asyncio.create_task(print_at(job_id, printer))
    running.add(task)


# Sound: the task claims, or loads what it needs, or is awaited.


async def claim_and_print(job_id: int) -> None:
    async with Session.begin() as session:
        printer = await session.scalar(
            update(Job).where(Job.id == job_id, Job.state == "ready").values(state="printing").returning(Job.printer)
        )
    if printer is not None:
        await send(job_id, printer)


@app.post("/v2/jobs/{job_id}/start")
async def start_claimed(job_id: int, tasks: BackgroundTasks):
    tasks.add_task(claim_and_print, job_id)


async def note(job_id: int) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://log.example/", json={"seen": job_id})


@app.post("/v3/jobs/{job_id}/note")
async def note_later(job_id: int, db: DB, tasks: BackgroundTasks):
    if await db.get(Job, job_id) is None:
        raise HTTPException(404)
    tasks.add_task(note, job_id)


@app.put("/jobs/{job_id}/printer")
async def move(job_id: int, printer: str, db: DB):
    await db.execute(update(Job).where(Job.id == job_id).values(printer=printer))
    await db.commit()


@app.put("/jobs/{job_id}/cancel")
async def cancel(job_id: int, db: DB):
    await db.execute(update(Job).where(Job.id == job_id).values(state="cancelled"))
    await db.commit()
