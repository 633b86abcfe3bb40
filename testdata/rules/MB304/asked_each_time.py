"""A socket on which each act asks anew; what it answers, repeats or does at its end is no act."""
import httpx
from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect, WebSocketException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

sessions = async_sessionmaker(create_async_engine("postgresql+asyncpg://crane@db/crane"))
cranes = httpx.AsyncClient(base_url="https://cranes.example")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Driver(Base):
    __tablename__ = "drivers"
    id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[bool]


async def active(driver: int) -> bool:
    async with sessions() as session:
        return bool(await session.scalar(select(Driver.active).where(Driver.id == driver)))


async def driver_of(websocket: WebSocket) -> int:
    driver = int(websocket.headers["x-driver"])
    if not await active(driver):
        raise WebSocketException(code=1008)
    return driver


@app.websocket("/cranes/{crane}")
async def drive(websocket: WebSocket, crane: str, driver: int = Depends(driver_of)):
    await websocket.accept()
    try:
        while True:
            order = await websocket.receive_json()
            if order["kind"] == "move":
                if not await active(driver):
                    await websocket.close(code=1008)
                    return
                answer = await cranes.post(f"/{crane}/move", json=order)
                await websocket.send_json(answer.json())
            else:
                await websocket.send_json(order)
    except WebSocketDisconnect:
        await cranes.post(f"/{crane}/stop")


@app.put("/drivers/{driver}")
async def set_active(driver: int, on: bool):
    async with sessions.begin() as session:
        await session.execute(update(Driver).where(Driver.id == driver).values(active=on))
