"""Listeners are told of a row before it is committed, and after."""
from typing import Annotated

from arq import ArqRedis
from fastapi import Depends, FastAPI, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/render"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Scene(Base):
    __tablename__ = "scenes"

    id: Mapped[int] = mapped_column(primary_key=True)
    script: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


async def queue(request: Request) -> ArqRedis:
    return request.app.state.queue


DB = Annotated[AsyncSession, Depends(get_db)]
Queue = Annotated[ArqRedis, Depends(queue)]


async def render(ctx: dict, scene_id: int) -> None:
    async with Session() as db:
        script = await db.scalar(select(Scene.script).where(Scene.id == scene_id))
        if script is not None:
            print("rendering", len(script))


class WorkerSettings:
    functions = [render]


@app.post("/scenes")
async def add_scene(script: str, db: DB, jobs: Queue):
    scene = Scene(script=script)
    db.add(scene)
    await db.flush()
    await jobs.enqueue_job("render", scene.id)  # want MB503 "scene|render"
    await db.commit()


@app.post("/v2/scenes")
async def add_scene_then_tell(script: str, db: DB, jobs: Queue):
    scene = Scene(script=script)
    db.add(scene)
    await db.commit()
    await jobs.enqueue_job("render", scene.id)
